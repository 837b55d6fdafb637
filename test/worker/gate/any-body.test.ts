import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_DAILY_BUDGET_USD: '1000' } })
})
afterAll(() => easel.close())

const MODELS = ['google/gemini-2.5-flash-image', 'openai/gpt-image-1', 'recraft/recraft-v3', 'nobody/nothing']
const url = fc.constantFrom('data:image/png;base64,iVBORw0KGgo=', 'data:,x', 'file:///a', 'https://[', '')
const junk = fc.anything({ maxDepth: 3, withNullPrototype: false })
const sometimes = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: junk })
const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text: sometimes(fc.string()) }),
  fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: sometimes(url) }) }),
  junk,
)
const message = fc.record(
  {
    role: sometimes(fc.constantFrom('user', 'system', 'assistant', 'tool')),
    content: fc.oneof(fc.string(), fc.array(part, { maxLength: 3 }), junk),
  },
  { requiredKeys: [] },
)
const config = fc.dictionary(
  fc.constantFrom('aspect_ratio', 'image_size', 'n', 'quality', 'size', 'font_inputs', '__proto__', 'other'),
  fc.oneof(fc.constantFrom('1:1', '1K', 1, 2, 1000, 'ultra', 'high'), junk),
)
const body = fc.oneof(
  fc.record(
    {
      model: sometimes(fc.constantFrom(...MODELS)),
      models: fc.array(sometimes(fc.constantFrom(...MODELS)), { maxLength: 3 }),
      messages: fc.array(message, { maxLength: 3 }),
      modalities: fc.constantFrom(['image'], ['image', 'text'], ['text'], []),
      image_config: config,
      prompt: sometimes(fc.string({ unit: 'binary' })),
      size: sometimes(fc.constantFrom('1024x1024', '1K', '1x1')),
      n: sometimes(fc.integer({ min: -1, max: 12 })),
      provider: sometimes(fc.record({ only: fc.array(fc.string()), options: junk }, { requiredKeys: [] })),
      temperature: sometimes(fc.double()),
      stream: sometimes(fc.boolean()),
      user: junk,
      other: junk,
    },
    { requiredKeys: ['model'] },
  ),
  junk,
)

/** An image on one of the paths, at least. */
const VALID = {
  model: MODELS[0],
  messages: [{ role: 'user', content: 'A fox' }],
  modalities: ['image', 'text'],
}

/** What a response may be when nothing was sent upstream. */
const REFUSED = new Set([400, 402, 403, 404, 422])

describe('any body at all', () => {
  it.each(['/api/v1/chat/completions', '/api/v1/images', '/v1/images', '/openai/v1/images/generations'])(
    'sent to %s gets an image by one upstream request, or is refused without one; never a 500',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(body, async (value) => {
          const json = jsonOf(value)
          const before = easel.generations().length
          const response = await easel.get(path, {
            method: 'POST',
            body: json,
            headers: { 'Content-Type': 'application/json' },
          })
          await response.arrayBuffer()
          const upstream = easel.generations().length - before
          const { status } = response
          expect({ status, isExpected: status === 200 || REFUSED.has(status) }).toEqual({
            status,
            isExpected: true,
          })
          expect(upstream).toBeLessThanOrEqual(status === 200 ? 1 : 0)
        }),
        { numRuns: 150, interruptAfterTimeLimit: 25_000, examples: [[VALID]] },
      )
    },
    60_000,
  )
})

function jsonOf(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ??
      'null'
    )
  } catch {
    return 'null'
  }
}
