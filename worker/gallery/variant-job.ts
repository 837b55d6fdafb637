import { DurableObject } from 'cloudflare:workers'
import { identifyImage, type DecodedImage } from '../../shared/media/image.ts'
import type { Env } from '../env.ts'
import { createR2ImageStore, type ImageRecord } from './image-store.ts'
import { type Variant, variantKey } from './variant.ts'
import { putVariant, type Unmade } from './variant-store.ts'

/** How long a transformation that failed is not tried again, milliseconds: it costs, and would fail again. */
const MEMORY_MS = 60_000

/** JPEG has no transparency: what shows through is white, as on most pages. */
const JPEG_BACKGROUND = '#ffffff'

/**
 * One variant's making: an object for each, so that an image is transformed once, however many ask from
 * however many places. It holds the variant while it is made, and the original never.
 */
export class VariantJob extends DurableObject<Env> {
  #making: Promise<Unmade | undefined> | undefined
  #failedUntil = 0

  /** Makes it, unless it is there. @returns why it could not be made */
  make(original: ImageRecord, variant: Variant): Promise<Unmade | undefined> {
    this.#making ??= this.#make(original, variant).finally(() => (this.#making = undefined))
    return this.#making
  }

  async #make(original: ImageRecord, variant: Variant): Promise<Unmade | undefined> {
    const { BUCKET: bucket, IMAGES: images } = this.env
    if (!images) return { reason: 'no-images-binding' }
    if (this.#failedUntil > Date.now()) return { reason: 'failed' }
    const key = variantKey(original, variant)
    if (await bucket.head(key)) return undefined
    const { fingerprint, index, sha256 } = original
    const originals = createR2ImageStore(bucket)
    const image = await originals.get(fingerprint, index)
    if (image?.sha256 !== sha256) {
      await image?.body.cancel()
      return { reason: 'changed' }
    }
    try {
      await putVariant(bucket, key, await transform(images, image.body, variant))
      if (await originals.head(fingerprint, index)) return undefined
      // Purged in the meantime, and the variant with it.
      await bucket.delete(key)
      return { reason: 'changed' }
    } catch (error) {
      console.error(error)
      this.#failedUntil = Date.now() + MEMORY_MS
      return { reason: 'failed' }
    }
  }
}

async function transform(
  images: ImagesBinding,
  body: ReadableStream<Uint8Array>,
  { mediaType, width, quality }: Variant,
): Promise<DecodedImage> {
  if (mediaType === 'image/svg+xml') throw new TypeError('SVG is not made of images')
  const input = images.input(body)
  const sized = width === undefined ? input : input.transform({ width, fit: 'scale-down' })
  const result = await sized.output({
    format: mediaType,
    ...(quality !== undefined && { quality }),
    ...(mediaType === 'image/jpeg' && { background: JPEG_BACKGROUND }),
  })
  const segments: Uint8Array<ArrayBuffer>[] = []
  for await (const segment of result.image()) segments.push(new Uint8Array(segment))
  // Not what was asked for but what came: of a large image Images makes WebP where AVIF would take too long.
  const image = identifyImage(segments)
  if (!image) throw new TypeError('Images answered with what is no image')
  return image
}
