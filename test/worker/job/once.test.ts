import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../support/worker/client.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ emulator: { latencyMs: 400 } })
})

afterAll(() => easel.close())

describe('a new image', () => {
  it('is generated once for a thousand requests at once, by any route, and all get the same bytes', async () => {
    const routes = [
      () => easel.get('/image?prompt=A+thousand+foxes&aspect_ratio=1:1'),
      () => easel.get('/image?aspect_ratio=1%3A1&prompt=A%20thousand%20foxes&take=1'),
      () => easel.post('/v1/images', { aspect_ratio: '1:1', prompt: 'A thousand foxes' }),
      () => easel.post('/v1/images', { prompt: 'A thousand foxes', n: 1, aspect_ratio: '1:1', api: 'chat' }),
    ]
    const responses = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const response = await (routes[index % routes.length] ?? easel.get)('')
        return { status: response.status, hash: await hashOf(response) }
      }),
    )

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(responses.map(({ hash }) => hash)).size).toBe(1)
    expect(easel.generations('A thousand foxes')).toHaveLength(1)
  })

  it('is generated to the end when every client hangs up, and cached for the next request', async () => {
    const path = '/image?prompt=Every+client+left'
    const giveUp = new AbortController()
    const requests = Promise.allSettled([1, 2, 3].map(() => easel.get(path, { signal: giveUp.signal })))
    await expect.poll(() => easel.generations('Every client left').length).toBe(1)
    giveUp.abort()
    expect((await requests).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])

    const next = await easel.get(path)
    expect(next.status).toBe(200)
    expect(easel.generations('Every client left')).toHaveLength(1)
    expect(easel.generations('Every client left')[0]?.aborted).toBe(false)
  })

  it('marks each response as a miss, collapsed or a hit', async () => {
    const path = '/image?prompt=Marked'
    const together = await Promise.all([easel.get(path), easel.get(path), easel.get(path)])
    const later = await easel.get(path)

    const seen = together.map(({ headers }) => [
      headers.get('cache-status'),
      Number(headers.get('x-easel-cost-usd')) > 0,
    ])
    expect(seen.filter(([, billed]) => billed)).toEqual([['Easel; fwd=uri-miss; stored', true]])
    expect(seen.filter(([status]) => status === 'Easel; fwd=uri-miss; collapsed; stored')).toHaveLength(2)
    expect(later.headers.get('cache-status')).toBe('Easel; hit')
    expect(together[0]?.headers.get('server-timing')).toMatch(/read;dur=\d+, generate;dur=\d{3,}/)
  })

  it('becomes visible only once all of its generation is stored', async () => {
    const response = await easel.post('/v1/images', {
      prompt: 'Three at once',
      n: 3,
      model: 'bytedance-seed/seedream-4.5',
    })
    const { fingerprint, images } = (await response.json()) as {
      fingerprint: string
      images: { url: string }[]
    }
    const { objects } = await easel.bucket.list({ prefix: `images/${fingerprint}/` })
    const uploaded = objects
      .toSorted((a, b) => a.uploaded.getTime() - b.uploaded.getTime())
      .map(({ key }) => key.split('/').at(-1))

    expect(images).toHaveLength(3)
    expect(new Set(uploaded)).toEqual(new Set(['2', '1', 'manifest.json', '0']))
    expect(uploaded.at(-1)).toBe('0')
    for (const [index, { url }] of images.entries()) {
      expect(url).toContain(index === 0 ? `${fingerprint}.` : `${fingerprint}.${index}.`)
      expect((await fetch(url)).status).toBe(200)
    }
  })
})

/** The hash of the image that the response is, or that its JSON names. */
async function hashOf(response: Response): Promise<string> {
  if (response.headers.get('content-type')?.startsWith('image/')) return sha256(await response.arrayBuffer())
  const { images } = (await response.json()) as { images?: { sha256: string }[] }
  return images?.[0]?.sha256 ?? ''
}
