import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS } from '../../support/worker/easel.ts'
import { metadataOf, type ObservedEasel, startObservedEasel } from '../../support/worker/observed-easel.ts'

let easel: ObservedEasel
/** Of an image of 1344 × 768 pixels. */
let path: string

beforeAll(async () => {
  easel = await startObservedEasel({
    // Parts of an image must differ.
    emulator: { plainImages: false },
    vars: { ...CREDENTIALS, EASEL_ACCESS: 'open', TEST_EDGE_CACHE: 'yes' },
  })
  const { headers } = await easel.get('/image?prompt=A+wide+harbour&aspect_ratio=16:9')
  path = headers.get('content-location') ?? ''
})

afterAll(() => easel.close())

it('is generated in its own size', async () => {
  expect(await sizeOf('')).toEqual([1344, 768])
})

describe('with w and h, an image', () => {
  it.each([
    ['w=640&h=640', [640, 640]],
    ['w=640&h=320&fit=cover', [640, 320]],
    ['w=600&h=300', [640, 320]],
    ['w=1&h=2', [320, 640]],
    ['w=320&h=1', [320, 1]],
  ])('is cropped to their ratio at the next configured width: %s', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })

  it.each([
    ['w=2560&h=2560', [768, 768]],
    ['w=1600&h=900', [1344, 756]],
    ['w=480&h=1440', [256, 768]],
  ])('keeps the ratio where it is too small, and is not enlarged: %s', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })

  it.each([
    ['w=640&h=640&fit=contain', [640, 366]],
    ['w=640&h=640&fit=scale-down', [640, 366]],
    ['w=640&h=360&fit=contain', [630, 360]],
    ['w=2560&h=2560&fit=contain', [1344, 768]],
  ])('fits inside when it is not to be cropped: %s', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })
})

describe('with h alone, an image', () => {
  it.each([
    ['h=300', [560, 320]],
    ['h=320&fit=cover&gravity=left', [560, 320]],
    ['h=8192', [1344, 768]],
  ])('keeps its ratio, at the next configured height: %s', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })
})

describe('gravity', () => {
  it.each([
    ['left', 'left'],
    ['right', 'right'],
    ['center', 'centre'],
  ])('%s decides which part of the image stays', async (gravity, position) => {
    const whole = await (await easel.get(path)).arrayBuffer()
    const expected = await pixelsOf(sharp(whole).resize(320, 640, { fit: 'cover', position }))
    const other = await pixelsOf(
      sharp(whole).resize(320, 640, { fit: 'cover', position: position === 'left' ? 'right' : 'left' }),
    )
    const response = await easel.get(`${path}?w=320&h=640&format=png&gravity=${gravity}`)
    const cropped = await pixelsOf(sharp(await response.arrayBuffer()))

    expect(difference(cropped, expected)).toBeLessThan(1)
    expect(difference(cropped, other)).toBeGreaterThan(2)
    expect(response.headers.get('x-easel-variant')).toContain(`; fit=cover; gravity=${gravity}; `)
  })

  it.each(['auto', 'top', 'bottom'])('%s is known', async (gravity) => {
    expect(await sizeOf(`w=320&h=640&gravity=${gravity}`)).toEqual([320, 640])
  })
})

describe('the number of variants', () => {
  it('does not grow with sizes that round to the same', async () => {
    const same = ['w=960&h=540', 'w=900&h=506', 'w=800&h=450', 'w=960&h=540&fit=cover&gravity=center']
    const before = await easel.counts()
    const responses = await Promise.all(same.map((query) => easel.get(`${path}?${query}`)))

    expect(new Set(responses.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
  })

  it('does not grow with boxes that the image fits into in the same size, nor with those larger than it', async () => {
    const boxes = ['w=768', 'w=768&h=768&fit=contain', 'w=768&h=5000&fit=scale-down']
    const large = ['w=1600&h=1600', 'w=1920&h=1920', 'w=2560&h=2560']
    const before = await easel.counts()
    const tags = await Promise.all(
      [...boxes, ...large].map(async (query) =>
        (await easel.get(`${path}?${query}&q=95`)).headers.get('etag'),
      ),
    )
    const whole = await easel.get(`${path}?w=2560&h=2560&fit=contain`)

    expect(new Set(tags).size).toBe(2)
    expect((await easel.counts()).transformations).toBe(before.transformations + 2)
    expect(whole.headers.get('x-easel-variant')).toMatch(/^image\/png; width=1344; height=768; original=/)
  })

  it('does not grow with a fit or a gravity that changes nothing', async () => {
    const before = await easel.counts()
    const responses = await Promise.all(
      ['w=480', 'w=480&fit=contain', 'w=480&gravity=top', 'w=480&fit=cover&gravity=auto'].map((query) =>
        easel.get(`${path}?${query}`),
      ),
    )
    const plain = await easel.get(`${path}?fit=cover&gravity=auto`)

    expect(new Set(responses.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(plain.headers.get('x-easel-variant')).toBeNull()
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
  })
})

it('names a variant in Content-Location so that it serves the same size', async () => {
  for (const query of ['w=640&h=200&gravity=top&format=webp', 'w=2560&h=2560', 'h=480&q=70&format=jpeg']) {
    const { headers } = await easel.get(`${path}?${query}`)
    const again = await easel.get(headers.get('content-location') ?? '')

    expect(again.status).toBe(200)
    expect(shownSize(again.headers)).toBe(shownSize(headers))
  }
})

it.each([
  ['h', 'h=0', 'a whole number of pixels from 1 to 8192'],
  ['h', 'h=8193', 'a whole number of pixels from 1 to 8192'],
  ['fit', 'w=320&h=320&fit=pad', 'one of: cover, contain, scale-down'],
  ['gravity', 'w=320&h=320&gravity=face', 'one of: auto, center, top, bottom, left, right'],
])('refuses a wrong %s: %s', async (field, query, accepts) => {
  const before = await easel.counts()
  const response = await easel.get(`${path}?${query}`)
  const problem = (await response.json()) as { readonly detail: string }

  expect(response.status).toBe(400)
  expect(problem).toMatchObject({ code: 'invalid_spec', field })
  expect(problem.detail).toContain(accepts)
  expect((await easel.counts()).transformations).toBe(before.transformations)
})

async function sizeOf(query: string): Promise<readonly number[]> {
  const response = await easel.get(query === '' ? path : `${path}?${query}`)
  const { width, height } = await metadataOf(response)
  return [width, height]
}

function shownSize(headers: Headers): string {
  return /width=\d+; height=\d+/.exec(headers.get('x-easel-variant') ?? '')?.[0] ?? 'none'
}

async function pixelsOf(image: Sharp): Promise<Uint8Array> {
  return image.removeAlpha().raw().toBuffer()
}

/** Mean difference of a channel, 0 to 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  expect(a).toHaveLength(b.length)
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length
}
