import type { Fingerprint } from '../../shared/fingerprint.ts'
import { imageMetadata } from '../gallery/image-store.ts'
import { imageKey, imagesPrefix, listKey, manifestKey, variantsPrefix } from '../gallery/keys.ts'
import { putListEntry } from '../gallery/list.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { JobStorage } from './job-storage.ts'
import { persistently, within } from './patience.ts'
import type { PendingGeneration, PendingImage, Piece } from './pieces.ts'

export interface PublishPorts {
  readonly bucket: R2Bucket
  readonly storage: Pick<JobStorage, 'piece'>
}

/**
 * Makes a generation visible, its first image last: once that is there, everything is. Can be repeated after a
 * failure.
 *
 * @returns the objects of the images, in their order
 */
export async function publish(
  ports: PublishPorts,
  { images, manifest, replaces }: PendingGeneration,
): Promise<readonly R2Object[]> {
  const { bucket } = ports
  const objects: R2Object[] = []
  const put = async (image: PendingImage): Promise<void> => {
    objects[image.index] = await putImage(ports, manifest, image)
  }

  for (const image of images) if (image.index > 0) await put(image)
  if (replaces) await deleteOldEntry(bucket, manifest)
  await putManifest(bucket, manifest)
  // Only the manifest says where the list entry is: without it, a crash would leave the entry forever.
  await persistently(() => putListEntry(bucket, manifest))
  for (const image of images) if (image.index === 0) await put(image)
  if (replaces) await deleteSurplus(bucket, manifest)
  return objects
}

/** Before the manifest is replaced, which alone says where it is. */
async function deleteOldEntry(bucket: R2Bucket, manifest: Manifest): Promise<void> {
  const old = await readManifest(bucket, manifest.fingerprint)
  if (old && listKey(old) !== listKey(manifest)) await deleteKeys(bucket, [listKey(old)])
}

/** Images that the generation before had more, and its variants. */
async function deleteSurplus(bucket: R2Bucket, { fingerprint, images }: Manifest): Promise<void> {
  const isSurplus = (key: string): boolean => Number(key.slice(key.lastIndexOf('/') + 1)) >= images.length
  const keys = await keysUnder(bucket, imagesPrefix(fingerprint))
  const variants = await keysUnder(bucket, variantsPrefix(fingerprint))
  await deleteKeys(bucket, [...keys.filter(isSurplus), ...variants])
}

/**
 * Deletes everything of a fingerprint, its first image first. The manifest goes last: what a failure leaves is found
 * by it.
 *
 * @returns whether there was anything
 */
export async function deleteAll(bucket: R2Bucket, fingerprint: Fingerprint): Promise<boolean> {
  const manifest = await readManifest(bucket, fingerprint)
  const first = imageKey(fingerprint, 0)
  const images = await keysUnder(bucket, imagesPrefix(fingerprint))
  const variants = await keysUnder(bucket, variantsPrefix(fingerprint))
  if (images.includes(first)) await deleteKeys(bucket, [first])
  await deleteKeys(bucket, [...(manifest ? [listKey(manifest)] : []), ...variants, ...images])
  return images.length + variants.length > 0
}

async function putImage(
  { bucket, storage }: PublishPorts,
  { fingerprint, model, cost_usd: costUsd, images }: Manifest,
  { index, header, byteLength, sha256, uploadId, pieces }: PendingImage,
): Promise<R2Object> {
  const key = imageKey(fingerprint, index)
  const options = {
    httpMetadata: { contentType: header.mediaType },
    customMetadata: imageMetadata(
      { ...header, costUsd: costUsd === undefined ? undefined : costUsd / images.length },
      model,
    ),
  }
  const [first, ...others] = pieces
  if (first && first.at !== 'r2' && others.length === 0 && uploadId === undefined) {
    const bytes = await bytesOf(first, index, 0, storage)
    // R2 refuses the object when the bytes that arrive are others.
    return persistently(() => bucket.put(key, bytes, { ...options, sha256 }))
  }
  const upload =
    uploadId === undefined
      ? await persistently(() => bucket.createMultipartUpload(key, options))
      : bucket.resumeMultipartUpload(key, uploadId)
  const parts: R2UploadedPart[] = []
  try {
    for (const [n, piece] of pieces.entries()) {
      if (piece.at === 'r2') {
        parts.push(piece.part)
        continue
      }
      const bytes = await bytesOf(piece, index, n, storage)
      parts.push(await persistently(() => upload.uploadPart(n + 1, bytes)))
    }
    return await within(upload.complete(parts), 'R2')
  } catch (error) {
    // It may have been completed before a restart or a failure, and can't be a second time.
    const object = uploadId !== undefined && isOver(error) ? await bucket.head(key) : null
    if (object?.size === byteLength) return object
    throw error
  }
}

function bytesOf(
  piece: Exclude<Piece, { readonly at: 'r2' }>,
  index: number,
  n: number,
  storage: PublishPorts['storage'],
): ArrayBuffer | Promise<ArrayBuffer> {
  return piece.at === 'memory' ? piece.bytes : storage.piece(index, n)
}

/** R2's error 10024: there is no such upload, or no more. */
function isOver(error: unknown): boolean {
  return error instanceof Error && /10024|does not exist/.test(error.message)
}

export function putManifest(bucket: R2Bucket, manifest: Manifest): Promise<R2Object> {
  return persistently(() =>
    bucket.put(manifestKey(manifest.fingerprint), JSON.stringify(manifest), {
      httpMetadata: { contentType: 'application/json' },
    }),
  )
}

export async function readManifest(
  bucket: R2Bucket,
  fingerprint: Fingerprint,
): Promise<Manifest | undefined> {
  const object = await within(bucket.get(manifestKey(fingerprint)), 'R2')
  return object ? object.json<Manifest>() : undefined
}

export async function keysUnder(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let cursor: string | undefined
  do {
    const page: R2Objects = await within(
      bucket.list({ prefix, ...(cursor !== undefined && { cursor }) }),
      'R2',
    )
    keys.push(...page.objects.map(({ key }) => key))
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return keys
}

/** Keys that one call deletes. */
const DELETE_MAX = 1000

async function deleteKeys(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += DELETE_MAX) {
    await within(bucket.delete(keys.slice(at, at + DELETE_MAX)), 'R2')
  }
}
