import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../emulator/index.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({
    vars: { ...CREDENTIALS, EASEL_TIMEOUT_SECONDS: '6', EASEL_DAILY_BUDGET_USD: '50' },
  })
})

afterAll(() => easel.close())

const BAD_REQUESTS = [
  ['no prompt', '/image', 400, 'invalid_spec', 'prompt', /prompt is missing/],
  ['an empty prompt', '/image?prompt=', 400, 'invalid_spec', 'prompt', /1 to 32,000 characters/],
  [
    'a prompt of 40,000 characters',
    `/image?prompt=${'x'.repeat(40_000)}`,
    400,
    'invalid_spec',
    'prompt',
    /1 to 32,000/,
  ],
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
    'a ratio of another form',
    '/image?prompt=x&aspect_ratio=16x10',
    400,
    'invalid_spec',
    'aspect_ratio',
    /"16x10".*16:9/,
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
    '/image?prompt=x&model=google/gemini-3.1-flash-imag',
    404,
    'model_not_found',
    'model',
    /gemini-3.1-flash-image/,
  ],
  [
    'a ratio that the model lacks',
    '/image?prompt=x&aspect_ratio=9:1',
    422,
    'unsupported_by_model',
    'aspect_ratio',
    /9:1.*16:9/,
  ],
] as const

describe('an invalid request', () => {
  it.each(BAD_REQUESTS)(
    'with %s is refused: the problem names the field and a way out',
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

/** Where surely nothing was billed: forgotten after a moment. */
const NOT_BILLED: readonly (readonly [string, Fault, number, string, RegExp, number])[] = [
  ['an error in the stream', { status: 502, inBand: true }, 502, 'upstream_failed', /retry/i, 4],
  ['401', { status: 401 }, 503, 'upstream_unauthorized', /OPENROUTER_API_KEY/, 1],
  ['402', { status: 402 }, 503, 'credits_exhausted', /credits/, 1],
  ['404', { status: 404 }, 404, 'model_not_found', /another model/, 1],
  ['413', { status: 413 }, 400, 'invalid_spec', /smaller input images/, 1],
  ['422', { status: 422 }, 400, 'invalid_spec', /field/, 1],
  ['500, retried once,', { status: 500 }, 502, 'upstream_failed', /retry/i, 2],
  ['503, retried with backoff,', { status: 503 }, 502, 'upstream_failed', /retry/i, 4],
  ['529, retried with backoff,', { status: 529 }, 502, 'upstream_failed', /retry/i, 4],
]

/** Complete, billed and useless. */
const USELESS: readonly (readonly [string, Fault, string, RegExp])[] = [
  ['no image', { noImage: true, text: 'I would rather not.' }, 'no_image', /rather not/],
  ['broken base64', { base64: 'characters' }, 'upstream_invalid', /base64/],
  ['bytes that are no image', { notAnImage: true }, 'upstream_invalid', /not a PNG/],
  ['a link into its own network', { link: 'http://127.0.0.1/a.png' }, 'upstream_invalid', /public https/],
  ['a cut connection, billed as /generation tells,', { cutAtByte: 2000 }, 'upstream_invalid', /billed/],
  ['a body that ends too early, billed,', { endAtByte: 2000 }, 'upstream_invalid', /billed/],
]

/** Where the model may have finished, and nobody can tell. */
const MAYBE_BILLED: readonly (readonly [string, Fault])[] = [
  ['524', { status: 524, lookupMisses: 99 }],
  ['504', { status: 504, lookupMisses: 99 }],
  ['nothing at all', { silence: true }],
]

describe.concurrent('a response from OpenRouter with', () => {
  it.for(NOT_BILLED)(
    '%s is reported, nothing is stored, and the next attempt works',
    async ([name, fault, status, code, detail, requests], { expect }) => {
      const { path, setFault, generations } = scene(name)
      setFault(fault)
      const response = await easel.get(path)
      const problem = (await response.json()) as Record<string, unknown>

      expect(problem).toMatchObject({ status, code, detail: expect.stringMatching(detail) })
      expect(problem['may_have_been_billed']).toBeUndefined()
      expect(response.status).toBe(status)
      expect(generations()).toBe(requests)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(JSON.stringify(problem)).not.toMatch(/sk-or/)

      setFault(undefined)
      expect((await easel.get(path, { method: 'HEAD' })).status).toBe(404)
      await expect
        .poll(async () => (await easel.get(path)).status, { timeout: 15_000, interval: 500 })
        .toBe(200)
      expect(generations()).toBe(requests + 1)
    },
  )

  it.for(USELESS)(
    '%s is a 424 that is remembered: nobody buys the same again',
    async ([name, fault, code, detail], { expect }) => {
      const { path, setFault, generations } = scene(name)
      setFault(fault)

      for (const response of [await easel.get(path), await easel.get(path)]) {
        expect(response.status).toBe(424)
        expect(response.headers.get('x-should-retry')).toBe('false')
        expect(response.headers.get('retry-after')).toBeNull()
        const problem = (await response.json()) as Record<string, unknown>
        expect(problem).toMatchObject({ code, detail: expect.stringMatching(detail) })
        expect(problem['billed_usd']).toBeGreaterThan(0)
      }
      expect(generations()).toBe(1)
    },
  )

  it.for(MAYBE_BILLED)(
    '%s may have been billed: it is told, held, and not generated again by itself',
    async ([name, fault], { expect }) => {
      const { path, setFault, generations } = scene(name)
      setFault(fault)

      for (const response of [await easel.get(path), await easel.get(path)]) {
        expect(response.status).toBe(424)
        expect(response.headers.get('x-should-retry')).toBe('false')
        expect(response.headers.get('retry-after')).toBeNull()
        expect(await response.json()).toMatchObject({
          code: 'billing_unknown',
          may_have_been_billed: true,
          detail: expect.stringMatching(/billed.*next request after \d{4}-.*Z generates again.*no-cache/s),
        })
      }
      expect(generations()).toBe(1)

      setFault(undefined)
      const refreshed = await easel.get(path, {
        headers: { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache' },
      })
      expect(refreshed.status).toBe(200)
      expect(generations()).toBe(2)
    },
  )

  it.for([
    ['a refusal', { refusal: true }, 422, 'refused', 3600],
    ['a moderation block', { status: 403 }, 422, 'refused', 3600],
    ['429', { status: 429, retryAfterSeconds: 30 }, 429, 'rate_limited', 30],
  ] as const)(
    '%s is remembered, and not requested again before its time',
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

describe.concurrent('a response from OpenRouter that', () => {
  it.for([
    ['escapes every slash', { escapedSlashes: true }],
    ['has its keys in another order', { reversedKeys: true }],
    ['holds a huge unknown field', { hugeFieldBytes: 3_000_000 }],
    ['holds invalid UTF-8 in an unknown field', { malformedUtf8: true }],
    ['breaks its base64 into lines', { base64: 'whitespace' }],
    ['names the wrong media type', { lyingMediaType: true }],
    ['holds text beside the image', { text: 'Here you are.' }],
    ['holds two images', { images: 2 }],
  ] as const)('%s still gives an image, with its true type', async ([name, fault], { expect }) => {
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

describe('an unknown path', () => {
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

/** An image and a fault of a test's own, so that tests run side by side. */
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
