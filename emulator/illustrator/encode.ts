import sharp from 'sharp'
import type { Pixels } from './raster.ts'

/** @param compression  0 (smallest file) to 100 (best image), for JPEG and WebP; PNG and GIF have nothing to trade */
export async function encode(
  { data, width, height, hasAlpha }: Pixels,
  format: 'png' | 'jpeg' | 'webp' | 'gif',
  compression: number | undefined,
): Promise<Buffer> {
  const raw = sharp(data, { raw: { width, height, channels: 4 } })
  const flat = hasAlpha ? raw : raw.removeAlpha()
  // Neither codec accepts a quality of 0.
  const quality = Math.max(1, compression ?? 90)
  if (format === 'jpeg') return flat.jpeg({ quality }).toBuffer()
  if (format === 'webp') return flat.webp({ quality, effort: 2 }).toBuffer()
  const png = await flat.png({ compressionLevel: 3 }).toBuffer()
  return format === 'gif' ? animated(png) : png
}

/** Two frames, the second one mirrored: what stores, serves or converts it must not lose one. */
async function animated(png: Buffer): Promise<Buffer> {
  const mirrored = await sharp(png).flop().png({ compressionLevel: 3 }).toBuffer()
  return sharp([png, mirrored], { join: { animated: true } })
    .gif({ effort: 1, colours: 32 })
    .toBuffer()
}
