import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ emulator: { latencyMs: 400 } })
})

afterAll(() => easel.close())

describe('a new image', () => {
  it('is generated once for a thousand who ask at once, by any route, and all get the same bytes', async () => {
    const routes = [
      () => easel.get('/image?prompt=A+thousand+foxes&aspect_ratio=1:1'),
      () => easel.get('/image?aspect_ratio=1%3A1&prompt=A%20thousand%20foxes&take=1'),
      () => easel.post('/v1/images', { aspect_ratio: '1:1', prompt: 'A thousand foxes' }),
      () => easel.post('/v1/images', { prompt: 'A thousand foxes', n: 1, aspect_ratio: '1:1', api: 'chat' }),
    ]
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const response = await (routes[index % routes.length] ?? easel.get)('')
        return { status: response.status, sha256: await sha256Of(response) }
      }),
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ sha256 }) => sha256)).size).toBe(1)
    expect(easel.generations('A thousand foxes')).toHaveLength(1)
  })

  it('is generated to the end when everybody hangs up, and is there for the next one', async () => {
    const path = '/image?prompt=Nobody+waits+for+this'
    const giveUp = new AbortController()
    const asked = Promise.allSettled([1, 2, 3].map(() => easel.get(path, { signal: giveUp.signal })))
    await expect.poll(() => easel.generations('Nobody waits').length).toBe(1)
    giveUp.abort()
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])

    const next = await easel.get(path)
    expect(next.status).toBe(200)
    expect(easel.generations('Nobody waits')).toHaveLength(1)
    expect(easel.generations('Nobody waits')[0]?.aborted).toBe(false)
  })

  it('says who generated it, who waited for it, and who found it', async () => {
    const path = '/image?prompt=Who+paid'
    const together = await Promise.all([easel.get(path), easel.get(path), easel.get(path)])
    const later = await easel.get(path)

    const seen = together.map(({ headers }) => [
      headers.get('cache-status'),
      Number(headers.get('x-easel-cost-usd')) > 0,
    ])
    expect(seen.filter(([, paid]) => paid)).toEqual([['Easel; fwd=uri-miss; stored', true]])
    expect(seen.filter(([status]) => status === 'Easel; fwd=uri-miss; collapsed; stored')).toHaveLength(2)
    expect(later.headers.get('cache-status')).toBe('Easel; hit')
    expect(together[0]?.headers.get('server-timing')).toMatch(/read;dur=\d+, generate;dur=\d{3,}/)
  })

  it('is visible only when all of it is stored', async () => {
    const asked = easel.post('/v1/images', {
      prompt: 'Three at once',
      n: 3,
      model: 'bytedance-seed/seedream-4.5',
    })
    const { fingerprint, images } = (await (await asked).json()) as {
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

/** Of the image that the response holds, or that its JSON names. */
async function sha256Of(response: Response): Promise<string> {
  if (response.headers.get('content-type')?.startsWith('image/')) {
    const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer())
    return Buffer.from(digest).toString('hex')
  }
  const { images } = (await response.json()) as { images?: { sha256: string }[] }
  return images?.[0]?.sha256 ?? ''
}
