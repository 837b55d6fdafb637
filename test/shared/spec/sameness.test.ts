import fc from 'fast-check'
import { parse as parseYaml, stringify as toYaml } from 'yaml'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { parseSpecInput, parseSpecQuery, resolveSpec } from '../../../shared/spec/parse.ts'
import type { ImageSpecInput } from '../../../shared/spec/schema.ts'

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined })
const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text.trim() !== '')
const hundredths = fc.integer({ min: 0, max: 100 }).map((value) => value / 100)

/** Fields that fit into a query, which is most of them. */
const scalars = fc.record({
  prompt: words,
  model: fc.constant('a/b'),
  aspect_ratio: maybe(fc.constantFrom('1:1', '16:9', '2.35:1', '9:19.5', 'auto')),
  image_size: maybe(fc.constantFrom('0.5K', '1K', '1.5K', '2K', '4K')),
  n: maybe(fc.integer({ min: 1, max: 10 })),
  seed: maybe(fc.maxSafeNat()),
  quality: maybe(fc.constantFrom('auto', 'high')),
  style: maybe(words),
  strength: maybe(hundredths),
  input_images: fc.array(fc.constantFrom('https://a.example/1.png', 'data:image/png;base64,QUJD'), {
    minLength: 1,
    maxLength: 4,
  }),
  take: maybe(fc.integer({ min: 1, max: 5 })),
  api: maybe(fc.constantFrom('auto', 'chat', 'images')),
})

/** Never those of a spec's own fields, which have one place. */
const foreignNames = words.map((name) => `x_${name}`)
const json = fc.jsonValue({ depthSize: 'small', noUnicodeString: false }).filter(isKeyable)
/** Fields that only JSON can hold. */
const nested = fc.record({
  rgb_colors: maybe(fc.constant([[0, 128, 255]])),
  provider: maybe(
    fc.record(
      {
        only: fc.array(words, { maxLength: 3 }),
        allow_fallbacks: fc.boolean(),
        options: fc.dictionary(words, fc.dictionary(foreignNames, json, { maxKeys: 3 }), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
  ),
  image_config: maybe(
    fc.dictionary(
      foreignNames,
      fc.oneof(words, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(json, { maxLength: 3 })),
      { maxKeys: 4 },
    ),
  ),
})

describe('a fingerprint', () => {
  it('does not depend on whether the spec came as JSON, YAML or query', async () => {
    await fc.assert(
      fc.asyncProperty(scalars, async (fields) => {
        const spec = withoutUndefined(fields)
        const query = new URLSearchParams()
        for (const [field, value] of Object.entries(spec)) {
          for (const one of [value].flat()) query.append(field, String(one))
        }
        const expected = await fingerprintOf(parseSpecInput(spec))
        expect(await fingerprintOf(parseSpecQuery(new URLSearchParams(query.toString())))).toBe(expected)
        expect(await fingerprintOf(parseSpecInput(parseYaml(toYaml(spec))))).toBe(expected)
        expect(await fingerprintOf(parseSpecInput(JSON.parse(JSON.stringify(spec))))).toBe(expected)
      }),
    )
  })

  it('does not depend on the order of keys, at any depth', async () => {
    await fc.assert(
      fc.asyncProperty(scalars, nested, async (plain, deep) => {
        const spec = withoutUndefined({ ...plain, ...deep })
        const expected = await fingerprintOf(parseSpecInput(spec))
        expect(await fingerprintOf(parseSpecInput(reversed(spec)))).toBe(expected)
        expect(await fingerprintOf(parseSpecInput(parseYaml(toYaml(reversed(spec)))))).toBe(expected)
      }),
    )
  })

  it('does not depend on fields that change nothing', async () => {
    const same = [
      {},
      { take: 1 },
      { n: 1 },
      { api: 'chat' },
      { api: 'auto' },
      { provider: {} },
      { image_config: {} },
      { user: 'user-7' },
      { session_id: 'session-7' },
      { trace: { trace_name: 'hero' } },
    ]
    const prints = same.map((more) => fingerprintOf(parseSpecInput({ prompt: 'x', model: 'a/b', ...more })))
    expect(new Set(await Promise.all(prints)).size).toBe(1)
  })

  it('does not depend on whether a field came from the spec, a preset or a default', async () => {
    const written = await fingerprintOf({ prompt: 'A fox in ink', model: 'a/b', seed: 7 })
    const resolved = resolveSpec(
      { prompt: 'A fox', preset: 'ink' },
      { presets: { ink: { prompt: '{prompt} in ink' } }, defaults: { seed: 7 }, model: 'a/b' },
    )
    expect(await fingerprint(resolved)).toBe(written)
  })

  it('does not depend on how a number or the bytes of an image are spelled', async () => {
    const base = { prompt: 'x', model: 'a/b' }
    const pairs: readonly [ImageSpecInput, ImageSpecInput][] = [
      [{ image_config: { a: 0 } }, { image_config: { a: -0 } }],
      [{ image_config: { a: [1e21] } }, { image_config: { a: [1_000_000_000_000_000_000_000] } }],
      [{ input_images: ['data:image/png;base64,QUI='] }, { input_images: ['data:image/jpeg;base64,QUI'] }],
      [{ input_images: ['data:image/png;base64,QUI='] }, { input_images: ['data:image/png,AB'] }],
    ]
    for (const [one, other] of pairs) {
      expect(await fingerprintOf(parseSpecInput({ ...base, ...one }))).toBe(
        await fingerprintOf(parseSpecInput({ ...base, ...other })),
      )
    }
  })

  it('differs for everything that changes the pixels', async () => {
    const base = { prompt: 'x', model: 'a/b', input_images: ['https://a.example/1.png'] }
    const others: ImageSpecInput[] = [
      {},
      { prompt: 'x ' },
      { prompt: 'X' },
      { prompt: 'é' },
      { prompt: 'e\u0301' },
      { model: 'a/b:beta' },
      { seed: 0 },
      { seed: 1 },
      { n: 2 },
      { take: 2 },
      { aspect_ratio: '1:1' },
      { image_size: '1K' },
      { strength: 0 },
      { style: 'x' },
      { provider: { only: ['a'] } },
      { provider: { order: ['a', 'b'] } },
      { provider: { order: ['b', 'a'] } },
      { image_config: { a: 1 } },
      { image_config: { a: '1' } },
      { image_config: { a: [1, 2] } },
      { image_config: { a: [2, 1] } },
      { input_images: ['https://a.example/2.png'] },
      { input_images: ['https://a.example/1.png', 'https://a.example/2.png'] },
      { input_images: ['https://a.example/2.png', 'https://a.example/1.png'] },
      { input_images: ['data:image/png;base64,QUJD'] },
    ]
    const prints = await Promise.all(
      others.map((more) => fingerprintOf(parseSpecInput({ ...base, ...more }))),
    )
    expect(new Set(prints).size).toBe(others.length)
  })
})

function fingerprintOf(input: ImageSpecInput): Promise<string> {
  return fingerprint(resolveSpec(input))
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const)
  return Object.fromEntries(entries.toReversed())
}

/** `__proto__` is refused, and YAML gives `<<` a meaning. */
function isKeyable(value: unknown): boolean {
  return !/"(__proto__|<<)"/.test(JSON.stringify(value))
}
