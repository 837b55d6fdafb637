import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Bytes around the pixels: signature, header, data and end chunks, zlib's own. */
const OVERHEAD = 90

/**
 * A valid PNG of noise: RGB pixels that don't compress, stored. Within 1 % of the size, or 3 kB.
 *
 * @param bytes  at least 100
 */
export function noisePng(bytes: number): Buffer {
  const pixels = Math.max(1, Math.floor((bytes - OVERHEAD) / 3))
  const width = Math.max(1, Math.floor(Math.sqrt(pixels)))
  const height = Math.max(1, Math.floor((bytes - OVERHEAD) / (width * 3 + 1)))
  const row = width * 3 + 1
  const rows = Buffer.alloc(row * height)
  // xorshift32 fills four bytes at a time: a 25 MB image takes milliseconds.
  let state = 0x9e3779b9
  for (let at = 0; at + 4 <= rows.length; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    rows.writeInt32LE(state | 0, at)
  }
  for (let y = 0; y < height; y += 1) rows[y * row] = 0 // filter "none"

  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // eight bits, RGB
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length, 0)
  head.write(type, 4, 'latin1')
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0)
  return Buffer.concat([head, data, tail])
}
