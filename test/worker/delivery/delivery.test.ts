import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, startEasel, TOKENS } from '../../support/worker/easel.ts'
import {
  ACCEPT_AVIF,
  ACCEPT_WEBP,
  metadataOf,
  type ObservedEasel,
  startObservedEasel,
} from '../../support/worker/observed-easel.ts'

let easel: ObservedEasel

beforeAll(async () => {
  easel = await startObservedEasel({ vars: CREDENTIALS })
})

afterAll(() => easel.close())

describe('a width', () => {
  it('scales the image down and keeps its type and aspect ratio', async () => {
    const path = await easel.generate('A lighthouse, resized')
    const response = await easel.get(`${path}?w=640`)
    const { format, width, height } = await metadataOf(response)

    expect({ format, width, height }).toEqual({ format: 'png', width: 640, height: 640 })
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('content-location')).toBe(`${path}?w=640&format=png`)
    expect(response.headers.get('vary')).toBeNull()
  })

  it('works on the request that generates, and does not change what is generated', async () => {
    const small = await easel.get('/image?prompt=A+ferry&w=320&format=webp')
    const whole = await easel.get('/image?prompt=A+ferry')

    expect(await metadataOf(small)).toMatchObject({ format: 'webp', width: 320 })
    expect(small.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(Number(small.headers.get('x-easel-cost-usd'))).toBeGreaterThan(0)
    expect(await metadataOf(whole)).toMatchObject({ format: 'png', width: 1024 })
    expect(easel.generations('A ferry')).toHaveLength(1)
  })

  it('never scales an image up', async () => {
    const path = await easel.generate('A small boat')
    const before = await easel.counts()
    const original = await easel.get(path)
    const larger = await easel.get(`${path}?w=1200`)

    expect(larger.headers.get('etag')).toBe(original.headers.get('etag'))
    expect(await metadataOf(larger)).toMatchObject({ format: 'png', width: 1024 })
    expect(await metadataOf(await easel.get(`${path}?w=1200&format=webp`))).toMatchObject({ width: 1024 })
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
  })

  it.each([
    [1, 320],
    [320, 320],
    [321, 480],
    [641, 768],
    [961, 1024],
    [1025, 1024],
    [8192, 1024],
  ])('of %i gets the next configured one, at most the image’s own: %i', async (asked, width) => {
    const path = await easel.generate('A rounded lighthouse')
    const response = await easel.get(`${path}?w=${asked}`)

    expect(response.headers.get('x-easel-variant')).toMatch(
      new RegExp(`^image/png; width=${width}; height=${width}; original="[0-9a-f]{16}"$`),
    )
    expect((await metadataOf(response)).width).toBe(width)
  })

  it('that is no number of pixels is refused, before anything is generated', async () => {
    for (const w of ['8193', '0', '-1', '640.0', '1e3', '0640', '+640', ' 640', '', 'wide']) {
      const response = await easel.get(`/image?prompt=Never+generated&w=${encodeURIComponent(w)}`)

      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        code: 'invalid_spec',
        field: 'w',
        detail: `w is ${JSON.stringify(w)}, and must be a whole number of pixels from 1 to 8192.`,
      })
    }
    expect(easel.generations('Never generated')).toHaveLength(0)
  })
})

describe('a quality', () => {
  it.each([
    [1, 50],
    [50, 50],
    [51, 65],
    [66, 75],
    [76, 85],
    [86, 95],
    [96, 100],
    [100, 100],
  ])('of %i is rounded up to %i, and X-Easel-Variant says so', async (asked, quality) => {
    const path = await easel.generate('A rounded lighthouse')
    const { headers } = await easel.get(`${path}?w=320&format=webp&q=${asked}`)

    expect(headers.get('x-easel-variant')).toMatch(
      new RegExp(`^image/webp; width=320; height=320; q=${quality}; original="[0-9a-f]{16}"$`),
    )
    expect(headers.get('content-location')).toBe(`${path}?w=320&format=webp&q=${quality}`)
  })
})

describe('a format', () => {
  it.each(['avif', 'webp', 'jpeg', 'png'])('%s is served, and named in Content-Type', async (format) => {
    const path = await easel.generate('A quay in many formats')
    const response = await easel.get(`${path}?w=320&format=${format}`)

    expect(response.headers.get('content-type')).toBe(`image/${format}`)
    expect((await metadataOf(response)).format).toBe(format === 'avif' ? 'heif' : format)
    expect(response.headers.get('vary')).toBeNull()
  })

  it.each<[accept: string, type: string]>([
    [ACCEPT_AVIF, 'avif'],
    [ACCEPT_WEBP, 'webp'],
    ['image/avif', 'avif'],
    ['IMAGE/AVIF', 'avif'],
    ['image/webp;q=0.9,image/avif;q=0.5', 'webp'],
    ['image/avif;q=0.9,image/webp;q=0.9', 'avif'],
    ['image/avif;q=0,image/webp', 'webp'],
    ['image/avif;q=0,image/webp;q=0', 'png'],
    ['image/avif;q=0.5,image/png', 'png'],
    ['image/avif;q=0.5,image/jpeg', 'avif'],
    ['image/avif;q=0.5,*/*;q=0.8', 'png'],
    ['image/avif;q=0.5,*/*;q=0.8,image/png;q=0.1', 'avif'],
    ['image/avif;q=2,image/webp', 'webp'],
    ['image/png', 'png'],
    ['image/*', 'png'],
    ['*/*', 'png'],
    ['text/html', 'png'],
  ])('auto, for Accept: %s, is %s', async (accept, type) => {
    const path = await easel.generate('A quay, negotiated')
    const response = await easel.get(`${path}?w=320&format=auto`, { headers: { Accept: accept } })

    expect(response.headers.get('content-type')).toBe(`image/${type}`)
    expect(response.headers.get('vary')).toBe('Accept')
    expect(response.headers.get('content-location')).toBe(`${path}?w=320&format=${type}`)
    await response.arrayBuffer()
  })

  it('that is negotiated sends Vary: Accept with every response, and no other does', async () => {
    const path = await easel.generate('A quay, negotiated')
    const etag = (await easel.get(`${path}?format=auto`)).headers.get('etag') ?? ''
    const known = await easel.get(`${path}?format=auto`, { headers: { 'If-None-Match': etag } })
    const head = await easel.get(`${path}?format=auto`, { method: 'HEAD' })
    const part = await easel.get(`${path}?format=auto`, { headers: { Range: 'bytes=0-9' } })

    expect([known, head, part].map(({ status, headers }) => [status, headers.get('vary')])).toEqual([
      [304, 'Accept'],
      [200, 'Accept'],
      [206, 'Accept'],
    ])
    for (const query of ['', '?w=320', '?w=320&format=webp', '?q=50']) {
      const response = await easel.get(path + query, { headers: { Accept: ACCEPT_AVIF } })
      expect([query, response.headers.get('vary')]).toEqual([query, null])
    }
  })

  it('leaves an SVG alone, which scales by itself', async () => {
    const generated = await easel.get(
      '/image?prompt=A+knot&model=recraft/recraft-v4.1-vector&w=320&format=auto',
      {
        headers: { Accept: ACCEPT_AVIF },
      },
    )
    const path = generated.headers.get('content-location') ?? ''
    const before = await easel.counts()

    expect(path).toMatch(/\.svg$/)
    expect(generated.headers.get('content-type')).toBe('image/svg+xml')
    expect(generated.headers.get('content-security-policy')).toContain('sandbox')
    expect((await easel.get(`${path}?w=320&format=png&q=10`)).headers.get('etag')).toBe(
      generated.headers.get('etag'),
    )
    expect((await easel.counts()).transformations).toBe(before.transformations)
  })
})

describe('a parameter', () => {
  it.each([
    ['format', 'format=gif', /"gif".*auto, avif, webp, jpeg, png/],
    ['format', 'format=AVIF', /"AVIF"/],
    ['q', 'q=0', /"0".*1 to 100/],
    ['q', 'q=101', /"101"/],
    ['q', 'q=080', /"080"/],
    ['index', 'index=10', /"10"/],
    ['index', 'index=-1', /"-1"/],
    ['v', 'v=xyz', /"xyz".*16 hex/],
    ['w', 'w=320&w=640', /given 2 times/],
    ['index', 'index=1', /n is 1/],
  ])('%s with a wrong value (%s) is named, and nothing is generated', async (field, query, detail) => {
    const response = await easel.get(`/image?prompt=Not+generated+either&${query}`)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'invalid_spec',
      field,
      detail: expect.stringMatching(detail),
    })
    expect(easel.generations('Not generated either')).toHaveLength(0)
  })

  it('that is unknown is refused at an image’s own address, too', async () => {
    const response = await easel.get(`${await easel.generate('A strict quay')}?width=320`)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      field: 'width',
      detail: expect.stringContaining('w, h, fit, gravity, format'),
    })
  })

  it('is part of the signature: another width breaks it', async () => {
    const strict = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
    const response = await strict.post('/v1/sign', { spec: { prompt: 'A signed quay' } }, bearer(TOKENS.docs))
    const { url } = (await response.json()) as { url: string }
    const changed = await strict.get(`${new URL(url).pathname}${new URL(url).search}&w=320`)
    const whole = await strict.get(`${new URL(url).pathname}${new URL(url).search}`)

    expect(changed.status).toBe(403)
    expect(whole.status).toBe(200)
    await strict.close()
  })

  it('index selects an image of the generation, and one that does not exist generates nothing', async () => {
    const query = '/image?prompt=Two+quays&n=2&model=bytedance-seed/seedream-4.5'
    const [first, second] = [await easel.get(query), await easel.get(`${query}&index=1`)]
    const third = await easel.get(`${query}&index=2`)
    const path = second.headers.get('content-location') ?? ''

    expect(path).toMatch(/\/i\/[0-9a-f]{64}\.1\.\w+$/)
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'))
    expect((await easel.get(`${path}?index=1`)).headers.get('etag')).toBe(second.headers.get('etag'))
    expect((await easel.get(`${path}?index=0`)).status).toBe(400)
    expect(third.status).toBe(404)
    expect(easel.generations('Two quays')).toHaveLength(1)
  })
})
