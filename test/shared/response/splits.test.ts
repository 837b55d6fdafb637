import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/errors.ts'
import {
  base64,
  cutAt,
  FORMAT_NAMES,
  FORMATS,
  imagesOf,
  png,
  read,
  type SeenEvent,
  USAGE,
} from '../../support/shared/responses.ts'

const image = fc
  .tuple(fc.integer({ min: 1, max: 4000 }), fc.uint8Array({ maxLength: 300 }))
  .map(([side, rest]) => png(side, side, rest))
const images = fc.array(image, { minLength: 1, maxLength: 3 })
const change = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.replaceAll('/', String.raw`\/`),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll(/=+"/g, '"'),
  (text) => text.replaceAll(/[A-Za-z+]{19}(?=[A-Za-z0-9+/]{40})/g, String.raw`$&\n`),
)

describe.each(FORMAT_NAMES)('a %s', (name) => {
  const { body, isStream } = FORMATS[name]

  it('gives the same events however its bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        images,
        change,
        fc.array(fc.nat(4000), { maxLength: 30 }),
        async (given, spoil, cuts) => {
          const bytes = Buffer.from(spoil(body(given)))
          const events = await read(cutAt(bytes, cuts), { isStream })
          expect(imagesOf(events)).toEqual(given)
          expect(events).toEqual(await read([bytes], { isStream }))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('gives the same images byte by byte, with empty chunks between', async () => {
    const given = [png(9, 9, Buffer.from('/8/+abc', 'base64')), png(1, 1)]
    const bytes = Buffer.from(body(given).replaceAll('/', String.raw`\/`))
    const chunks = Array.from(bytes).flatMap((byte) => [Uint8Array.of(byte), new Uint8Array(0)])
    expect(imagesOf(await read(chunks, { isStream }))).toEqual(given)
  })

  it('leaves the bytes it was given alone, and keeps none of them', async () => {
    const given = png(9, 9, Buffer.alloc(50, 1))
    const chunks = cutAt(Buffer.from(body([given])), [10, 99, 130, 200])
    const reused = chunks.map((chunk) => new Uint8Array(chunk))
    const before = Buffer.concat(reused)
    const events = await read(reused, { isStream })
    expect(Buffer.concat(reused)).toEqual(before)
    for (const chunk of reused) chunk.fill(0)
    expect(imagesOf(events)).toEqual([given])
  })

  it.each(['ends', 'is cut'])('that %s too early is never taken for whole, at no byte', async (how) => {
    const given = [png(64, 64, Buffer.from([1, 2, 3])), png(32, 32, Buffer.from([7]))]
    const bytes = Buffer.from(body(given))
    const ends = given.map((one) => bytes.indexOf(base64(one)) + base64(one).length)
    const enough = isStream ? bytes.indexOf('[DONE]') : bytes.length
    expect(enough).toBeGreaterThan(200)
    for (let end = 0; end < enough; end++) {
      const chunks = [bytes.subarray(0, end), ...(how === 'ends' ? [] : [new TypeError('terminated')])]
      // An image counts from the quote that ends it, but for one whose `type` is still to come.
      const whole = given.filter((_, index) => end > (ends[index] ?? 0))
      const expected = whole.length === 0 ? UNKNOWN : { images: whole, problems: 1 }
      expect(await outcomeOf(read(chunks, { isStream }))).toEqual(expected)
    }
  })
})

describe('any mixture of whole and broken images', () => {
  const whole = image.map((bytes) => ({ bytes, text: base64(bytes), isWhole: true }))
  const spoiled = fc
    .tuple(
      image,
      fc.constantFrom<(bytes: Buffer) => string>(
        (bytes) => base64(bytes.subarray(0, -1)),
        (bytes) => `${base64(bytes).slice(0, 30)}*${base64(bytes).slice(31)}`,
        (bytes) => `${base64(bytes)}====`,
        (bytes) => base64(bytes.subarray(1)),
        () => '',
        () => 'data:image/png,%E0%A4%A',
      ),
    )
    .map(([bytes, spoil]) => ({ bytes, text: spoil(bytes), isWhole: false }))

  it.each(FORMAT_NAMES)(
    'in a %s keeps the whole ones, and has a problem for each of the others',
    async (name) => {
      const { withTexts, isStream } = FORMATS[name]
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(whole, spoiled), { minLength: 1, maxLength: 6 }),
          async (given) => {
            const expected = given.filter(({ isWhole }) => isWhole).map(({ bytes }) => bytes)
            const texts = withTexts(given.map(({ text }) => text))
            expect(await outcomeOf(read(texts, { isStream }))).toEqual(
              expected.length === 0
                ? { ...UNKNOWN, code: 'upstream_invalid', mayHaveBeenBilled: false, billedUsd: USAGE.cost }
                : { images: expected, problems: given.length - expected.length },
            )
          },
        ),
        { numRuns: 100 },
      )
    },
  )
})

const UNKNOWN = { code: 'billing_unknown', mayHaveBeenBilled: true, billedUsd: undefined, retryable: false }

/** The whole images, and how many problems there were beside them; or what was thrown. */
async function outcomeOf(reading: Promise<readonly SeenEvent[]>): Promise<object> {
  try {
    const events = await reading
    const done = events.at(-1)
    if (done?.type !== 'done') throw new Error('the last event is not `done`')
    const discarded = events.filter((one) => one.type === 'discard' && one.problem !== undefined)
    if (discarded.length > done.problems.length) throw new Error('a problem was lost')
    return { images: imagesOf(events), problems: done.problems.length }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const { code, mayHaveBeenBilled, billedUsd, retryable } = error
    return { code, mayHaveBeenBilled, billedUsd, retryable }
  }
}
