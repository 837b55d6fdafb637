import { isDeepStrictEqual } from 'node:util'
import { sha256Of } from '../../files/read-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import { type GitHubApi, statusOf } from './api.ts'
import { lockBytes, readBlob, readSnapshot, type Snapshot } from './read-commit.ts'
import { readImage } from './file-change.ts'
import type { CommitFile } from './commit.ts'
import { blobSha } from './git-hash.ts'
import { isContested, type Merged, mergeLock } from './merge-lock.ts'
import { lookedUp, type Parcel } from './changeset.ts'

/**
 * Holds a run's changes against a commit that others may have had a hand in.
 *
 * @param configOf  the commit whose config says what is wanted, where that is another one
 */
export async function mergeOnto(
  api: GitHubApi,
  snapshot: Snapshot,
  parcel: Parcel,
  configOf: Snapshot = snapshot,
): Promise<Merged> {
  const isContestedHere = parcel.changes.some((change) => isContested(change, snapshot.lock))
  const [editedByHand, wanted] = await Promise.all([
    pathsEditedByHand(api, snapshot, parcel),
    isContestedHere ? parcel.fingerprintsOf(configOf) : undefined,
  ])
  return mergeLock(parcel.changes, { lock: snapshot.lock, editedByHand, wanted })
}

/** Files that came in since the checkout, and that are neither ours nor what the lock there says. */
async function pathsEditedByHand(
  api: GitHubApi,
  { sha, blobs, lock }: Snapshot,
  parcel: Parcel,
): Promise<ReadonlySet<string>> {
  const { changes, checkedOut, root } = parcel
  if (sha === checkedOut) return new Set()
  const old = await readSnapshot(api, checkedOut, lookedUp(parcel)).catch((error: unknown) => {
    // GitHub doesn't have it, or not any more.
    if (![404, 409, 422].includes(statusOf(error) ?? 0)) throw error
    return undefined
  })
  const edited = new Set<string>()
  for (const { path, after } of changes) {
    const now = blobs.get(path)
    if (now === undefined || now === old?.blobs.get(path)) continue
    if (after && now === blobSha(await readImage(root, path))) continue
    if (sha256Of(await readBlob(api, now)) !== lock.get(path)?.sha256) edited.add(path)
  }
  return edited
}

/** What has to be sent so that a commit on `snapshot` holds our changes: nothing that it has already. */
export async function filesFor(
  { ours, lock }: Pick<Merged, 'ours' | 'lock'>,
  { blobs, lock: there }: Snapshot,
  { root, lockPath }: Pick<Parcel, 'root' | 'lockPath'>,
): Promise<{ readonly files: readonly CommitFile[]; readonly removed: readonly string[] }> {
  const files: CommitFile[] = []
  for (const { path, after } of ours) {
    if (!after) continue
    const read = (): Promise<Uint8Array> => readImage(root, path)
    const bytes = await read()
    if (blobs.get(path) !== blobSha(bytes)) files.push({ path, size: bytes.byteLength, read })
  }
  const removed = ours.flatMap(({ path, removesFile }) => (removesFile && blobs.has(path) ? [path] : []))
  return { files: isDeepStrictEqual(lock, there) ? files : [...files, lockFile(lock, lockPath)], removed }
}

function lockFile(lock: LockEntries, path: string): CommitFile {
  const bytes = lockBytes(lock)
  return { path, size: bytes.byteLength, read: () => Promise.resolve(bytes) }
}
