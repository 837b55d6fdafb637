import sharp from 'sharp'
import type { Pixels } from './raster.ts'

/** @param compression  0 (smallest file) to 100 (best image), for JPEG and WebP; PNG has nothing to trade */
export async function encode(
  { data, width, height, hasAlpha }: Pixels,
  format: 'png' | 'jpeg' | 'webp',
  compression: number | undefined,
): Promise<Buffer> {
  const raw = sharp(data, { raw: { width, height, channels: 4 } })
  const flat = hasAlpha ? raw : raw.removeAlpha()
  // Neither codec accepts a quality of 0.
  const quality = Math.max(1, compression ?? 90)
  if (format === 'jpeg') return flat.jpeg({ quality }).toBuffer()
  if (format === 'webp') return flat.webp({ quality, effort: 2 }).toBuffer()
  return flat.png({ compressionLevel: 3 }).toBuffer()
}
