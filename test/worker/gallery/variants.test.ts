import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'
import {
  ACCEPT_AVIF,
  ACCEPT_WEBP,
  fingerprintIn,
  metadataOf,
  type ObservedEasel,
  startObservedEasel,
} from '../../support/worker/observed-easel.ts'

let easel: ObservedEasel

beforeAll(async () => {
  easel = await startObservedEasel({ vars: CREDENTIALS })
})

afterAll(() => easel.close())

describe('a variant', () => {
  it('is generated once, however many request it at once, and then cached', async () => {
    const path = await easel.generate('A crowded quay')
    const before = await easel.counts()
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        easel.get(
          n % 2 === 0 ? `${path}?w=480&format=webp` : `/image?format=webp&prompt=A+crowded+quay&w=480`,
        ),
      ),
    )
    const later = await easel.get(`${path}?w=480&format=webp`)

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(responses.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(later.headers.get('etag')).toBe(responses[0]?.headers.get('etag'))
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
    expect(easel.generations('A crowded quay')).toHaveLength(1)
  })

  it('has an ETag of its own bytes, and supports HEAD, conditions and ranges', async () => {
    const path = `${await easel.generate('A quay with a tag')}?w=320&format=webp`
    const { headers } = await easel.get(path)
    const bytes = new Uint8Array(await (await easel.get(path)).arrayBuffer())
    const head = await easel.get(path, { method: 'HEAD' })
    const known = await easel.get(path, { headers: { 'If-None-Match': headers.get('etag') ?? '' } })
    const part = await easel.get(path, { headers: { Range: 'bytes=-10' } })

    expect(headers.get('etag')).toMatch(/^"[^"]+"$/)
    expect(headers.get('etag')).not.toBe((await easel.get(path.split('?')[0] ?? '')).headers.get('etag'))
    expect(head.headers.get('content-length')).toBe(String(bytes.length))
    expect(known.status).toBe(304)
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(-10))
  })

  it('is pinned by the original that it was generated from', async () => {
    const path = await easel.generate('A pinned quay')
    const pin = (await easel.get(path)).headers.get('etag')?.slice(1, 17) ?? ''
    const pinned = await easel.get(`${path}?w=320&v=${pin}`)

    expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(pinned.headers.get('x-easel-variant')).toContain(`original="${pin}"`)
    expect((await metadataOf(pinned)).width).toBe(320)
  })

  it('has no quality in a lossless format', async () => {
    const path = await easel.generate('A lossless quay')
    const tags = await Promise.all(
      ['w=320', 'w=320&q=10', 'w=320&q=90'].map(async (query) =>
        (await easel.get(`${path}?${query}`)).headers.get('etag'),
      ),
    )

    expect(new Set(tags).size).toBe(1)
    expect((await easel.get(`${path}?w=320&q=90`)).headers.get('x-easel-variant')).not.toContain('q=')
  })

  it('of a regenerated image is generated from the new original', async () => {
    const query = '/image?prompt=A+quay+regenerated'
    const path = await easel.generate('A quay regenerated')
    const old = await easel.get(`${path}?w=320`)
    easel.upstream.setFaults([{ match: 'A quay regenerated', bytes: 2_000_000 }])
    await easel.get(query, {
      headers: { Authorization: `Bearer ${TOKENS.docs}`, 'Cache-Control': 'no-cache' },
    })
    easel.upstream.setFaults([])
    const regenerated = await easel.get(`${path}?w=320`)

    expect(regenerated.status).toBe(200)
    expect(regenerated.headers.get('etag')).not.toBe(old.headers.get('etag'))
    expect(regenerated.headers.get('x-easel-variant')).not.toBe(old.headers.get('x-easel-variant'))
  })

  it('is purged with its image', async () => {
    const path = await easel.generate('A purged quay')
    const fingerprint = fingerprintIn(path)
    await easel.get(`${path}?w=320`)
    const list = async () => (await easel.bucket.list({ prefix: `variants/${fingerprint}/` })).objects.length
    expect(await list()).toBe(1)
    await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...bearer(TOKENS.docs) })

    expect(await list()).toBe(0)
    expect((await easel.get(`${path}?w=320`)).status).toBe(404)
  })

  it('of an image that does not exist is a 404, and nothing is transformed', async () => {
    const before = await easel.counts()
    const response = await easel.get(`/i/${'0'.repeat(64)}.png?w=320`)

    expect(response.status).toBe(404)
    expect((await easel.counts()).transformations).toBe(before.transformations)
  })

  it('that cannot be generated falls back to the original, says so, and is cached for a minute only', async () => {
    const path = await easel.generate('A quay that fails')
    const before = await easel.counts()
    await easel.bucket.put('test/images-fail', 'yes')
    const responses = [await easel.get(`${path}?w=320`), await easel.get(`${path}?w=320`)]
    await easel.bucket.delete('test/images-fail')

    for (const response of responses) {
      expect(response.status).toBe(200)
      expect(response.headers.get('x-easel-variant')).toBe('original; reason=failed')
      expect(response.headers.get('cache-control')).toBe('public, max-age=60')
      expect((await metadataOf(response)).width).toBe(1024)
    }
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
  })
})

describe('without the Images binding', () => {
  it('an Easel serves the original, with a header that says so', async () => {
    const plain = await startObservedEasel({ without: ['images'] })
    const { headers } = await plain.get('/image?prompt=A+plain+quay')
    const path = headers.get('content-location') ?? ''
    const response = await plain.get(`${path}?w=320&format=auto`, { headers: { Accept: ACCEPT_AVIF } })

    expect(response.status).toBe(200)
    expect(response.headers.get('x-easel-variant')).toBe('original; reason=no-images-binding')
    expect(response.headers.get('etag')).toBe(headers.get('etag'))
    expect((await plain.get(path)).headers.get('x-easel-variant')).toBeNull()
    await plain.close()
  })
})

describe('behind the edge’s cache', () => {
  it('each format and width is cached once, by what was negotiated and not by what Accept said', async () => {
    const edge = await startObservedEasel({ vars: { TEST_EDGE_CACHE: 'yes' } })
    const ask = (accept: string) =>
      edge.get('/image?prompt=A+quay+at+the+edge&w=320&format=auto', { headers: { Accept: accept } })
    const seen = []
    for (const accept of [ACCEPT_AVIF, ACCEPT_WEBP, 'image/avif', 'image/webp', '*/*', 'image/png']) {
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
