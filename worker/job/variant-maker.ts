import { identifyImage } from '../../shared/media/image.ts'
import type { StoredImage } from '../gallery/image-store.ts'
import { type Transformation, variantKey } from '../gallery/variant.ts'
import { type MakeVariant, variantMetadata, type VariantUnavailable } from '../gallery/variant-store.ts'
import { within } from './patience.ts'

/** How long a failed transformation isn't retried, milliseconds: it costs money and would fail again. */
const FAILURE_MEMORY_MS = 60_000

/** Larger ones are read back from R2: one object can't send another more than 32 MiB at once. */
const SENT_MAX_BYTES = 16 * 2 ** 20

/** JPEG has no transparency. White, as most pages are. */
const JPEG_BACKGROUND = '#ffffff'

/** What makes something of an original, and stores it under the same fingerprint. */
export interface TransformingPorts {
  readonly bucket: R2Bucket
  readonly images: ImagesBinding | undefined
  /** By the original's ETag: those that became known since the original was read, perhaps. */
  readonly thumbhashes: Map<string, string>
  /** Counts a transformation that is about to be made. @returns why it may not be, or `undefined` */
  readonly admit: (limitKey: string) => Promise<VariantUnavailable['reason'] | undefined>
  /**
   * Runs `put` unless the image was replaced or purged since `original` was read, and not beside either.
   *
   * @returns `undefined` when it was
   */
  readonly whileCurrent: <T>(original: StoredImage, put: () => Promise<T>) => Promise<T | undefined>
}

/**
 * Makes the variants of one fingerprint, each once, however many requests want it. Holds the variant, never the
 * original.
 */
export function createVariantMaker(ports: TransformingPorts): MakeVariant {
  const { bucket, images, thumbhashes, admit, whileCurrent } = ports
  const making = new Map<string, ReturnType<MakeVariant>>()
  const failedUntil = new Map<string, number>()

  async function make(
    original: StoredImage,
    transformation: Transformation,
    limitKey: string,
    key: string,
  ): ReturnType<MakeVariant> {
    const refusal = images ? await refuse(limitKey, key) : 'no-images-binding'
    if (!images || refusal) {
      await original.body.cancel()
      return { reason: refusal ?? 'failed' }
    }
    try {
      const bytes = await transform(images, original.body, transformation)
      return await put(original, key, transformation, bytes)
    } catch (error) {
      console.error(error)
      failedUntil.set(key, Date.now() + FAILURE_MEMORY_MS)
      return { reason: 'failed' }
    }
  }

  async function refuse(limitKey: string, key: string): ReturnType<TransformingPorts['admit']> {
    if ((failedUntil.get(key) ?? 0) > Date.now()) return 'failed'
    try {
      return await admit(limitKey)
    } catch (error) {
      // Not remembered: the ledger may be back in a moment.
      console.error(error)
      return 'failed'
    }
  }

  async function put(
    original: StoredImage,
    key: string,
    transformation: Transformation,
    bytes: ArrayBuffer,
  ): ReturnType<MakeVariant> {
    // Images returns WebP when AVIF would take too long.
    const header = identifyImage([new Uint8Array(bytes)])
    if (!header) throw new TypeError('Cloudflare Images returned something that is not an image')
    const { mediaType, width, height } = header
    const { etag, mediaType: originalType, costUsd } = original
    const stored = await whileCurrent(original, async () => {
      const facts = {
        mediaType,
        width,
        height,
        original: { etag, mediaType: originalType },
        transformation,
        costUsd,
        thumbhash: thumbhashes.get(etag) ?? original.thumbhash,
      }
      const options = { httpMetadata: { contentType: mediaType }, customMetadata: variantMetadata(facts) }
      const object = await within(bucket.put(key, bytes, options), 'R2')
      return { ...facts, etag: object.etag, byteLength: object.size, created: object.uploaded }
    })
    if (!stored) return { reason: 'changed' }
    return stored.byteLength > SENT_MAX_BYTES ? stored : { ...stored, bytes }
  }

  return async (original, variant, transformation, limitKey) => {
    const key = variantKey(original.fingerprint, original.index, variant)
    const inFlight = making.get(key)
    if (inFlight) {
      await original.body.cancel()
      return inFlight
    }
    const made = make(original, transformation, limitKey, key).finally(() => making.delete(key))
    making.set(key, made)
    return made
  }
}

async function transform(
  images: ImagesBinding,
  body: ReadableStream<Uint8Array>,
  { mediaType, width, height, crop, quality }: Transformation,
): Promise<ArrayBuffer> {
  if (mediaType === 'image/svg+xml') throw new TypeError('Cloudflare Images does not produce SVG')
  const input = images.input(body)
  const isResized = width !== undefined || height !== undefined
  const sized = isResized
    ? input.transform({
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(crop === undefined ? { fit: 'scale-down' } : { fit: 'cover', gravity: crop }),
      })
    : input
  const result = await sized.output({
    format: mediaType,
    ...(quality !== undefined && { quality }),
    ...(mediaType === 'image/jpeg' && { background: JPEG_BACKGROUND }),
  })
  return new Response(result.image()).arrayBuffer()
}
