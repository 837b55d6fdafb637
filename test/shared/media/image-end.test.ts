import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { BrokenImageError } from '../../../shared/media/broken-image-error.ts'
import { createImageInspector, type InspectedImage } from '../../../shared/media/inspect-image.ts'
import { pngChunk } from '../../support/shared/responses.ts'

const noise = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, index) => (index * 7919) % 251))
const raster = () => sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
const PNG = await raster().png().toBuffer()
const JPEG = await raster().jpeg().toBuffer()
const PROGRESSIVE = await raster().jpeg({ progressive: true }).toBuffer()
const WEBP = await raster().webp().toBuffer()
const GIF = await raster().gif().toBuffer()
const AVIF = await raster().avif().toBuffer()

const zeros = Buffer.alloc(5000)
const thumbnail = Buffer.concat([Buffer.from('ffe1', 'hex'), uint16(JPEG.length + 2), JPEG])
const WITH_THUMBNAIL = Buffer.concat([JPEG.subarray(0, 2), thumbnail, JPEG.subarray(2)])
const withIdat = (type: string) =>
  Buffer.concat([PNG.subarray(0, -12), pngChunk(type, Buffer.from('IEND')), PNG.subarray(-12)])

describe('a whole file', () => {
  it.each([
    ['a PNG', PNG],
    ['a PNG with bytes after IEND', Buffer.concat([PNG, Buffer.from('<!-- from a proxy -->')])],
    ['a PNG with zeros after IEND', Buffer.concat([PNG, zeros])],
    ['a PNG with the letters IEND in its data', withIdat('tEXt')],
    ['a JPEG', JPEG],
    ['a progressive JPEG', PROGRESSIVE],
    ['a JPEG with zeros after EOI', Buffer.concat([JPEG, zeros])],
    ['a JPEG with a line end after EOI', Buffer.concat([JPEG, Buffer.from('\r\n')])],
    ['a JPEG with a thumbnail', WITH_THUMBNAIL],
    ['a WebP', WEBP],
    ['a WebP with bytes after its RIFF length', Buffer.concat([WEBP, zeros])],
    ['a GIF', GIF],
    ['an AVIF', AVIF],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>')],
  ])('is %s, however its bytes are split', (_what, bytes) => {
    for (const size of [1, 2, 3, 7, 1000, bytes.length]) {
      expect(inspect(bytes, size)).toMatchObject({ width: 64, height: 48, byteLength: bytes.length })
    }
  })
})

describe('a broken file', () => {
  it.each([
    ['a PNG cut before IEND', PNG.subarray(0, -12)],
    ['a PNG cut within IEND', PNG.subarray(0, -1)],
    ['a PNG cut within its data', PNG.subarray(0, PNG.length / 2)],
    [
      'a PNG cut within its data, with an end put on',
      Buffer.concat([PNG.subarray(0, PNG.length / 2), pngChunk('IEND')]),
    ],
    [
      'a PNG cut within its data, filled up with zeros short of it',
      Buffer.concat([PNG.subarray(0, -100), zeros.subarray(0, 40)]),
    ],
    ['a JPEG without EOI', JPEG.subarray(0, -2)],
    ['a JPEG cut within EOI', JPEG.subarray(0, -1)],
    ['a JPEG cut within its data', JPEG.subarray(0, JPEG.length - 100)],
    ['a JPEG without EOI, filled up with zeros', Buffer.concat([JPEG.subarray(0, -2), zeros])],
    [
      'a JPEG of whose EOI a zero cuts off the half',
      Buffer.concat([JPEG.subarray(0, -1), Buffer.of(0), Buffer.of(0xd9)]),
    ],
    ['a JPEG cut after its thumbnail', WITH_THUMBNAIL.subarray(0, -20)],
    ['a progressive JPEG cut between two scans', PROGRESSIVE.subarray(0, PROGRESSIVE.length - 200)],
    ['a WebP whose RIFF length exceeds the file', WEBP.subarray(0, -1)],
    ['a WebP cut within its data', WEBP.subarray(0, WEBP.length / 2)],
  ])('is %s, however its bytes are split', (_what, bytes) => {
    for (const size of [1, 2, 3, 7, 1000, bytes.length]) {
      expect(() => inspect(bytes, size)).toThrow('the file ends too early')
      expect(() => inspect(bytes, size)).toThrow(BrokenImageError)
    }
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros', zeros],
    ['megabytes of what is no image', Buffer.alloc(3_000_000, 'no image')],
  ])('is %s', (_what, bytes) => {
    expect(() => inspect(bytes, 100_000)).toThrow('not a PNG')
  })
})

it('has its size found behind nearly a megabyte of metadata, in chunks', () => {
  const padding = Buffer.concat([Buffer.from('ffe1fffe', 'hex'), Buffer.alloc(0xfffc)])
  const pieces = [JPEG.subarray(0, 2), ...Array.from({ length: 14 }, () => padding), JPEG.subarray(2)]
  expect(inspect(Buffer.concat(pieces), 196_608)).toMatchObject({
    mediaType: 'image/jpeg',
    width: 64,
    height: 48,
  })
})

it('leaves the bytes alone, and holds none of them', () => {
  const inspector = createImageInspector()
  for (const byte of PNG) {
    const chunk = Uint8Array.of(byte)
    inspector.push(chunk)
    expect(chunk).toEqual(Uint8Array.of(byte))
    chunk.fill(0)
  }
  expect(inspector.finish()).toMatchObject({ mediaType: 'image/png', width: 64, height: 48 })
})

function inspect(bytes: Buffer, size: number): InspectedImage {
  const inspector = createImageInspector()
  for (let at = 0; at < bytes.length; at += size)
    inspector.push(new Uint8Array(bytes.subarray(at, at + size)))
  expect(inspector.byteLength()).toBe(bytes.length)
  return inspector.finish()
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
