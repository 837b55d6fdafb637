import { EaselError } from '../../shared/errors.ts'
import { type ImageMediaType, type DecodedImage, type ImageHeader } from '../../shared/media/image.ts'
import type { ByteRange } from '../delivery/conditions.ts'
import { type ImageRecord, sha256OfImage, toR2Range, writeSegments } from './image-store.ts'
import { type Variant, variantKey } from './variant.ts'
import type { VariantJob } from './variant-job.ts'

/** What is kept beside a variant's bytes. */
export interface VariantRecord extends ImageHeader {
  /** Lower-case hex, of the variant's bytes. */
  readonly sha256: string
  readonly byteLength: number
  readonly created: Date
}

export interface StoredVariant extends VariantRecord {
  readonly body: ReadableStream<Uint8Array>
}

/** Why there is no variant; fit for a header. */
export interface Unmade {
  readonly reason: 'no-images-binding' | 'failed' | 'changed'
}

/** What is made of images: kept, and made when it is asked for the first time. */
export interface Variants {
  head(original: ImageRecord, variant: Variant): Promise<VariantRecord | Unmade>
  /** @param range  to read no more than that */
  get(original: ImageRecord, variant: Variant, range?: ByteRange): Promise<StoredVariant | Unmade>
}

/**
 * {@link Variants} in R2 under `variants/<fingerprint>/<index>/<original>/…`.
 *
 * @param jobs  an object for each variant, so that it is made once however many ask; `undefined` when nothing
 *   can be made
 */
export function createR2Variants(
  bucket: R2Bucket,
  jobs: DurableObjectNamespace<VariantJob> | undefined,
): Variants {
  async function kept<T>(
    original: ImageRecord,
    variant: Variant,
    read: (key: string) => Promise<T | null>,
  ): Promise<T | Unmade> {
    if (!jobs) return { reason: 'no-images-binding' }
    const key = variantKey(original, variant)
    const object = await read(key)
    if (object) return object
    const unmade = await make(jobs.get(jobs.idFromName(key)), original, variant)
    if (unmade) return unmade
    return (await read(key)) ?? { reason: 'changed' }
  }

  return {
    async head(original, variant) {
      const object = await kept(original, variant, (key) => bucket.head(key))
      return 'reason' in object ? object : readRecord(object)
    },
    async get(original, variant, range) {
      const options = range && { range: toR2Range(range) }
      const object = await kept(original, variant, (key) => bucket.get(key, options))
      return 'reason' in object ? object : { ...readRecord(object), body: object.body }
    },
  }
}

/** Stores a variant whole, under the key that a {@link Variants} looks for. */
export async function putVariant(bucket: R2Bucket, key: string, image: DecodedImage): Promise<void> {
  const sha256 = await sha256OfImage(image)
  const { readable, writable } = new FixedLengthStream(image.byteLength)
  await Promise.all([
    bucket.put(key, readable, {
      httpMetadata: { contentType: image.mediaType },
      customMetadata: { sha256, width: String(image.width), height: String(image.height) },
      sha256,
    }),
    writeSegments(writable, image.segments),
  ])
}

async function make(
  job: DurableObjectStub<VariantJob>,
  original: ImageRecord,
  variant: Variant,
): Promise<Unmade | undefined> {
  try {
    return await job.make(original, variant)
  } catch (error) {
    // The object was restarted under us. Whoever looks gets the image all the same, if not this variant.
    console.error(error)
    return { reason: 'failed' }
  }
}

function readRecord({ customMetadata, httpMetadata, size, uploaded }: R2Object): VariantRecord {
  const { sha256, width, height } = customMetadata ?? {}
  if (sha256 === undefined) throw new EaselError('internal', 'A variant has lost its record.')
  const mediaType = httpMetadata?.contentType as ImageMediaType
  return {
    sha256,
    mediaType,
    width: Number(width),
    height: Number(height),
    byteLength: size,
    created: uploaded,
  }
}
