import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'
import { fingerprintIn, type ObservedEasel, startObservedEasel } from '../../support/worker/observed-easel.ts'

// Each row is a sentence of RFC 9110 about one request for one image. All of them hold with and without the
// edge's cache.

const SETUPS = [
  ['straight from R2', {}],
  ['behind the edge’s cache', { TEST_EDGE_CACHE: 'yes' }],
] as const

describe.each(SETUPS)('%s', (_, vars) => {
  let easel: ObservedEasel
  /** The image's address, bytes, tag and time. */
  let path: string
  let bytes: Uint8Array
  let etag: string
  let modified: string

  beforeAll(async () => {
    easel = await startObservedEasel({ vars })
    const generated = await easel.get('/image?prompt=A+harbour')
    path = generated.headers.get('content-location') ?? ''
    etag = generated.headers.get('etag') ?? ''
    modified = generated.headers.get('last-modified') ?? ''
    bytes = new Uint8Array(await generated.arrayBuffer())
  })

  afterAll(() => easel.close())

  const later = (): string => shifted(modified, 1)
  const earlier = (): string => shifted(modified, -1)

  describe('a precondition', () => {
    it.each<[sentence: string, status: number, headers: () => Record<string, string>]>([
      ['If-None-Match with the tag', 304, () => ({ 'If-None-Match': etag })],
      ['If-None-Match with the tag, weak', 304, () => ({ 'If-None-Match': `W/${etag}` })],
      ['If-None-Match with a list that holds it', 304, () => ({ 'If-None-Match': `"a", W/"b,c" , ${etag}` })],
      ['If-None-Match with *', 304, () => ({ 'If-None-Match': '*' })],
      ['If-None-Match with another tag', 200, () => ({ 'If-None-Match': '"other"' })],
      ['If-None-Match with the hash but no quotes', 200, () => ({ 'If-None-Match': etag.slice(1, -1) })],
      ['If-Modified-Since with its time', 304, () => ({ 'If-Modified-Since': modified })],
      ['If-Modified-Since with a later time', 304, () => ({ 'If-Modified-Since': later() })],
      ['If-Modified-Since with an earlier time', 200, () => ({ 'If-Modified-Since': earlier() })],
      [
        'If-Modified-Since with its time in the form of RFC 850',
        304,
        () => ({ 'If-Modified-Since': inFormOfRfc850(modified) }),
      ],
      [
        'If-Modified-Since in the form of asctime',
        200,
        () => ({ 'If-Modified-Since': 'Sun Nov  6 08:49:37 1994' }),
      ],
      [
        'If-Modified-Since with something that is no date',
        200,
        () => ({ 'If-Modified-Since': '2999-01-01' }),
      ],
      [
        'If-None-Match with another tag, whatever If-Modified-Since says',
        200,
        () => ({ 'If-None-Match': '"other"', 'If-Modified-Since': later() }),
      ],
      ['If-Match with the tag', 200, () => ({ 'If-Match': `"a", ${etag}` })],
      ['If-Match with *', 200, () => ({ 'If-Match': '*' })],
      ['If-Match with another tag', 412, () => ({ 'If-Match': '"other"' })],
      ['If-Match with the tag, weak: the comparison is strong', 412, () => ({ 'If-Match': `W/${etag}` })],
      ['If-Unmodified-Since with its time', 200, () => ({ 'If-Unmodified-Since': modified })],
      ['If-Unmodified-Since with an earlier time', 412, () => ({ 'If-Unmodified-Since': earlier() })],
      ['If-Match before If-None-Match', 412, () => ({ 'If-Match': '"other"', 'If-None-Match': etag })],
      ['If-None-Match before Range', 304, () => ({ 'If-None-Match': etag, Range: 'bytes=0-9' })],
    ])('%s gives %i, on GET and on HEAD', async (_sentence, status, headers) => {
      const [get, head] = [
        await easel.get(path, { headers: headers() }),
        await easel.get(path, { method: 'HEAD', headers: headers() }),
      ]
      const got = new Uint8Array(await get.arrayBuffer())

      expect([get.status, head.status]).toEqual([status, status])
      expect([get, head].map((response) => response.headers.get('etag'))).toEqual([etag, etag])
      expect((await head.arrayBuffer()).byteLength).toBe(0)
      expect(got.length === bytes.length).toBe(status === 200)
      expect(got.length === 0).toBe(status === 304)
      // A cache needs these to keep using the response that it has.
      expect(get.headers.get('content-location')).toBe(status === 412 ? null : path)
      expect(get.headers.get('cache-control')).toContain(status === 412 ? 'no-store' : 'max-age=86400')
    })
  })

  describe('a range', () => {
    it.each<[range: string, start: number, end: number]>([
      ['bytes=0-9', 0, 10],
      ['bytes=0-0', 0, 1],
      ['bytes=100-199', 100, 200],
      ['bytes=100-', 100, Infinity],
      ['bytes=-100', -100, Infinity],
      ['bytes=-999999999', 0, Infinity],
      ['bytes=5-999999999', 5, Infinity],
      ['Bytes=0-9', 0, 10],
      ['bytes= 0-9 ', 0, 10],
    ])('%s returns exactly these bytes', async (range, start, end) => {
      const response = await easel.get(path, { headers: { Range: range } })
      const part = new Uint8Array(await response.arrayBuffer())
      const expected = bytes.slice(start, end)
      const first = start < 0 ? bytes.length + start : start

      expect(response.status).toBe(206)
      expect(part).toEqual(expected)
      expect(response.headers.get('content-range')).toBe(
        `bytes ${first}-${first + expected.length - 1}/${bytes.length}`,
      )
      expect(response.headers.get('content-length')).toBe(String(expected.length))
      expect(response.headers.get('content-type')).toBe('image/png')
      expect(response.headers.get('etag')).toBe(etag)
    })

    it.each(['bytes=999999999-', 'bytes=999999999-9999999999', 'bytes=-0'])(
      '%s is out of range: 416 with the length',
      async (range) => {
        const response = await easel.get(path, { headers: { Range: range } })

        expect(response.status).toBe(416)
        expect(response.headers.get('content-range')).toBe(`bytes */${bytes.length}`)
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(await response.json()).toMatchObject({ code: 'range_not_satisfiable' })
      },
    )

    it.each([
      'bytes=0-9,20-29',
      'bytes=0-9, 999999999-',
      'bytes=9-0',
      'bytes=-',
      'bytes=a-b',
      'bytes=1',
      'bytes',
      '0-9',
      'bytes=0-9-12',
      'bytes=+1-2',
      'pages=1-2',
    ])('%s is several ranges, or none that is valid: the whole image is sent', async (range) => {
      const response = await easel.get(path, { headers: { Range: range } })

      expect(response.status).toBe(200)
      expect(response.headers.get('accept-ranges')).toBe('bytes')
      expect(response.headers.get('content-range')).toBeNull()
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    })

    it.each<[sentence: string, status: number, value: () => string]>([
      ['the tag', 206, () => etag],
      ['the tag, weak', 200, () => `W/${etag}`],
      ['another tag', 200, () => '"other"'],
      ['its time', 206, () => modified],
      ['a later time', 200, () => later()],
      ['an earlier time', 200, () => earlier()],
      ['a value that is neither', 200, () => 'x'],
    ])('with If-Range and %s gives %i', async (_sentence, status, value) => {
      const headers = { Range: 'bytes=0-9', 'If-Range': value() }
      const response = await easel.get(path, { headers })

      expect(response.status).toBe(status)
      expect((await response.arrayBuffer()).byteLength).toBe(status === 206 ? 10 : bytes.length)
    })

    it('is ignored on HEAD', async () => {
      const response = await easel.get(path, { method: 'HEAD', headers: { Range: 'bytes=0-9' } })

      expect(response.status).toBe(200)
      expect(response.headers.get('content-length')).toBe(String(bytes.length))
    })

    it('is right for an image that this edge has not cached yet', async () => {
      const generated = await easel.post('/v1/images', { prompt: `A cold harbour` })
      const { url } = (await generated.json()) as { url: string }
      const cold = await easel.get(url, { headers: { Range: 'bytes=100-199' } })
      const whole = new Uint8Array(await (await easel.get(url)).arrayBuffer())
      const outside = await easel.get(url, { headers: { Range: 'bytes=999999999-' } })

      expect(cold.status).toBe(206)
      expect(new Uint8Array(await cold.arrayBuffer())).toEqual(whole.slice(100, 200))
      expect(outside.status).toBe(416)
    })
  })

  it('HEAD has the same headers as GET', async () => {
    const [get, head] = await Promise.all([easel.get(path), easel.get(path, { method: 'HEAD' })])
    expect(head.status).toBe(200)
    expect(lasting(head)).toEqual(lasting(get))
  })
})

describe('R2', () => {
  let easel: ObservedEasel
  beforeAll(async () => {
    easel = await startObservedEasel()
  })
  afterAll(() => easel.close())

  it('is read once for a hit, and not for bytes that nobody requested', async () => {
    const { headers } = await easel.get('/image?prompt=A+pier')
    const path = headers.get('content-location') ?? ''
    const etag = headers.get('etag') ?? ''
    const readsFor = async (init: RequestInit) => {
      const { length } = (await easel.counts()).reads
      await easel.get(path, init).then((response) => response.arrayBuffer())
      return (await easel.counts()).reads
        .slice(length)
        .map(({ how, range }) => (range ? { how, range } : { how }))
    }

    expect(await readsFor({})).toEqual([{ how: 'get' }])
    expect(await readsFor({ method: 'HEAD' })).toEqual([{ how: 'head' }])
    expect(await readsFor({ headers: { 'If-None-Match': etag } })).toEqual([{ how: 'head' }])
    expect(await readsFor({ headers: { Range: 'bytes=10-19' } })).toEqual([
      { how: 'head' },
      { how: 'get', range: { offset: 10, length: 10 } },
    ])
    expect(await readsFor({ headers: { Range: 'bytes=999999999-' } })).toEqual([{ how: 'head' }])
  })
})

describe('the edge’s cache', () => {
  let easel: ObservedEasel
  beforeAll(async () => {
    easel = await startObservedEasel({ vars: { TEST_EDGE_CACHE: 'yes', ...CREDENTIALS } })
  })
  afterAll(() => easel.close())

  it('serves hits, conditions and ranges of a cached image without reading R2', async () => {
    const path = (await easel.get('/image?prompt=A+buoy')).headers.get('content-location') ?? ''
    await easel.get(path)
    const before = (await easel.counts()).reads
    for (const headers of [{}, { 'If-None-Match': '*' }, { Range: 'bytes=0-9' }]) {
      const response = await easel.get(path, { headers: headers as Record<string, string> })
      expect(response.headers.get('cf-cache-status')).toBe('HIT')
      expect(response.headers.get('cache-status')).toBe('Easel; hit')
      expect(response.headers.get('x-easel-cost-usd')).toBe('0')
      await response.arrayBuffer()
    }

    expect((await easel.counts()).reads).toEqual(before)
  })

  it('gets nothing of the client’s headers but the range', async () => {
    const headers = {
      Authorization: 'Bearer x',
      Cookie: 'a=b',
      Range: 'bytes=0-9',
      'X-Forwarded-Host': 'evil',
    }
    await easel.get('/image?prompt=A+gull')
    await easel.get('/image?prompt=A+gull', { headers })

    const seen = (await easel.counts()).headersAtTheEdge
    expect(seen).toContain('range')
    expect(seen.filter((name) => name !== 'range' && !/^(cf-|host$)/.test(name))).toEqual([])
  })

  it('drops an image that is purged', async () => {
    const generated = await easel.get('/image?prompt=A+wreck')
    const path = generated.headers.get('content-location') ?? ''
    const fingerprint = fingerprintIn(path)
    const purged = await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...bearer(TOKENS.docs) })

    expect(purged.status).toBe(204)
    expect((await easel.get(path)).status).toBe(404)
  })
})

/** The headers that belong to the image and not to one response. */
function lasting({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => !/^(date|server-timing|connection|keep-alive)$/.test(name))
}

function shifted(httpDate: string, seconds: number): string {
  return new Date(Date.parse(httpDate) + seconds * 1000).toUTCString()
}

/** `Sunday, 06-Nov-94 08:49:37 GMT` for `Sun, 06 Nov 1994 08:49:37 GMT`. */
function inFormOfRfc850(httpDate: string): string {
  const weekday = new Date(httpDate).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })
  return httpDate.replace(/^\w+, (\d+) (\w+) \d\d(\d\d)/, `${weekday}, $1-$2-$3`)
}
