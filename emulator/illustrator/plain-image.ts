import { createHash } from 'node:crypto'
import { encode } from './encode.ts'
import { illustrate, type IllustrationFile, type IllustrationRequest } from './illustrate.ts'

/** Rows of noise at the top: they don't compress, so the file is about as large as an illustration's. */
const NOISY_ROWS = 24

/**
 * An image of one colour in the size and format asked for, in a tenth of an illustration's time. Another seed gives
 * other bytes. GIFs are illustrated: their two frames must differ.
 */
export async function plainImage(request: IllustrationRequest): Promise<IllustrationFile> {
  const { seed, width, height, format, compression, transparent = false } = request
  if (format === 'gif') return illustrate(request)
  const digest = createHash('sha256').update(seed).digest()
  if (format === 'svg') {
    const colour = digest.toString('hex', 0, 3)
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path d="M0 0h${width}v${height}H0z" fill="#${colour}"/></svg>`
    return { bytes: Buffer.from(svg), mediaType: 'image/svg+xml', svg }
  }
  const colour = digest.subarray(0, 4)
  colour[3] = transparent ? 0 : 255
  const data = Buffer.alloc(width * height * 4, colour)
  addNoise(data.subarray(0, width * 4 * NOISY_ROWS), digest.readUInt32LE(4))
  return {
    bytes: await encode({ data, width, height, hasAlpha: transparent }, format, compression),
    mediaType: `image/${format}`,
  }
}

/** Other colours, at the same opacity; xorshift32. */
function addNoise(pixels: Buffer, seed: number): void {
  let state = seed | 1
  for (let at = 0; at + 4 <= pixels.length; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    pixels.writeUIntLE(state & 0xffffff, at, 3)
  }
}
