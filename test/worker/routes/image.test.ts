import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel()
})

afterAll(() => easel.close())

describe('GET /image', () => {
  it('generates an image once, and serves it from R2 from then on', async () => {
    const before = easel.generations().length
    const first = await easel.get('/image?prompt=A+lighthouse+at+dusk&aspect_ratio=16:9')
    const second = await easel.get('/image?aspect_ratio=16%3A9&prompt=A%20lighthouse%20at%20dusk')

    expect(first.status).toBe(200)
    expect(first.headers.get('content-type')).toBe('image/png')
    const bytes = new Uint8Array(await first.arrayBuffer())
    expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(pngSize(bytes)).toEqual([1344, 768])
    expect(new Uint8Array(await second.arrayBuffer())).toEqual(bytes)
    expect(easel.generations().length - before).toBe(1)
    expect(first.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(Number(first.headers.get('x-easel-cost-usd'))).toBeGreaterThan(0)
    expect(second.headers.get('cache-status')).toBe('Easel; hit')
    expect(second.headers.get('x-easel-cost-usd')).toBe('0')
  })

  it('names the image’s permanent address, which serves the same bytes and never generates', async () => {
    const generated = await easel.get('/image?prompt=An+owl')
    const location = generated.headers.get('content-location') ?? ''
    const own = await easel.get(location)
    const before = easel.generations().length
    const missing = await easel.get(`/i/${'0'.repeat(64)}.png`)

    expect(location).toMatch(/^\/i\/[0-9a-f]{64}\.png$/)
    expect(new Uint8Array(await own.arrayBuffer())).toEqual(new Uint8Array(await generated.arrayBuffer()))
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ code: 'not_found' })
    expect(easel.generations().length).toBe(before)
  })

  it('sends what caches and browsers need', async () => {
    const { headers } = await easel.get('/image?prompt=A+cat')

    expect(headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/)
    expect(headers.get('cache-control')).toBe('public, max-age=86400, stale-while-revalidate=604800')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('vary')).toBeNull()
  })

  it('responds 304, without a body, to a client that has the image', async () => {
    const etag = (await easel.get('/image?prompt=A+dog')).headers.get('etag') ?? ''

    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await easel.get('/image?prompt=A+dog', { headers: { 'If-None-Match': known } })
      expect([known, response.status]).toEqual([known, 304])
      expect((await response.arrayBuffer()).byteLength).toBe(0)
      expect(response.headers.get('etag')).toBe(etag)
    }
    const other = await easel.get('/image?prompt=A+dog', { headers: { 'If-None-Match': '"other"' } })
    expect(other.status).toBe(200)
  })

  it('responds to HEAD as to GET, without a body, and never generates for it', async () => {
    const get = await easel.get('/image?prompt=A+horse')
    const head = await easel.get('/image?prompt=A+horse', { method: 'HEAD' })
    const before = easel.generations().length
    const uncached = await easel.get('/image?prompt=An+uncached+horse', { method: 'HEAD' })

    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
    expect((await head.arrayBuffer()).byteLength).toBe(0)
    expect(uncached.status).toBe(404)
    expect(easel.generations().length).toBe(before)
  })

  it('generates another image for another take, model, size or seed', async () => {
    const before = easel.generations().length
    const locations = await Promise.all(
      [
        '',
        '&take=2',
        '&model=black-forest-labs/flux.2-pro&seed=7',
        '&model=google/gemini-3-pro-image&image_size=2K',
      ].map(async (more) =>
        (await easel.get(`/image?prompt=A+whale${more}`)).headers.get('content-location'),
      ),
    )
    expect(new Set(locations).size).toBe(4)
    expect(easel.generations().length - before).toBe(4)
  })
})

describe('GET /healthz', () => {
  it('says that R2, the ledger and the key work', async () => {
    const response = await easel.get('/healthz')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      status: 'ok',
      checks: { r2: 'ok', ledger: 'ok', openrouter: 'ok' },
    })
  })
})

/** Width and height, from the header chunk. */
function pngSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return [view.getUint32(16), view.getUint32(20)]
}
