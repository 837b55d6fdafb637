import { formatLock, parseLock } from '../lock/lock-file.ts'
import type { LockEntries } from '../lock/schema.ts'
import { type GitHubApi, statusOf } from './api.ts'

/** What a commit at GitHub holds, as far as it matters here. */
export interface Snapshot {
  /** The commit. */
  readonly sha: string
  /** Blobs by path. */
  readonly blobs: ReadonlyMap<string, string>
  readonly lock: LockEntries
}

/** What a branch points to; `undefined` when there is no such branch. */
export async function headOf(
  { request, owner, repo }: GitHubApi,
  branch: string,
): Promise<string | undefined> {
  try {
    const ref = `heads/${branch}`
    const { data } = await request('GET /repos/{owner}/{repo}/git/ref/{ref}', { owner, repo, ref })
    return data.object.sha
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

/**
 * Reads a commit: which files it has, and its lock.
 *
 * @param paths  files that matter: in a repository too big for one answer, only their folders are read
 * @throws {LockError} when its lock can't be read
 */
export async function readSnapshot(
  api: GitHubApi,
  sha: string,
  { lockPath, paths }: { readonly lockPath: string; readonly paths: readonly string[] },
): Promise<Snapshot> {
  const { request, owner, repo } = api
  const { data } = await request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner,
    repo,
    tree_sha: sha,
    recursive: '1',
  })
  const blobs = data.truncated
    ? await readFolders(api, sha, [lockPath, ...paths])
    : new Map(
        data.tree.flatMap(({ type, path, sha: blob }) =>
          type === 'blob' && path && blob ? [[path, blob]] : [],
        ),
      )
  const lockBlob = blobs.get(lockPath)
  const lock =
    lockBlob === undefined
      ? new Map()
      : parseLock(
          new TextDecoder().decode(await readBlob(api, lockBlob)),
          `${lockPath} at ${sha.slice(0, 7)}`,
        )
  return { sha, blobs, lock }
}

/** Above 100,000 entries GitHub cuts the list of a whole tree off. */
async function readFolders(
  { request, owner, repo }: GitHubApi,
  sha: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const folders = new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')))
  const blobs = new Map<string, string>()
  for (const folder of folders) {
    try {
      const { data } = await request('GET /repos/{owner}/{repo}/contents/{path}', {
        owner,
        repo,
        path: folder,
        ref: sha,
      })
      if (!Array.isArray(data)) continue
      for (const { type, path, sha: blob } of data) if (type === 'file') blobs.set(path, blob)
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }
  return blobs
}

export async function readBlob(
  { request, owner, repo }: GitHubApi,
  sha: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    owner,
    repo,
    file_sha: sha,
  })
  return Uint8Array.from(Buffer.from(data.content, 'base64'))
}

/** The bytes of a lock. */
export function lockBytes(lock: LockEntries): Uint8Array {
  return new TextEncoder().encode(formatLock(lock))
}
