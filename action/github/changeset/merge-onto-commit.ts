import { isDeepStrictEqual } from 'node:util'
import { sha256Of } from '../../files/read-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import { type GitHubApi, statusOf } from '../api/api.ts'
import { type Changeset, pathsIn } from './changeset.ts'
import type { CommitFile } from '../api/create-commit.ts'
import { readImage } from './file-change.ts'
import { blobSha } from '../api/git-hash.ts'
import { isContested, type Merged, mergeLock } from './merge-lock.ts'
import { type CommitContent, lockBytes, readBlob, readCommit } from '../api/read-commit.ts'

/**
 * Merges a changeset with a commit that others may have contributed to.
 *
 * @param configCommit  the commit whose config decides what is declared, if it is another one
 */
export async function mergeOnto(
  api: GitHubApi,
  commit: CommitContent,
  changeset: Changeset,
  configCommit: CommitContent = commit,
): Promise<Merged> {
  const hasContested = changeset.changes.some((change) => isContested(change, commit.lock))
  const [editedByHand, declared] = await Promise.all([
    pathsEditedByHand(api, commit, changeset),
    hasContested ? changeset.declaredFingerprints(configCommit) : undefined,
  ])
  return mergeLock(changeset.changes, { lock: commit.lock, editedByHand, declared })
}

/** Files that changed since the checkout, and that match neither our bytes nor the lock in that commit. */
async function pathsEditedByHand(
  api: GitHubApi,
  { sha, blobs, lock }: CommitContent,
  changeset: Changeset,
): Promise<ReadonlySet<string>> {
  const { changes, checkedOut, root } = changeset
  if (sha === checkedOut) return new Set()
  const old = await readCommit(api, checkedOut, pathsIn(changeset)).catch((error: unknown) => {
    // GitHub doesn't have that commit, or no longer has it.
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

/** What to send so that a commit on top of `commit` holds our changes. Leaves out what is there already. */
export async function filesToSend(
  { ours, lock }: Pick<Merged, 'ours' | 'lock'>,
  commit: CommitContent,
  { root, lockPath }: Pick<Changeset, 'root' | 'lockPath'>,
): Promise<{ readonly files: readonly CommitFile[]; readonly removed: readonly string[] }> {
  const files: CommitFile[] = []
  for (const { path, after } of ours) {
    if (!after) continue
    const read = (): Promise<Uint8Array> => readImage(root, path)
    const bytes = await read()
    if (commit.blobs.get(path) !== blobSha(bytes)) files.push({ path, size: bytes.byteLength, read })
  }
  const removed = ours.flatMap(({ path, removesFile }) =>
    removesFile && commit.blobs.has(path) ? [path] : [],
  )
  const isLockSame = isDeepStrictEqual(lock, commit.lock)
  return { files: isLockSame ? files : [...files, lockFile(lock, lockPath)], removed }
}

function lockFile(lock: LockEntries, path: string): CommitFile {
  const bytes = lockBytes(lock)
  return { path, size: bytes.byteLength, read: () => Promise.resolve(bytes) }
}
