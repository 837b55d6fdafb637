import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageHeader } from '../../shared/media/image.ts'
import { imageMetadata } from '../gallery/image-store.ts'
import { imageKey } from '../gallery/keys.ts'
import type { JobStorage, Upload } from './job-storage.ts'
import { persistently } from './patience.ts'
import { PART_BYTES, type PendingImage, type Piece } from './pieces.ts'

export interface ImageWriter {
  /** Takes the next bytes of the image that is arriving. */
  write(bytes: Uint8Array): Promise<void>
  /** The bytes since the last image are a whole one. */
  finish(header: ImageHeader & { readonly byteLength: number }): Promise<void>
  /** The bytes since the last image are none. */
  discard(): Promise<void>
  /** The whole images. Nothing of them is visible yet. */
  pending(): readonly PendingImage[]
  /** Forgets everything that was written. */
  abort(): Promise<void>
}

export interface ImageWriterPorts {
  readonly bucket: R2Bucket
  readonly storage: Pick<JobStorage, 'putPiece' | 'putUpload'>
  readonly fingerprint: Fingerprint
  /** For the images' metadata, which R2 wants before the response names the model that served. */
  readonly model: string
  /** Type and size, as the first bytes tell them. */
  readonly identify: (start: ArrayBuffer) => ImageHeader | undefined
}

/** An image while it arrives. */
interface Arriving {
  readonly index: number
  readonly digest: DigestStream
  readonly digestWriter: WritableStreamDefaultWriter<ArrayBuffer | ArrayBufferView>
  readonly pieces: Piece[]
  upload?: R2MultipartUpload | undefined
  /** What has arrived and is no piece yet: the first `filled` bytes. */
  buffer: ArrayBuffer
  filled: number
}

/** Growing starts here. */
const FIRST_BUFFER_BYTES = 2 ** 16

/**
 * Writes a generation's images while they arrive, in pieces of {@link PART_BYTES}. A full piece goes to R2 as a
 * part of a multipart upload; when R2 rejects it, into the object's own storage. Only small images stay in memory,
 * together no more than one piece: so memory depends neither on the size of the images nor on their number.
 */
export function createImageWriter(ports: ImageWriterPorts): ImageWriter {
  const { bucket, storage, fingerprint, model, identify } = ports
  const whole: PendingImage[] = []
  let current: Arriving | undefined
  let heldBytes = 0
  let rejects = false

  async function write(bytes: Uint8Array): Promise<void> {
    current ??= arriving(whole.length)
    const image = current
    await image.digestWriter.write(bytes)
    for (let at = 0; at < bytes.length;) {
      if (image.filled === PART_BYTES) await flush(image)
      const count = Math.min(bytes.length - at, PART_BYTES - image.filled)
      reserve(image, image.filled + count)
      new Uint8Array(image.buffer).set(bytes.subarray(at, at + count), image.filled)
      image.filled += count
      at += count
    }
  }

  async function finish({
    byteLength,
    ...header
  }: ImageHeader & { readonly byteLength: number }): Promise<void> {
    const image = current
    if (!image) throw new TypeError('an image without bytes')
    const isHeld = image.pieces.length === 0 && heldBytes + image.filled <= PART_BYTES
    if (isHeld) {
      heldBytes += image.filled
      image.pieces.push({ at: 'memory', bytes: image.buffer.transfer(image.filled) })
    } else await flush(image, header)
    await image.digestWriter.close()
    const { index, pieces, upload } = image
    const sha256 = hex(await image.digest.digest)
    whole.push({ index, header, byteLength, sha256, uploadId: upload?.uploadId, pieces })
    current = undefined
  }

  /** Makes what has arrived a piece of its own. */
  async function flush(image: Arriving, known?: ImageHeader): Promise<void> {
    const bytes = image.filled < image.buffer.byteLength ? image.buffer.transfer(image.filled) : image.buffer
    image.pieces.push(await store(image, bytes, known))
    // A write that stalled may still be reading its buffer.
    image.buffer = bytes.byteLength === PART_BYTES && !rejects ? bytes : new ArrayBuffer(FIRST_BUFFER_BYTES)
    image.filled = 0
  }

  async function store(image: Arriving, bytes: ArrayBuffer, known?: ImageHeader): Promise<Piece> {
    const number = image.pieces.length + 1
    if (!rejects) {
      try {
        const header = known ?? identify(bytes)
        const upload = (image.upload ??= await begin(image.index, header))
        return { at: 'r2', part: await persistently(() => upload.uploadPart(number, bytes)) }
      } catch (error) {
        console.error(error)
        // What follows is not tried first, with its waits: the model won't wait for R2.
        rejects = true
      }
    }
    storage.putPiece(image.index, number - 1, bytes)
    return { at: 'storage' }
  }

  async function begin(index: number, header: ImageHeader | undefined): Promise<R2MultipartUpload> {
    if (!header) throw new TypeError('the start of the image says nothing of its type')
    const upload = await persistently(() =>
      bucket.createMultipartUpload(imageKey(fingerprint, index), {
        httpMetadata: { contentType: header.mediaType },
        customMetadata: imageMetadata(header, model),
      }),
    )
    storage.putUpload({ index, uploadId: upload.uploadId })
    return upload
  }

  async function discard(): Promise<void> {
    const image = current
    current = undefined
    await image?.digestWriter.abort().catch(() => undefined)
    await image?.upload?.abort().catch(logged)
  }

  return {
    write,
    finish,
    discard,
    pending: () => whole,
    async abort() {
      await discard()
      await abortUploads(bucket, fingerprint, whole)
    },
  }
}

/** Ends the uploads of images that nobody will see. R2 ends what is left by itself, after a week. */
export async function abortUploads(
  bucket: R2Bucket,
  fingerprint: Fingerprint,
  uploads: readonly Upload[],
): Promise<void> {
  for (const { index, uploadId } of uploads) {
    if (uploadId === undefined) continue
    await bucket.resumeMultipartUpload(imageKey(fingerprint, index), uploadId).abort().catch(logged)
  }
}

function arriving(index: number): Arriving {
  const digest = new crypto.DigestStream('SHA-256')
  return {
    index,
    digest,
    digestWriter: digest.getWriter(),
    pieces: [],
    buffer: new ArrayBuffer(FIRST_BUFFER_BYTES),
    filled: 0,
  }
}

/** Doubles the buffer as often as needed. `transfer` frees the old memory at once. */
function reserve(image: Arriving, byteLength: number): void {
  let capacity = image.buffer.byteLength
  if (capacity >= byteLength) return
  while (capacity < byteLength) capacity = Math.min(capacity * 2, PART_BYTES)
  image.buffer = image.buffer.transfer(capacity)
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function logged(error: unknown): void {
  console.error(error)
}
