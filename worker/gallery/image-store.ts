import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { DecodedImage, ImageHeader } from '../../shared/media/image.ts'
import type { ByteRange } from '../delivery/conditions.ts'
import type { Manifest } from './manifest.ts'

/** What is kept beside an image's bytes, and known without reading them. */
export interface ImageRecord extends ImageHeader {
  readonly fingerprint: Fingerprint
  /** Position among the images of one generation, from 0. */
  readonly index: number
  /** Lower-case hex, of the bytes. */
  readonly sha256: string
  readonly byteLength: number
  /** As OpenRouter named it in its answer, else as it was asked for. */
  readonly model: string
  /** USD for the whole generation; absent when OpenRouter did not say. */
  readonly costUsd?: number | undefined
  /** When it was generated, which is before it is stored. */
  readonly created: Date
}

/** An image as it comes out of the store: `body` is a stream that nobody has read. */
export interface StoredImage extends ImageRecord {
  readonly body: ReadableStream<Uint8Array>
}

/** A page of what is kept, newest first. */
export interface ImageList {
  readonly entries: readonly ListEntry[]
  /** For the next page; absent on the last one. */
  readonly cursor?: string | undefined
}

export interface ListEntry {
  readonly fingerprint: Fingerprint
  readonly mediaType: ImageHeader['mediaType']
  readonly model: string
  readonly created: Date
}

/** Keeps finished images. */
export interface ImageStore {
  /**
   * The image, or `undefined` when there is none.
   *
   * @param range  to read no more than that; `byteLength` is of the whole all the same
   */
  get(fingerprint: Fingerprint, index: number, range?: ByteRange): Promise<StoredImage | undefined>
  /** The same without its bytes. */
  head(fingerprint: Fingerprint, index: number): Promise<ImageRecord | undefined>
  /** Stores one image whole; nobody ever sees half of it. */
  put(image: DecodedImage, record: ImageRecord): Promise<void>
  manifest(fingerprint: Fingerprint): Promise<Manifest | undefined>
  putManifest(manifest: Manifest): Promise<void>
  list(cursor: string | undefined): Promise<ImageList>
  /** Everything under a fingerprint. @returns whether there was anything */
  delete(fingerprint: Fingerprint): Promise<boolean>
}

const PAGE_SIZE = 50

/**
 * {@link ImageStore} on R2. Bytes are under `images/<fingerprint>/<index>` with the record in the object's
 * metadata, so that a hit is one read. `recent/<time, counting down>/<fingerprint>` is empty objects whose
 * order is the list's: R2 lists by name only.
 */
export function createR2ImageStore(bucket: R2Bucket): ImageStore {
  return {
    async get(fingerprint, index, range) {
      const key = imageKey(fingerprint, index)
      const object = await (range ? bucket.get(key, { range: toR2Range(range) }) : bucket.get(key))
      return object ? { ...readRecord(object, fingerprint, index), body: object.body } : undefined
    },

    async head(fingerprint, index) {
      const object = await bucket.head(imageKey(fingerprint, index))
      return object ? readRecord(object, fingerprint, index) : undefined
    },

    async put(image, record) {
      const { readable, writable } = new FixedLengthStream(image.byteLength)
      await Promise.all([
        bucket.put(imageKey(record.fingerprint, record.index), readable, {
          httpMetadata: { contentType: record.mediaType },
          customMetadata: toMetadata(record),
          // R2 refuses the object when the bytes that arrive are others.
          sha256: record.sha256,
        }),
        writeSegments(writable, image.segments),
      ])
    },

    async manifest(fingerprint) {
      const object = await bucket.get(manifestKey(fingerprint))
      return object ? await object.json<Manifest>() : undefined
    },

    async putManifest(manifest) {
      await bucket.put(manifestKey(manifest.fingerprint), JSON.stringify(manifest), {
        httpMetadata: { contentType: 'application/json' },
      })
      const mediaType = manifest.images[0]?.media_type ?? ''
      await bucket.put(recentKey(manifest), '', { customMetadata: { mediaType, model: manifest.model } })
    },

    async list(cursor) {
      const page = await bucket.list({
        prefix: 'recent/',
        limit: PAGE_SIZE,
        include: ['customMetadata'],
        ...(cursor !== undefined && { cursor }),
      })
      return { entries: page.objects.map(readListEntry), cursor: page.truncated ? page.cursor : undefined }
    },

    async delete(fingerprint) {
      const manifest = await bucket.get(manifestKey(fingerprint))
      const recent = manifest ? [recentKey(await manifest.json<Manifest>())] : []
      const prefixes = [`images/${fingerprint}/`, `variants/${fingerprint}/`]
      const counts = await Promise.all(prefixes.map((prefix) => deleteUnder(bucket, prefix)))
      if (recent.length > 0) await bucket.delete(recent)
      return recent.length > 0 || counts.some((count) => count > 0)
    },
  }
}

/** Lower-case hex SHA-256 of an image, without joining its segments. */
export async function sha256OfImage({ segments }: DecodedImage): Promise<string> {
  const stream = new crypto.DigestStream('SHA-256')
  await writeSegments(stream, segments)
  const digest = new Uint8Array(await stream.digest)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A page at a time: what is deleted isn't listed again. @returns how many there were */
async function deleteUnder(bucket: R2Bucket, prefix: string): Promise<number> {
  let count = 0
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix })
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
    count += objects.length
    if (!truncated) return count
  }
}

export function toR2Range({ start, end }: ByteRange): R2Range {
  return { offset: start, length: end - start + 1 }
}

export async function writeSegments(
  stream: WritableStream,
  segments: DecodedImage['segments'],
): Promise<void> {
  const writer = stream.getWriter()
  for (const segment of segments) await writer.write(segment)
  await writer.close()
}

function imageKey(fingerprint: Fingerprint, index: number): string {
  return `images/${fingerprint}/${index}`
}

function manifestKey(fingerprint: Fingerprint): string {
  return `images/${fingerprint}/manifest.json`
}

/** Milliseconds of the year 5138, less the image's: later is smaller, and stands earlier in the list. */
function recentKey({ created, fingerprint }: Manifest): string {
  const countdown = 99_999_999_999_999 - Date.parse(created)
  return `recent/${String(countdown).padStart(14, '0')}/${fingerprint}`
}

function readListEntry({ key, customMetadata, uploaded }: R2Object): ListEntry {
  const { mediaType, model = '' } = customMetadata ?? {}
  const fingerprint = key.slice(key.lastIndexOf('/') + 1) as Fingerprint
  return { fingerprint, mediaType: mediaType as ListEntry['mediaType'], model, created: uploaded }
}

function toMetadata({ sha256, width, height, model, costUsd, created }: ImageRecord): Record<string, string> {
  return {
    sha256,
    width: String(width),
    height: String(height),
    model,
    created: created.toISOString(),
    ...(costUsd !== undefined && { cost_usd: String(costUsd) }),
  }
}

function readRecord(object: R2Object, fingerprint: Fingerprint, index: number): ImageRecord {
  const { sha256 = '', width, height, model = '', created, cost_usd } = object.customMetadata ?? {}
  return {
    fingerprint,
    index,
    sha256,
    mediaType: object.httpMetadata?.contentType as ImageRecord['mediaType'],
    width: Number(width),
    height: Number(height),
    byteLength: object.size,
    model,
    costUsd: cost_usd === undefined ? undefined : Number(cost_usd),
    created: created === undefined ? object.uploaded : new Date(created),
  }
}
