import { isDeepStrictEqual } from 'node:util'
import { formatLfsPointer, parseLfsPointer } from '../../git/lfs-pointer.ts'
import { sha256Of } from '../../files/read-file.ts'
import { formatLock } from '../../lock/lock-file.ts'
import type { GitHubApi } from '../api/api.ts'
import { statusOf } from '../api/delivery-error.ts'
import type { CommitFile } from '../api/create-commit.ts'
import { blobSha, readBlob } from '../api/read-blob.ts'
import { type CommitContent, readCommit } from '../api/read-commit.ts'
import { type Changeset, declaredIn, type FileChange, readImage, viewOf } from './changeset.ts'
import { isContested, type Merged, mergeLock } from './merge-lock.ts'

/** Reads what a changeset is merged with. */
export function readFor(api: GitHubApi, sha: string, changeset: Changeset): Promise<CommitContent> {
  const paths = changeset.changes.map(({ path }) => path)
  return readCommit(api, sha, viewOf(changeset, paths))
}

/** A changeset merged with a commit, and what to send so that a commit on top of that one holds it. */
type MergedOnto = Merged & Sending

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
): Promise<MergedOnto> {
  const hasContested = changeset.changes.some((change) => isContested(change, commit.lock))
  const [editedByHand, declared] = await Promise.all([
    pathsEditedByHand(api, commit, changeset),
    hasContested ? declaredIn(api, configCommit, changeset.project) : undefined,
  ])
  const merged = mergeLock(changeset.changes, { lock: commit.lock, editedByHand, declared })
  return { ...merged, ...(await filesToSend(merged, commit, changeset)) }
}

/** Files that changed since the checkout, and that match neither our bytes nor the lock in that commit. */
async function pathsEditedByHand(
  api: GitHubApi,
  { sha, blobs, lock }: CommitContent,
  changeset: Changeset,
): Promise<ReadonlySet<string>> {
  const { changes, checkedOut, project } = changeset
  const edited = new Set<string>()
  if (sha === checkedOut) return edited
  const old = await readFor(api, checkedOut, changeset).catch((error: unknown) => {
    // GitHub doesn't have that commit, or no longer has it.
    if (![404, 409, 422].includes(statusOf(error) ?? 0)) throw error
    return undefined
  })
  for (const { path, after } of changes) {
    const now = blobs.get(path)
    if (now === undefined || now === old?.blobs.get(path)) continue
    if (after && now === blobSha(await readImage(project.root, path))) continue
    const bytes = await readBlob(api, now)
    const sha256 = parseLfsPointer(bytes)?.sha256 ?? sha256Of(bytes)
    if (sha256 !== lock.get(path)?.sha256 && sha256 !== after?.sha256) edited.add(path)
  }
  return edited
}

export interface Sending {
  readonly files: readonly CommitFile[]
  readonly removed: readonly string[]
  /** The changes among them; an entry of the lock is one as well. */
  readonly changes: readonly FileChange[]
  readonly isEmpty: boolean
}

/** Leaves out what is there already. */
export async function filesToSend(
  { ours, lock }: Pick<Merged, 'ours' | 'lock'>,
  commit: CommitContent,
  {
    project: {
      root,
      lock: { path: lockPath },
    },
    folder,
    lfs,
  }: Changeset,
): Promise<Sending> {
  const files: CommitFile[] = []
  const removed: string[] = []
  const changes = new Set<FileChange>()
  for (const change of ours) {
    const { path, after, removesFile } = change
    const read = (): Promise<Uint8Array<ArrayBuffer>> => readImage(root, path)
    if (!isDeepStrictEqual(commit.lock.get(path), after)) changes.add(change)
    if (!after) {
      if (removesFile && commit.blobs.has(path)) removed.push(folder + path)
      continue
    }
    const { sha256, bytes: size } = after
    const content = lfs.has(path) ? formatLfsPointer({ sha256, bytes: size }) : await read()
    if (commit.blobs.get(path) === blobSha(content)) continue
    changes.add(change)
    files.push(
      lfs.has(path)
        ? { ...fileOf(folder + path, content), object: { sha256, bytes: size, read } }
        : { path: folder + path, size, read },
    )
  }
  if (!isDeepStrictEqual(lock, commit.lock))
    files.push(fileOf(folder + lockPath, new TextEncoder().encode(formatLock(lock))))
  return { files, removed, changes: [...changes], isEmpty: files.length + removed.length === 0 }
}

function fileOf(path: string, content: Uint8Array): CommitFile {
  return { path, size: content.byteLength, read: () => Promise.resolve(content) }
}
