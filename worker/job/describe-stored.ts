import type { Fingerprint } from '../../shared/fingerprint.ts'
import { imageKey, variantsPrefix } from '../gallery/keys.ts'
import { within } from './patience.ts'
import { PART_BYTES } from './pieces.ts'
import { keysUnder } from './publish.ts'

/**
 * Writes an image and its variants again, the same bytes with the thumbhash: R2 can't change metadata otherwise, and
 * a hit must not read anything else. Nobody else may write them meanwhile. Can be repeated after a failure.
 */
export async function describeStored(
  bucket: R2Bucket,
  { fingerprint, index }: { readonly fingerprint: Fingerprint; readonly index: number },
  thumbhash: string,
): Promise<void> {
  const variants = await keysUnder(bucket, `${variantsPrefix(fingerprint)}${index}/`)
  for (const key of [imageKey(fingerprint, index), ...variants]) await describeObject(bucket, key, thumbhash)
}

async function describeObject(bucket: R2Bucket, key: string, thumbhash: string): Promise<void> {
  const object = await within(bucket.get(key), 'R2')
  const metadata = object?.customMetadata
  if (!object || metadata?.['thumbhash'] === thumbhash) {
    await object?.body.cancel()
    return
  }
  const options = {
    ...(object.httpMetadata && { httpMetadata: object.httpMetadata }),
    customMetadata: { created: object.uploaded.toISOString(), ...metadata, thumbhash },
  }
  if (!isOfParts(object.etag)) {
    await within(bucket.put(key, object.body, options), 'R2')
    return
  }
  await object.body.cancel()
  await putInParts(bucket, object, options)
}

/** In the parts that it has: R2 makes the ETag of such an object from the MD5 of each. */
async function putInParts(
  bucket: R2Bucket,
  { key, size }: R2Object,
  options: R2MultipartOptions,
): Promise<void> {
  const upload = await within(bucket.createMultipartUpload(key, options), 'R2')
  try {
    const parts: R2UploadedPart[] = []
    for (let offset = 0; offset < size; offset += PART_BYTES) {
      const range = { offset, length: Math.min(PART_BYTES, size - offset) }
      const object = await within(bucket.get(key, { range }), 'R2')
      if (!object) throw new TypeError(`${key} went away while it was copied`)
      parts.push(await within(upload.uploadPart(parts.length + 1, object.body), 'R2'))
    }
    await within(upload.complete(parts), 'R2')
  } catch (error) {
    await upload.abort().catch(console.error)
    throw error
  }
}

/** The ETag of a multipart upload ends with the number of its parts. */
function isOfParts(etag: string): boolean {
  return etag.includes('-')
}
