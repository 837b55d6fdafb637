import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageHeader, ImageMediaType } from '../../shared/media/image.ts'
import { type ByteRange, toR2Range } from './byte-range.ts'
import type { StoredImage } from './image-store.ts'
import { readingR2 } from './storage-error.ts'
import { type Transformation, type Variant, variantKey } from './variant.ts'

/** A variant without its bytes. */
export interface VariantRecord extends ImageHeader {
  readonly etag: string
  /** Of the original that it was made from. */
  readonly original: { readonly etag: string; readonly mediaType: ImageMediaType }
  readonly transformation: Transformation
  readonly byteLength: number
  readonly created: Date
  /** Of the original, if it is known. */
  readonly costUsd?: number | undefined
  /** Of the original, base64, if it is known. */
  readonly thumbhash?: string | undefined
}

export interface StoredVariant extends VariantRecord {
  readonly body: ReadableStream<Uint8Array>
}

/** A variant that has just been made. */
export interface MadeVariant extends VariantRecord {
  /** Absent if it is too large for one RPC: read it from R2. */
  readonly bytes?: ArrayBuffer | undefined
}

/** Why there is no variant; fit for a header. */
export interface VariantUnavailable {
  readonly reason: 'no-images-binding' | 'failed' | 'changed' | 'not-made-yet' | 'rate-limit' | 'daily-limit'
}

/**
 * Makes a variant once, however many requests want it. Takes over the body.
 *
 * @param limitKey  whom the rate limit counts it for
 */
export type MakeVariant = (
  original: StoredImage,
  variant: Variant,
  transformation: Transformation,
  limitKey: string,
) => Promise<MadeVariant | VariantUnavailable>

/** Variants in R2. Methods throw `storage_failed` when R2 fails, and return `undefined` for a variant that isn't stored. */
export interface Variants {
  head(fingerprint: Fingerprint, index: number, variant: Variant): Promise<VariantRecord | undefined>
  get(
    fingerprint: Fingerprint,
    index: number,
    variant: Variant,
    range?: ByteRange,
  ): Promise<StoredVariant | undefined>
  readonly make: MakeVariant
}

export function createR2Variants(bucket: R2Bucket, make: MakeVariant): Variants {
  return {
    make,

    async head(fingerprint, index, variant) {
      const object = await readingR2(() => bucket.head(variantKey(fingerprint, index, variant)))
      return object ? readVariant(object) : undefined
    },

    async get(fingerprint, index, variant, range) {
      const key = variantKey(fingerprint, index, variant)
      const object = await readingR2(() =>
        range ? bucket.get(key, { range: toR2Range(range) }) : bucket.get(key),
      )
      return object ? { ...readVariant(object), body: object.body } : undefined
    },
  }
}

/** What {@link readVariant} reads back. */
export function variantMetadata({
  width,
  height,
  original,
  transformation,
  costUsd,
  thumbhash,
}: Pick<VariantRecord, 'width' | 'height' | 'original' | 'transformation' | 'costUsd' | 'thumbhash'>): Record<
  string,
  string
> {
  return {
    width: String(width),
    height: String(height),
    original: original.etag,
    original_type: original.mediaType,
    transformation: JSON.stringify(transformation),
    ...(costUsd !== undefined && { cost: String(costUsd) }),
    ...(thumbhash !== undefined && { thumbhash }),
  }
}

function readVariant({ customMetadata, httpMetadata, etag, size, uploaded }: R2Object): VariantRecord {
  const { width, height, original, original_type, transformation, cost, created, thumbhash } =
    customMetadata ?? {}
  return {
    etag,
    original: { etag: original ?? '', mediaType: original_type as ImageMediaType },
    transformation: JSON.parse(transformation ?? '') as Transformation,
    mediaType: httpMetadata?.contentType as ImageMediaType,
    width: Number(width),
    height: Number(height),
    byteLength: size,
    created: created === undefined ? uploaded : new Date(created),
    ...(cost !== undefined && { costUsd: Number(cost) }),
    ...(thumbhash !== undefined && { thumbhash }),
  }
}
