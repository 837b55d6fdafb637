import { basename, dirname } from 'node:path/posix'
import { formatLock, parseLock } from '../../lock/lock-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import { type GitHubApi, statusOf } from './api.ts'

/** What a commit at GitHub holds, as far as delivery needs it. */
export interface CommitContent {
  /** The commit. */
  readonly sha: string
  /** Blobs by path. */
  readonly blobs: ReadonlyMap<string, string>
  readonly lock: LockEntries
}

/** The commit that a branch points to; `undefined` when there is no such branch. */
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
 * Reads the list of a commit's files, and its lock.
 *
 * @param paths  the files to look up when the repository is too big for one response
 * @throws {LockError} when its lock can't be read
 */
export async function readCommit(
  api: GitHubApi,
  sha: string,
  { lockPath, paths }: { readonly lockPath: string; readonly paths: readonly string[] },
): Promise<CommitContent> {
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

/** GitHub truncates the list of a whole tree above 100,000 entries. Single folders are still complete. */
async function readFolders(
  api: GitHubApi,
  sha: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const folders = new Map<string, Promise<readonly Entry[]>>()

  function list(folder: string): Promise<readonly Entry[]> {
    let entries = folders.get(folder)
    if (!entries) folders.set(folder, (entries = read(folder)))
    return entries
  }

  async function read(folder: string): Promise<readonly Entry[]> {
    if (folder === '') return listTree(api, sha)
    const parent = await list(folderOf(folder))
    const found = parent.find(({ type, path }) => type === 'tree' && path === basename(folder))
    return found ? listTree(api, found.sha) : []
  }

  const blobs = new Map<string, string>()
  for (const path of paths) {
    const entries = await list(folderOf(path))
    const found = entries.find((entry) => entry.type === 'blob' && entry.path === basename(path))
    if (found) blobs.set(path, found.sha)
  }
  return blobs
}

interface Entry {
  readonly type: string
  readonly path: string
  readonly sha: string
}

async function listTree({ request, owner, repo }: GitHubApi, sha: string): Promise<readonly Entry[]> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner,
    repo,
    tree_sha: sha,
  })
  return data.tree
}

function folderOf(path: string): string {
  const folder = dirname(path)
  return folder === '.' ? '' : folder
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

/** A lock as the bytes of its file. */
export function lockBytes(lock: LockEntries): Uint8Array {
  return new TextEncoder().encode(formatLock(lock))
}
