import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../emulator/index.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_TIMEOUT_SECONDS: '6' } })
})

afterAll(() => easel.close())

const BAD_REQUESTS = [
  ['no prompt', '/image', 400, 'invalid_spec', 'prompt', /prompt is missing/],
  ['an empty prompt', '/image?prompt=', 400, 'invalid_spec', 'prompt', /1 to 32,000 characters/],
  ['40,000 characters', `/image?prompt=${'x'.repeat(40_000)}`, 400, 'invalid_spec', 'prompt', /1 to 32,000/],
  ['an unknown field', '/image?prompt=x&colour=red', 400, 'invalid_spec', 'colour', /not a field/],
  [
    'a misspelt field',
    '/image?prompt=x&aspect_ration=1:1',
    400,
    'invalid_spec',
    'aspect_ration',
    /did you mean aspect_ratio/,
  ],
  [
    'an unknown ratio',
    '/image?prompt=x&aspect_ratio=16:10',
    400,
    'invalid_spec',
    'aspect_ratio',
    /"16:10".*16:9/,
  ],
  ['a field given twice', '/image?prompt=x&prompt=y', 400, 'invalid_spec', 'prompt', /given 2 times/],
  [
    'a seed that is no number',
    '/image?prompt=x&seed=1e3',
    400,
    'invalid_spec',
    'seed',
    /whole number|number/,
  ],
  [
    'a field that needs JSON',
    '/image?prompt=x&rgb_colors=1',
    400,
    'invalid_spec',
    'rgb_colors',
    /POST \/v1\/images/,
  ],
  [
    'an input image that is no https URL',
    '/image?prompt=x&input_images=http://a/b.png',
    400,
    'invalid_spec',
    'input_images[0]',
    /https URL/,
  ],
  [
    'a model that does not exist',
    '/image?prompt=x&model=google/gemini-2.5-flash-imag',
    404,
    'model_not_found',
    'model',
    /gemini-2.5-flash-image/,
  ],
  [
    'a ratio that the model lacks',
    '/image?prompt=x&aspect_ratio=8:1',
    422,
    'unsupported_by_model',
    'aspect_ratio',
    /8:1.*16:9/,
  ],
] as const

describe('a request that is wrong', () => {
  it.each(BAD_REQUESTS)(
    '%s is refused with the field and the way out',
    async (_, path, status, code, field, detail) => {
      const before = easel.generations().length
      const response = await easel.get(path)
      const problem = (await response.json()) as Record<string, unknown>

      expect(problem).toMatchObject({ status, code, field, detail: expect.stringMatching(detail) })
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(easel.generations().length).toBe(before)
    },
  )
})

const FAULTS: readonly (readonly [string, Fault, number, string, RegExp, number])[] = [
  ['no image', { noImage: true, text: 'I would rather not.' }, 424, 'no_image', /rather not/, 1],
  ['broken base64', { base64: 'characters' }, 424, 'upstream_invalid', /base64/, 1],
  ['bytes that are no image', { notAnImage: true }, 424, 'upstream_invalid', /not a PNG/, 1],
  ['a cut connection', { cutAtByte: 2000 }, 424, 'upstream_invalid', /billed \$0\./, 1],
  ['an end before the end', { endAtByte: 2000 }, 424, 'upstream_invalid', /billed \$0\./, 1],
  ['a drip that never ends', { dripBytesPerSecond: 50 }, 424, 'upstream_invalid', /billed \$0\./, 1],
  ['an error under way', { status: 502, inBand: true }, 502, 'upstream_failed', /retry/, 4],
  [
    'a link into its own network',
    { link: 'http://127.0.0.1/a.png' },
    424,
    'upstream_invalid',
    /public https/,
    1,
  ],
  ['401', { status: 401 }, 503, 'upstream_unauthorized', /OPENROUTER_API_KEY/, 1],
  ['402', { status: 402 }, 503, 'credits_exhausted', /credits/, 1],
  ['404', { status: 404 }, 404, 'model_not_found', /another model/, 1],
  ['413', { status: 413 }, 400, 'invalid_spec', /smaller input images/, 1],
  ['422', { status: 422 }, 400, 'invalid_spec', /field/, 1],
  ['500, after one retry', { status: 500 }, 502, 'upstream_failed', /retry/, 2],
  ['503, after three retries', { status: 503 }, 502, 'upstream_failed', /retry/, 4],
  ['529, after three retries', { status: 529 }, 502, 'upstream_failed', /retry/, 4],
  ['524, without a retry', { status: 524 }, 424, 'billing_unknown', /billed/, 1],
  ['504, without a retry', { status: 504 }, 424, 'billing_unknown', /billed/, 1],
  ['silence', { silence: true }, 424, 'billing_unknown', /6 s.*billed/, 1],
]

describe.concurrent('an upstream that answers with', () => {
  it.for(FAULTS)(
    '%s: says so, stores nothing, and works the next time',
    async ([name, fault, status, code, detail, asked], { expect }) => {
      const { path, setFault, generations } = scene(name)
      setFault(fault)
      const response = await easel.get(path)
      const problem = (await response.json()) as Record<string, unknown>

      expect(problem).toMatchObject({ status, code, detail: expect.stringMatching(detail) })
      expect(response.status).toBe(status)
      expect(generations()).toBe(asked)
      // What was billed, or may have been, is not to be repeated by a client on its own.
      expect(Number(response.headers.get('retry-after')) > 0).toBe(status !== 424)
      expect(response.headers.get('x-should-retry')).toBe(status === 424 ? 'false' : null)
      expect(JSON.stringify(problem)).not.toMatch(/sk-or/)

      setFault(undefined)
      expect((await easel.get(path, { method: 'HEAD' })).status).toBe(404)
      await expect
        .poll(async () => (await easel.get(path)).status, { timeout: 15_000, interval: 500 })
        .toBe(200)
      expect(generations()).toBe(asked + 1)
    },
  )

  it.for([
    ['a refusal', { refusal: true }, 422, 'refused', 3600],
    ['a moderation block', { status: 403 }, 422, 'refused', 3600],
    ['429', { status: 429, retryAfterSeconds: 30 }, 429, 'rate_limited', 30],
  ] as const)(
    '%s: remembers it, and asks nobody again before its time',
    async ([name, fault, status, code, seconds], { expect }) => {
      const { path, setFault, generations } = scene(name)
      setFault(fault)
      const first = await easel.get(path)
      const second = await easel.get(path)

      for (const response of [first, second]) {
        expect(response.status).toBe(status)
        expect(await response.json()).toMatchObject({ code })
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(seconds - 10)
        expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(seconds)
      }
      expect(generations()).toBe(1)
    },
  )
})

describe.concurrent('an upstream that is only odd', () => {
  it.for([
    ['escapes every slash', { escapedSlashes: true }],
    ['breaks off its JSON after the image', { brokenJson: true }],
    ['writes its keys in another order', { reversedKeys: true }],
    ['sends a huge field that nobody knows', { hugeFieldBytes: 3_000_000 }],
    ['sends bytes that are no UTF-8 in such a field', { malformedUtf8: true }],
    ['breaks its base64 into lines', { base64: 'whitespace' }],
    ['lies about the type', { lyingMediaType: true }],
    ['writes beside the image', { text: 'Here you are.' }],
    ['sends two images', { images: 2 }],
  ] as const)('and %s still gives an image, at its true type', async ([name, fault], { expect }) => {
    const { path, setFault, generations } = scene(name)
    setFault(fault)
    const response = await easel.get(path)

    expect(response.status).toBe(200)
    const start = new Uint8Array(await response.arrayBuffer()).subarray(0, 3)
    expect([response.headers.get('content-type'), ...start]).toEqual(
      'lyingMediaType' in fault ? ['image/jpeg', 0xff, 0xd8, 0xff] : ['image/png', 0x89, 0x50, 0x4e],
    )
    expect(generations()).toBe(1)
  })
})

describe('anything else', () => {
  it('is a 404 that says where images are', async () => {
    const response = await easel.get('/nothing/here')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining('/image?prompt='),
    })
  })
})

const faults = new Map<string, Fault>()

/** An image of its own for each test, so that they run side by side. */
function scene(name: string) {
  const prompt = `a fault: ${name}`
  return {
    path: `/image?prompt=${encodeURIComponent(prompt)}`,
    generations: () => easel.generations(`"${prompt}"`).length,
    setFault(fault: Fault | undefined) {
      if (fault) faults.set(prompt, { ...fault, match: prompt })
      else faults.delete(prompt)
      easel.upstream.setFaults([...faults.values()])
    },
  }
}
