import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BrokenImageError } from '../../../shared/media/broken-image-error.ts'
import {
  type Base64Decoder,
  type BlockDecoder,
  createBase64Decoder,
  decodeByTable,
} from '../../../shared/response/base64.ts'
import { cutAt } from '../../support/shared/responses.ts'

/** What workerd's `setFromBase64` is to the core, on Node's own decoder. */
const decodeByBuffer: BlockDecoder = (digits, target) => {
  const text = Buffer.from(digits).toString('latin1')
  if (!/^[A-Za-z0-9+/]*$/.test(text)) return false
  target.set(Buffer.from(text, 'base64'))
  return true
}

const DECODERS: readonly [name: string, decodeBlock: BlockDecoder][] = [
  ['tables', decodeByTable],
  ['the platform', decodeByBuffer],
]

const LARGE = Buffer.alloc(1_500_001, 'any bytes will do: ÿþý')

describe.each(DECODERS)('decoding by %s', (_name, decodeBlock) => {
  it('gives the bytes that went in, wherever the text is cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(600), { maxLength: 12 }),
        fc.boolean(),
        (bytes, cuts, padded) => {
          const text = Buffer.from(bytes).toString('base64')
          const digits = text.replaceAll('=', '')
          const decoder = createBase64Decoder(decodeBlock)
          for (const piece of cutAt(Buffer.from(digits), cuts)) {
            expect(decoder.write(piece, 0)).toBe(piece.length)
          }
          decoder.finish(padded ? text.length - digits.length : 0)
          expect(Buffer.from(decoder.take())).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })

  it('stops at the first byte that is no digit, with all before it decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(255), fc.nat(100), (bytes, stop, lead) => {
        fc.pre(!/[A-Za-z0-9+/]/.test(String.fromCharCode(stop)))
        const digits = Buffer.from(bytes).toString('base64').replaceAll('=', '')
        const text = Buffer.concat([
          Buffer.alloc(lead),
          Buffer.from(digits),
          Buffer.of(stop),
          Buffer.from('QUJD'),
        ])
        const decoder = createBase64Decoder(decodeBlock)
        expect(decoder.write(text, lead)).toBe(lead + digits.length)
        decoder.finish(0)
        expect(Buffer.from(decoder.take())).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it.each([1, 7, 4096, 65_536, 65_537, 1_000_001])('takes millions of bytes in chunks of %i', (size) => {
    const text = Buffer.from(LARGE.toString('base64').replaceAll('=', ''))
    const decoder = createBase64Decoder(decodeBlock)
    const buffers = new Set<ArrayBuffer>()
    const pieces: Buffer[] = []
    for (let at = 0; at < text.length; at += size) {
      for (const piece of written(decoder, text.subarray(at, at + size), 'write')) {
        buffers.add(piece.buffer)
        pieces.push(Buffer.from(piece))
      }
    }
    decoder.finish(0)
    pieces.push(Buffer.from(decoder.take()))
    expect(Buffer.concat(pieces).equals(LARGE)).toBe(true)
    // One buffer, reused; nothing of the image is held.
    expect([...buffers].map(({ byteLength }) => byteLength <= 2 ** 18)).toEqual([true])
  })

  it('reads escaped slashes as slashes, between any two of which the text may be cut', () => {
    const digits = fc.array(fc.constantFrom('a', '/', '/', '+', '9'), { maxLength: 40 })
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 6 }), (pieces) => {
        const text = pieces.flat().join('')
        fc.pre(text.length % 4 !== 1)
        const decoder = createBase64Decoder(decodeBlock)
        for (const piece of pieces) {
          const escaped = Buffer.from(piece.join('').replaceAll('/', String.raw`\/`))
          expect(decoder.writeEscaped(escaped, 0)).toBe(escaped.length)
        }
        decoder.finish(0)
        expect(Buffer.from(decoder.take())).toEqual(Buffer.from(text, 'base64'))
      }),
    )
  })

  it.each([
    ['AA', String.raw`A\/A\/\u002fA`, String.raw`\u002fA`],
    ['a line break', String.raw`A\/A\/\nAAA`, String.raw`\nAAA`],
    ['the end of the string', String.raw`A\/A\/"AAA`, '"AAA'],
    ['a backslash at the end of a chunk', String.raw`A\/A\/` + '\\', '\\'],
    ['nothing', String.raw`A\/A\/AA\/A`, ''],
  ])('with escaped slashes stops at %s', (_what, text, rest) => {
    const decoder = createBase64Decoder(decodeBlock)
    const stopped = decoder.writeEscaped(Buffer.from(text), 0)
    expect(text.slice(stopped)).toBe(rest)
  })

  it('reads long text with escaped slashes', () => {
    const bytes = Buffer.alloc(300_000, Buffer.from('/w/+AB//', 'base64'))
    const text = Buffer.from(bytes.toString('base64').replaceAll('/', String.raw`\/`))
    const decoder = createBase64Decoder(decodeBlock)
    const pieces = Array.from(written(decoder, text, 'writeEscaped'), (piece) => Buffer.from(piece))
    decoder.finish(0)
    expect(Buffer.concat([...pieces, decoder.take()]).equals(bytes)).toBe(true)
  })

  it.each([
    ['A', 0],
    ['AAAAA', 0],
    ['AAA', 2],
    ['AA', 1],
    ['AAAA', 1],
    ['AAAA', 2],
    ['AAA', 3],
    ['', 1],
  ])('refuses “%s” with %i signs of padding', (text, padding) => {
    const decoder = createBase64Decoder(decodeBlock)
    decoder.write(Buffer.from(text), 0)
    expect(() => decoder.finish(padding)).toThrow(BrokenImageError)
  })

  it('is ready for another text after one, or after one that was broken', () => {
    const decoder = createBase64Decoder(decodeBlock)
    for (const text of ['QUJD', 'QU', 'QUJDRA']) {
      decoder.write(Buffer.from(text), 0)
      decoder.finish(0)
      expect(Buffer.from(decoder.take()).toString('base64').replaceAll('=', '')).toBe(
        text.replace(/^QU$/, 'QQ'),
      )
    }
    decoder.write(Buffer.from('QUJDQ'), 0)
    decoder.reset()
    decoder.write(Buffer.from('REVG'), 0)
    decoder.finish(0)
    expect(Buffer.from(decoder.take()).toString()).toBe('DEF')
  })

  it.each(['-', '_', '=', ' ', '\n', '\0', 'é', '\u00ff'])(
    'takes %j for no digit, even amid many',
    (stranger) => {
      const text = Buffer.from(`${'QUJD'.repeat(1000)}QU${stranger}D${'QUJD'.repeat(1000)}`)
      expect(createBase64Decoder(decodeBlock).write(text, 0)).toBe(4002)
    },
  )
})

/** Writes all of a text, and hands out what is decoded whenever the buffer is full. */
function* written(
  decoder: Base64Decoder,
  text: Uint8Array,
  how: 'write' | 'writeEscaped',
): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; ;) {
    at = decoder[how](text, at)
    if (at === text.length && !decoder.isFull()) return
    expect(decoder.isFull()).toBe(true)
    yield decoder.take()
  }
}
