import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { EXTENSION, identifyImage, joinSegments } from '../../../shared/media/image.ts'

const raster = () => sharp({ create: { width: 48, height: 32, channels: 3, background: 'teal' } })

/** Two frames; the size is that of the first. */
async function animation() {
  const frame = await raster().png().toBuffer()
  const other = await sharp(frame).negate().png().toBuffer()
  return sharp([frame, other], { join: { animated: true } })
}
const plain = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer)
const svg = (text: string): Uint8Array<ArrayBuffer> => plain(Buffer.from(text))

describe('an image', () => {
  it.each([
    ['image/png', 'png', () => raster().png().toBuffer()],
    ['image/jpeg', 'jpg', () => raster().jpeg().toBuffer()],
    ['image/jpeg', 'jpg', () => raster().jpeg({ progressive: true }).toBuffer()],
    ['image/webp', 'webp', () => raster().webp().toBuffer()],
    ['image/webp', 'webp', () => raster().webp({ lossless: true }).toBuffer()],
    ['image/gif', 'gif', () => raster().gif().toBuffer()],
    ['image/gif', 'gif', async () => (await animation()).gif().toBuffer()],
    ['image/webp', 'webp', async () => (await animation()).webp().toBuffer()],
    ['image/avif', 'avif', () => raster().avif().toBuffer()],
  ] as const)('of type %s (.%s) is known by its bytes, with its size', async (mediaType, extension, make) => {
    const bytes = plain(await make())
    const whole = identifyImage([bytes])
    expect(whole).toMatchObject({ mediaType, width: 48, height: 32, byteLength: bytes.length })
    expect(EXTENSION[mediaType]).toBe(extension)
    const pieces = [bytes.subarray(0, 3), bytes.subarray(3, 40), bytes.subarray(40)]
    expect(identifyImage(pieces)).toMatchObject({
      mediaType,
      width: 48,
      height: 32,
      byteLength: bytes.length,
    })
  })

  it.each([
    ['<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>', 30, 20],
    ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 48"></svg>', 64, 48],
    [
      '<?xml version="1.0"?>\n<!-- by hand -->\n<svg viewBox="0 0 9 8" xmlns="http://www.w3.org/2000/svg"></svg>',
      9,
      8,
    ],
  ])('may be markup: %s', (text, width, height) => {
    expect(identifyImage([svg(text)])).toMatchObject({ mediaType: 'image/svg+xml', width, height })
  })

  it('has its size found behind nearly a megabyte of metadata', async () => {
    const jpeg = await raster().jpeg().toBuffer()
    const padding = Buffer.concat([Buffer.from('ffe1fffe', 'hex'), Buffer.alloc(0xfffc)])
    const bytes = Buffer.concat([
      jpeg.subarray(0, 2),
      ...Array.from({ length: 14 }, () => padding),
      jpeg.subarray(2),
    ])
    expect(identifyImage([plain(bytes)])).toMatchObject({ mediaType: 'image/jpeg', width: 48, height: 32 })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a TIFF', Buffer.from('49492a0008000000', 'hex')],
    ['a BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60, 1)])],
    ['an icon', Buffer.from('00000100010010100000', 'hex')],
    ['text', Buffer.from('svg')],
    ['HTML', Buffer.from('<!doctype html><p>404')],
    ['zeroes', Buffer.alloc(4096)],
    ['half a PNG header', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
  ])('is not made of %s', (_what, bytes) => {
    expect(identifyImage([plain(bytes)])).toBeUndefined()
  })
})

describe('joining', () => {
  it('gives the bytes in order, and the only segment as it is', () => {
    const one = Uint8Array.of(1, 2)
    expect(joinSegments([one])).toBe(one)
    expect(joinSegments([one, new Uint8Array(0), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3))
    expect(joinSegments([])).toEqual(new Uint8Array(0))
  })
})
