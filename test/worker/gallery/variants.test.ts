import sharp, { type Metadata } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

const AVIF = 'image/avif,image/webp,image/apng,image/*,*/*;q=0.8'
const WEBP = 'image/webp,*/*'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ main: './test/support/workerd/observed-worker.ts', vars: CREDENTIALS })
})

afterAll(() => easel.close())

describe('a variant', () => {
  it('is made once, however many ask for it at once, and once for all later ones', async () => {
    const path = await generated('A crowded quay')
    const before = await counts()
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        easel.get(
          n % 2 === 0 ? `${path}?w=480&format=webp` : `/image?format=webp&prompt=A+crowded+quay&w=480`,
        ),
      ),
    )
    const later = await easel.get(`${path}?w=480&format=webp`)

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(later.headers.get('etag')).toBe(answers[0]?.headers.get('etag'))
    expect((await counts()).transformations).toBe(before.transformations + 1)
    expect(easel.generations('A crowded quay')).toHaveLength(1)
  })

  it('has a tag of its own bytes, and all that HTTP has', async () => {
    const path = `${await generated('A quay with a tag')}?w=320&format=webp`
    const { headers } = await easel.get(path)
    const bytes = new Uint8Array(await (await easel.get(path)).arrayBuffer())
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    const head = await easel.get(path, { method: 'HEAD' })
    const known = await easel.get(path, { headers: { 'If-None-Match': headers.get('etag') ?? '' } })
    const part = await easel.get(path, { headers: { Range: 'bytes=-10' } })

    expect(headers.get('etag')).toBe(`"${digest}"`)
    expect(head.headers.get('content-length')).toBe(String(bytes.length))
    expect(known.status).toBe(304)
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(-10))
  })

  it('is pinned by the image that it is made of', async () => {
    const path = await generated('A pinned quay')
    const pin = (await easel.get(path)).headers.get('etag')?.slice(1, 17) ?? ''
    const pinned = await easel.get(`${path}?w=320&v=${pin}`)

    expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(pinned.headers.get('x-easel-variant')).toContain(`original="${pin}"`)
    expect((await look(pinned)).width).toBe(320)
  })

  it('is one for every quality of a format that has only one', async () => {
    const path = await generated('A lossless quay')
    const before = await counts()
    const tags = await Promise.all(
      ['w=320', 'w=320&q=10', 'w=320&q=90', 'w=320&format=png'].map(async (query) =>
        (await easel.get(`${path}?${query}`)).headers.get('etag'),
      ),
    )

    expect(new Set(tags).size).toBe(1)
    expect((await counts()).transformations).toBe(before.transformations + 1)
  })

  it('of an image that is regenerated is new', async () => {
    const query = '/image?prompt=A+quay+renewed'
    const path = await generated('A quay renewed')
    const old = await easel.get(`${path}?w=320`)
    easel.upstream.setFaults([{ match: 'A quay renewed', bytes: 2_000_000 }])
    await easel.get(query, {
      headers: { Authorization: `Bearer ${TOKENS.docs}`, 'Cache-Control': 'no-cache' },
    })
    easel.upstream.setFaults([])
    const renewed = await easel.get(`${path}?w=320`)

    expect(renewed.status).toBe(200)
    expect(renewed.headers.get('etag')).not.toBe(old.headers.get('etag'))
    expect(renewed.headers.get('x-easel-variant')).not.toBe(old.headers.get('x-easel-variant'))
  })

  it('is purged with its image', async () => {
    const path = await generated('A purged quay')
    const fingerprint = /[0-9a-f]{64}/.exec(path)?.[0] ?? ''
    await easel.get(`${path}?w=320`)
    const list = async () => (await easel.bucket.list({ prefix: `variants/${fingerprint}/` })).objects.length
    expect(await list()).toBe(1)
    await easel.get(`/v1/images/${fingerprint}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${TOKENS.docs}` },
    })

    expect(await list()).toBe(0)
    expect((await easel.get(`${path}?w=320`)).status).toBe(404)
  })

  it('of an image that is not there makes nothing', async () => {
    const before = await counts()
    const response = await easel.get(`/i/${'0'.repeat(64)}.png?w=320`)

    expect(response.status).toBe(404)
    expect((await counts()).transformations).toBe(before.transformations)
  })

  it('that can’t be made is the image itself, says so, and is not kept for long', async () => {
    const path = await generated('A quay that fails')
    const before = await counts()
    await easel.bucket.put('test/images-fail', 'yes')
    const responses = [await easel.get(`${path}?w=320`), await easel.get(`${path}?w=320`)]
    await easel.bucket.delete('test/images-fail')

    for (const response of responses) {
      expect(response.status).toBe(200)
      expect(response.headers.get('x-easel-variant')).toBe('original; reason=failed')
      expect(response.headers.get('cache-control')).toBe('public, max-age=60')
      expect((await look(response)).width).toBe(1024)
    }
    expect((await counts()).transformations).toBe(before.transformations + 1)
  })
})

describe('without the Images binding', () => {
  it('the original is served, with a header that says so', async () => {
    const plain = await startEasel({ main: './test/support/workerd/observed-worker.ts', without: ['images'] })
    const { headers } = await plain.get('/image?prompt=A+plain+quay')
    const path = headers.get('content-location') ?? ''
    const response = await plain.get(`${path}?w=320&format=auto`, { headers: { Accept: AVIF } })

    expect(response.status).toBe(200)
    expect(response.headers.get('x-easel-variant')).toBe('original; reason=no-images-binding')
    expect(response.headers.get('etag')).toBe(headers.get('etag'))
    expect((await plain.get(path)).headers.get('x-easel-variant')).toBeNull()
    await plain.close()
  })
})

describe('behind the edge’s cache', () => {
  it('each format and width is kept by itself, under what was decided and not what was sent', async () => {
    const edge = await startEasel({
      main: './test/support/workerd/observed-worker.ts',
      vars: { TEST_EDGE_CACHE: 'yes' },
    })
    const ask = (accept: string) =>
      edge.get('/image?prompt=A+quay+at+the+edge&w=320&format=auto', { headers: { Accept: accept } })
    const seen = []
    for (const accept of [AVIF, WEBP, 'image/avif', 'image/webp', '*/*', 'image/png']) {
      const { headers } = await ask(accept)
      seen.push([headers.get('content-type'), headers.get('cf-cache-status'), headers.get('vary')])
    }
    await edge.close()

    expect(seen).toEqual([
      ['image/avif', 'MISS', 'Accept'],
      ['image/webp', 'MISS', 'Accept'],
      ['image/avif', 'HIT', 'Accept'],
      ['image/webp', 'HIT', 'Accept'],
      ['image/png', 'MISS', 'Accept'],
      ['image/png', 'HIT', 'Accept'],
    ])
  })
})

/** The address of an image that is generated. */
async function generated(prompt: string): Promise<string> {
  const { headers } = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}`)
  return headers.get('content-location') ?? ''
}

/** What the bytes themselves are. */
async function look(response: Response): Promise<Metadata> {
  return sharp(await response.arrayBuffer()).metadata()
}

async function counts(): Promise<{ readonly transformations: number }> {
  return (await (await easel.get('/test/counts')).json()) as { transformations: number }
}
