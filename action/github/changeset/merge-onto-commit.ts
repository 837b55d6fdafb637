import { isDeepStrictEqual } from 'node:util'
import { sha256Of } from '../../files/read-file.ts'
import { lfsPaths } from '../../git/checkout.ts'
import { formatLfsPointer, parseLfsPointer } from '../../git/lfs-pointer.ts'
import { formatLock } from '../../lock/lock-file.ts'
import type { ActionRun } from '../action-run.ts'
import { unlessUnknown } from '../api/failure.ts'
import type { CommitFile } from '../api/create-commit.ts'
import { blobSha, readBlob } from '../api/read.ts'
import { type FileChange, readImage } from './changeset.ts'
import { isContested, type Merged, mergeLock } from './merge-lock.ts'
import { type CommitContent, declaredIn, readProjectAt } from './project-at.ts'

/** A changeset merged with a commit, and what to send so that a commit on top of that one holds it. */
export interface MergedOnto extends Merged {
  readonly files: readonly CommitFile[]
  readonly removed: readonly string[]
  /** The changes among them; an entry of the lock is one as well. */
  readonly sent: readonly FileChange[]
  /** What the new commit has: blobs by path, as in `CommitContent`. */
  readonly blobs: CommitContent['blobs']
}

/**
 * Merges a changeset with a commit that others may have contributed to.
 *
 * @param configCommit  the commit whose config decides what is declared, if it is another one
 */
export async function mergeOnto(
  run: ActionRun,
  commit: CommitContent,
  changes: readonly FileChange[],
  configCommit: CommitContent = commit,
): Promise<MergedOnto> {
  const hasContested = changes.some((change) => isContested(change, commit.lock))
  const [editedByHand, declared] = await Promise.all([
    pathsEditedByHand(run, commit, changes),
    hasContested ? declaredIn(run, configCommit) : undefined,
  ])
  const merged = mergeLock(changes, { lock: commit.lock, editedByHand, declared })
  return { ...merged, ...(await filesToSend(run, merged, commit)) }
}

/**
 * Files of a commit that somebody put there: the plan didn't look at them, and they match neither our bytes nor the lock
 * in that commit. They are never replaced.
 */
export async function pathsEditedByHand(
  run: ActionRun,
  commit: CommitContent,
  changes: readonly Omit<FileChange, 'before' | 'removesFile'>[],
): Promise<ReadonlySet<string>> {
  // Without a destination, it is the workspace's own commit.
  const { checkedOut = commit.sha } = run.target.destination ?? {}
  const planned =
    commit.sha === checkedOut ? commit : await readProjectAt(run, checkedOut, changes).catch(unlessUnknown)
  const edited = new Set<string>()
  for (const { path, after, hadFile } of changes) {
    const now = commit.blobs.get(path)
    if (now === undefined || now === run.fetched?.get(path)) continue
    if (hadFile && now === planned?.blobs.get(path)) continue
    if (after && now === blobSha(await readImage(run.project.root, path))) continue
    const bytes = await readBlob(run.api, now)
    const sha256 = parseLfsPointer(bytes)?.sha256 ?? sha256Of(bytes)
    if (sha256 !== commit.lock.get(path)?.sha256 && sha256 !== after?.sha256) edited.add(path)
  }
  return edited
}

/** Leaves out what is there already. */
async function filesToSend(
  { project, target: { folder } }: ActionRun,
  { ours, lock }: Merged,
  commit: CommitContent,
): Promise<Omit<MergedOnto, keyof Merged>> {
  const { root } = project
  const paths = ours.map(({ path }) => path)
  const inLfs = await lfsPaths(root, paths)
  const blobs = new Map(commit.blobs)
  const files: CommitFile[] = []
  const removed: string[] = []
  const sent = new Set<FileChange>()

  function send(path: string, content: Uint8Array, more: Partial<CommitFile> = {}): void {
    blobs.set(path, blobSha(content))
    const read = (): Promise<Uint8Array> => Promise.resolve(content)
    files.push({ path: folder + path, size: content.byteLength, read, ...more })
  }

  for (const change of ours) {
    const { path, after, removesFile } = change
    if (!isDeepStrictEqual(commit.lock.get(path), after)) sent.add(change)
    if (!after) {
      if (removesFile && blobs.delete(path)) removed.push(folder + path)
      continue
    }
    const { sha256, bytes } = after
    // Read again when it is sent: memory doesn't hold them all.
    const read = (): Promise<Uint8Array<ArrayBuffer>> => readImage(root, path)
    const content = inLfs.has(path) ? formatLfsPointer({ sha256, bytes }) : await read()
    if (blobs.get(path) === blobSha(content)) continue
    sent.add(change)
    send(path, content, inLfs.has(path) ? { object: { sha256, bytes, read } } : { read })
  }
  if (!isDeepStrictEqual(lock, commit.lock))
    send(project.lock.path, new TextEncoder().encode(formatLock(lock)))
  return { files, removed, sent: [...sent], blobs }
}
