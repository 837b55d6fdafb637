import sharp from 'sharp'

export interface Thumbnail {
  /** `data:image/png;…` */
  readonly url: string
  /** Width by height. */
  readonly ratio: number
}

/** Pixels of the longer side, at most. */
const SIDE = 320

/** A small PNG of an image, as a data URL, and its shape. */
export async function thumbnail(image: {
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
}): Promise<Thumbnail> {
  const small = await sharp(image.bytes)
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer()
  return { url: `data:image/png;base64,${small.toString('base64')}`, ratio: image.width / image.height }
}
