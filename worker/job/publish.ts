import type { Fingerprint } from '../../shared/fingerprint.ts'
import { imageMetadata } from '../gallery/image-store.ts'
import { imageKey, imagesPrefix, listKey, manifestKey, variantsPrefix } from '../gallery/keys.ts'
import { putListEntry } from '../gallery/list.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { JobStorage } from './job-storage.ts'
import { persistently, within } from './patience.ts'
import type { PendingImage, Piece, Replaced } from './pieces.ts'

export interface PublishPorts {
  readonly bucket: R2Bucket
  readonly storage: Pick<JobStorage, 'piece'>
}

/** What {@link publish} will replace. */
export async function findReplaced(bucket: R2Bucket, fingerprint: Fingerprint): Promise<Replaced> {
  const manifest = await readManifest(bucket, fingerprint)
  return manifest ? { listKey: listKey(manifest) } : {}
}

/**
 * Makes a generation visible, its first image last: once that is there, everything is. Can be repeated after a
 * failure, with the images that `onPublished` was not called for.
 */
export async function publish(
  { bucket, storage }: PublishPorts,
  images: readonly PendingImage[],
  manifest: Manifest,
  replaced: Replaced | undefined,
  onPublished: (image: PendingImage, object: R2Object) => void,
): Promise<void> {
  const { fingerprint } = manifest
  const put = async (image: PendingImage) =>
    onPublished(image, await putImage({ bucket, storage }, manifest, image))

  for (const image of images) if (image.index > 0) await put(image)
  await putManifest(bucket, manifest)
  // Only the manifest says where the list entry is: without it, a crash would leave the entry forever.
  await persistently(() => putListEntry(bucket, manifest))
  for (const image of images) if (image.index === 0) await put(image)
  if (!replaced) return

  const surplus = await keysUnder(bucket, imagesPrefix(fingerprint))
  const isOld = (key: string): boolean =>
    Number(key.slice(key.lastIndexOf('/') + 1)) >= manifest.images.length
  const old = surplus.filter(isOld)
  if (replaced.listKey !== undefined && replaced.listKey !== listKey(manifest)) old.push(replaced.listKey)
  await deleteKeys(bucket, [...old, ...(await keysUnder(bucket, variantsPrefix(fingerprint)))])
}

/** Deletes everything of a fingerprint, its first image first. @returns whether there was anything */
export async function deleteAll(bucket: R2Bucket, fingerprint: Fingerprint): Promise<boolean> {
  const manifest = await readManifest(bucket, fingerprint)
  const first = imageKey(fingerprint, 0)
  const keys = [
    ...(await keysUnder(bucket, imagesPrefix(fingerprint))),
    ...(await keysUnder(bucket, variantsPrefix(fingerprint))),
    ...(manifest ? [listKey(manifest)] : []),
  ]
  if (keys.length === 0) return false
  if (keys.includes(first)) await within(bucket.delete(first), 'R2')
  await deleteKeys(bucket, keys)
  return true
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
  for (const [n, piece] of pieces.entries()) {
    if (piece.at === 'r2') {
      parts.push(piece.part)
      continue
    }
    const bytes = await bytesOf(piece, index, n, storage)
    parts.push(await persistently(() => upload.uploadPart(n + 1, bytes)))
  }
  try {
    return await within(upload.complete(parts), 'R2')
  } catch (error) {
    // It may have been completed just before a restart, and can't be a second time.
    const object = await bucket.head(key)
    if (object?.size === byteLength && uploadId !== undefined && isSettled(error)) return object
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
function isSettled(error: unknown): boolean {
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
