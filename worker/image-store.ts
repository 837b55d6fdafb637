import type { Fingerprint } from '../shared/fingerprint.ts'
import type { Picture, PictureHeader } from '../shared/media/picture.ts'

/** What is kept beside a picture's bytes, and known without reading them. */
export interface ImageRecord extends PictureHeader {
  readonly fingerprint: Fingerprint
  /** Position among the pictures of one generation, from 0. */
  readonly index: number
  /** Lower-case hex, of the bytes. */
  readonly sha256: string
  readonly byteLength: number
  /** As OpenRouter named it in its answer, else as it was asked for. */
  readonly model: string
  /** USD for the whole generation; absent when OpenRouter did not say. */
  readonly costUsd?: number | undefined
  readonly created: Date
}

/** A picture as it comes out of the store: `body` is a stream that nobody has read. */
export interface StoredImage extends ImageRecord {
  readonly body: ReadableStream<Uint8Array>
}

/** Keeps finished pictures. */
export interface ImageStore {
  /** The picture, or `undefined` when there is none. */
  get(fingerprint: Fingerprint, index: number): Promise<StoredImage | undefined>
  /** The same without its bytes. */
  head(fingerprint: Fingerprint, index: number): Promise<ImageRecord | undefined>
  /** Stores one picture whole; nobody ever sees half of it. */
  put(picture: Picture, record: ImageRecord): Promise<void>
}

/**
 * {@link ImageStore} on R2: the bytes under `images/<fingerprint>/<index>`, the record in the object's
 * metadata, so that a hit is one read.
 */
export function createR2ImageStore(bucket: R2Bucket): ImageStore {
  return {
    async get(fingerprint, index) {
      const object = await bucket.get(keyOf(fingerprint, index))
      return object ? { ...readRecord(object, fingerprint, index), body: object.body } : undefined
    },
    async head(fingerprint, index) {
      const object = await bucket.head(keyOf(fingerprint, index))
      return object ? readRecord(object, fingerprint, index) : undefined
    },
    async put(picture, record) {
      const { readable, writable } = new FixedLengthStream(picture.byteLength)
      const writing = writeSegments(writable, picture.segments)
      const stored = bucket.put(keyOf(record.fingerprint, record.index), readable, {
        httpMetadata: { contentType: record.mediaType },
        customMetadata: toMetadata(record),
        // R2 refuses the object when the bytes that arrive are others.
        sha256: record.sha256,
      })
      await Promise.all([stored, writing])
    },
  }
}

/** Lower-case hex SHA-256 of a picture, without joining its segments. */
export async function sha256OfPicture({ segments }: Picture): Promise<string> {
  const stream = new crypto.DigestStream('SHA-256')
  await writeSegments(stream, segments)
  const digest = new Uint8Array(await stream.digest)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function writeSegments(stream: WritableStream, segments: Picture['segments']): Promise<void> {
  const writer = stream.getWriter()
  for (const segment of segments) await writer.write(segment)
  await writer.close()
}

function keyOf(fingerprint: Fingerprint, index: number): string {
  return `images/${fingerprint}/${index}`
}

function toMetadata({ sha256, width, height, model, costUsd }: ImageRecord): Record<string, string> {
  return {
    sha256,
    width: String(width),
    height: String(height),
    model,
    ...(costUsd !== undefined && { cost_usd: String(costUsd) }),
  }
}

function readRecord(object: R2Object, fingerprint: Fingerprint, index: number): ImageRecord {
  const { sha256 = '', width, height, model = '', cost_usd } = object.customMetadata ?? {}
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
    created: object.uploaded,
  }
}
