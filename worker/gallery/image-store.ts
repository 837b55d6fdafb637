import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageHeader, ImageMediaType } from '../../shared/media/image.ts'
import { type ByteRange, toR2Range } from './byte-range.ts'
import { imageKey, manifestKey } from './keys.ts'
import type { Manifest } from './manifest.ts'
import { readingR2 } from './storage-error.ts'

/** What a hit needs to know of an image; all of it stands in the R2 object, so that a hit is one read. */
export interface ImageRecord extends ImageHeader {
  readonly fingerprint: Fingerprint
  /** Position among the images of one generation, from 0. */
  readonly index: number
  /** R2's own, without quotes: other bytes have another one. */
  readonly etag: string
  readonly byteLength: number
  /** As in the manifest. */
  readonly model: string
  readonly created: Date
  /** USD: its share of what the generation cost, if that was known when it was stored. */
  readonly costUsd?: number | undefined
  /** Base64, if it is known. */
  readonly thumbhash?: string | undefined
}

/** An image read from R2: `body` is a stream that nobody has read. */
export interface StoredImage extends ImageRecord {
  readonly body: ReadableStream<Uint8Array>
}

/** A generation that is stored completely. */
export interface CompleteGeneration {
  readonly manifest: Manifest
  readonly first: StoredImage
}

/** Reads stored images. Every method throws `storage_failed` when R2 fails. */
export interface ImageStore {
  /**
   * The image, or `undefined` when there is none.
   *
   * @param range  to read only these bytes; `byteLength` is of the whole image all the same
   */
  get(fingerprint: Fingerprint, index: number, range?: ByteRange): Promise<StoredImage | undefined>
  /** The same without its bytes. */
  head(fingerprint: Fingerprint, index: number): Promise<ImageRecord | undefined>
  /**
   * The whole generation. Complete means: manifest and first image. The first image is stored last and deleted
   * first, so neither alone is enough.
   */
  complete(fingerprint: Fingerprint): Promise<CompleteGeneration | undefined>
}

/** {@link ImageStore} on R2. */
export function createR2ImageStore(bucket: R2Bucket): ImageStore {
  async function get(
    fingerprint: Fingerprint,
    index: number,
    range?: ByteRange,
  ): Promise<StoredImage | undefined> {
    const key = imageKey(fingerprint, index)
    const object = await readingR2(() =>
      range ? bucket.get(key, { range: toR2Range(range) }) : bucket.get(key),
    )
    return object ? { ...readRecord(object, fingerprint, index), body: object.body } : undefined
  }

  return {
    get,

    async head(fingerprint, index) {
      const object = await readingR2(() => bucket.head(imageKey(fingerprint, index)))
      return object ? readRecord(object, fingerprint, index) : undefined
    },

    async complete(fingerprint) {
      const [manifest, first] = await Promise.all([
        readingR2(async () => (await bucket.get(manifestKey(fingerprint)))?.json<Manifest>()),
        get(fingerprint, 0),
      ])
      if (manifest && first) return { manifest, first }
      await first?.body.cancel()
      return undefined
    },
  }
}

/** What {@link readRecord} reads back. R2 takes it before the bytes, so nothing of it depends on them all. */
export function imageMetadata(
  { width, height, isAnimated, costUsd }: Pick<ImageRecord, 'width' | 'height' | 'isAnimated' | 'costUsd'>,
  model: string,
): Record<string, string> {
  return {
    width: String(width),
    height: String(height),
    model,
    ...(isAnimated && { animated: 'true' }),
    ...(costUsd !== undefined && { cost: String(costUsd) }),
  }
}

/** `created` and `thumbhash` are there once the object was written again. */
function readRecord(object: R2Object, fingerprint: Fingerprint, index: number): ImageRecord {
  const { width, height, model = '', animated, cost, created, thumbhash } = object.customMetadata ?? {}
  return {
    fingerprint,
    index,
    etag: object.etag,
    mediaType: object.httpMetadata?.contentType as ImageMediaType,
    width: Number(width),
    height: Number(height),
    byteLength: object.size,
    model,
    created: created === undefined ? object.uploaded : new Date(created),
    ...(animated !== undefined && { isAnimated: true }),
    ...(cost !== undefined && { costUsd: Number(cost) }),
    ...(thumbhash !== undefined && { thumbhash }),
  }
}
