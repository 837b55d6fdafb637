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

describe('a width', () => {
  it('makes the image smaller and keeps its type and shape', async () => {
    const path = await generated('A lighthouse, resized')
    const response = await easel.get(`${path}?w=640`)
    const { format, width, height } = await look(response)

    expect({ format, width, height }).toEqual({ format: 'png', width: 640, height: 640 })
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('content-location')).toBe(`${path}?w=640&format=png`)
    expect(response.headers.get('vary')).toBeNull()
  })

  it('works where the image is generated, and is no part of what is generated', async () => {
    const small = await easel.get('/image?prompt=A+ferry&w=320&format=webp')
    const whole = await easel.get('/image?prompt=A+ferry')

    expect(await look(small)).toMatchObject({ format: 'webp', width: 320 })
    expect(small.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(Number(small.headers.get('x-easel-cost-usd'))).toBeGreaterThan(0)
    expect(await look(whole)).toMatchObject({ format: 'png', width: 1024 })
    expect(easel.generations('A ferry')).toHaveLength(1)
  })

  it('is never more than the image has', async () => {
    const path = await generated('A small boat')
    const before = await counts()
    const original = await easel.get(path)
    const larger = await easel.get(`${path}?w=1200`)

    expect(larger.headers.get('etag')).toBe(original.headers.get('etag'))
    expect(await look(larger)).toMatchObject({ format: 'png', width: 1024 })
    expect(await look(await easel.get(`${path}?w=1200&format=webp`))).toMatchObject({ width: 1024 })
    expect((await counts()).transformations).toBe(before.transformations + 1)
  })

  it('that is not configured is refused with those that are, before anything is generated', async () => {
    for (const w of ['641', '0', '-1', '640.0', '1e3', '', 'wide']) {
      const response = await easel.get(`/image?prompt=Never+generated&w=${w}`)
      const widths = ['320', '480', '640', '768', '960', '1200', '1600', '1920', '2560']

      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        code: 'invalid_spec',
        field: 'w',
        detail: `w is ${JSON.stringify(w)}, and must be one of the configured widths: ${widths.join(', ')}.`,
        accepts: widths,
      })
    }
    expect(easel.generations('Never generated')).toHaveLength(0)
  })
})

describe('a format', () => {
  it.each(['avif', 'webp', 'jpeg', 'png'])('%s is what comes, and says so', async (format) => {
    const path = await generated('A quay in many formats')
    const response = await easel.get(`${path}?w=320&format=${format}`)

    expect(response.headers.get('content-type')).toBe(`image/${format}`)
    expect((await look(response)).format).toBe(format === 'avif' ? 'heif' : format)
    expect(response.headers.get('vary')).toBeNull()
  })

  it.each<[accept: string, type: string]>([
    [AVIF, 'avif'],
    [WEBP, 'webp'],
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
  ])('auto is, for Accept: %s, %s', async (accept, type) => {
    const path = await generated('A quay, negotiated')
    const response = await easel.get(`${path}?w=320&format=auto`, { headers: { Accept: accept } })

    expect(response.headers.get('content-type')).toBe(`image/${type}`)
    expect(response.headers.get('vary')).toBe('Accept')
    expect(response.headers.get('content-location')).toBe(`${path}?w=320&format=${type}`)
    await response.arrayBuffer()
  })

  it('that is negotiated says so in every answer, and no other does', async () => {
    const path = await generated('A quay, negotiated')
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
      const response = await easel.get(path + query, { headers: { Accept: AVIF } })
      expect([query, response.headers.get('vary')]).toEqual([query, null])
    }
  })

  it('is nothing to an SVG, which is every size at once', async () => {
    const generating = await easel.get(
      '/image?prompt=A+knot&model=recraft/recraft-v4.1-vector&w=320&format=auto',
      {
        headers: { Accept: AVIF },
      },
    )
    const path = generating.headers.get('content-location') ?? ''
    const before = await counts()

    expect(path).toMatch(/\.svg$/)
    expect(generating.headers.get('content-type')).toBe('image/svg+xml')
    expect(generating.headers.get('content-security-policy')).toContain('sandbox')
    expect((await easel.get(`${path}?w=320&format=png&q=10`)).headers.get('etag')).toBe(
      generating.headers.get('etag'),
    )
    expect((await counts()).transformations).toBe(before.transformations)
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
  ])('%s that is wrong (%s) is named, and nothing is generated', async (field, query, detail) => {
    const response = await easel.get(`/image?prompt=Not+generated+either&${query}`)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'invalid_spec',
      field,
      detail: expect.stringMatching(detail),
    })
    expect(easel.generations('Not generated either')).toHaveLength(0)
  })

  it('that is none is refused where an image is asked for by name, too', async () => {
    const response = await easel.get(`${await generated('A strict quay')}?width=320`)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      field: 'width',
      detail: expect.stringContaining('w, format'),
    })
  })

  it('is signed with the rest: another width breaks the signature', async () => {
    const strict = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
    const answer = await strict.post(
      '/v1/sign',
      { spec: { prompt: 'A signed quay' } },
      { headers: { Authorization: `Bearer ${TOKENS.docs}` } },
    )
    const { url } = (await answer.json()) as { url: string }
    const changed = await strict.get(`${new URL(url).pathname}${new URL(url).search}&w=320`)
    const whole = await strict.get(`${new URL(url).pathname}${new URL(url).search}`)

    expect(changed.status).toBe(403)
    expect(whole.status).toBe(200)
    await strict.close()
  })

  it('index shows the others of a generation, and generates nothing for one that is not there', async () => {
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
