import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt, FORMAT_NAMES, FORMATS, imagesOf, png, read, refusal } from '../../support/shared/responses.ts'

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
    // From here on, nothing is missing but what needn't come.
    const enough = isStream ? bytes.lastIndexOf('"cost"') + '"cost":0.0387'.length : bytes.length
    expect(enough).toBeGreaterThan(200)
    for (let end = 0; end < enough; end++) {
      const chunks = [bytes.subarray(0, end), ...(how === 'ends' ? [] : [new TypeError('terminated')])]
      const error = await refusal(read(chunks, { isStream }))
      expect(error.code).toBe('upstream_invalid')
      expect(error.mayHaveBeenPaid).toBe(true)
      expect(error.retryable).toBe(false)
    }
  })
})
