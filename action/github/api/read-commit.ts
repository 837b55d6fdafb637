import { dirname, join } from 'node:path/posix'
import { parseLock } from '../../lock/lock-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import type { GitHubApi } from './api.ts'
import { statusOf } from './delivery-error.ts'
import { readText } from './read-blob.ts'

/** What a commit at GitHub holds, as far as delivery needs it. Paths are relative to the project's folder. */
export interface CommitContent {
  /** The commit. */
  readonly sha: string
  /** Blobs by path. */
  readonly blobs: ReadonlyMap<string, string>
  readonly lock: LockEntries
  /** The submodules, by their path in the repository. */
  readonly submodules: readonly string[]
}

/** The project in the repository. */
export interface CommitView {
  /** Empty, or such as `site/`. */
  readonly folder: string
  readonly lockPath: string
  /** Files that matter. */
  readonly paths: readonly string[]
}

/** The commit that a branch points to; `undefined` when there is no such branch. */
export async function headOf({ request }: GitHubApi, branch: string): Promise<string | undefined> {
  try {
    const ref = `heads/${branch}`
    const { data } = await request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ref })
    return data.object.sha
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

/**
 * Reads the list of a commit's files, and its lock.
 *
 * @throws {LockError} when its lock can't be read
 */
export async function readCommit(
  api: GitHubApi,
  sha: string,
  { folder, lockPath, paths }: CommitView,
): Promise<CommitContent> {
  const wanted = [lockPath, ...paths].map((path) => folder + path)
  const entries = await listFiles(api, sha, wanted)
  const blobs = new Map<string, string>()
  for (const { type, path, sha: blob } of entries) {
    if (type === 'blob' && path.startsWith(folder)) blobs.set(path.slice(folder.length), blob)
  }
  const lockBlob = blobs.get(lockPath)
  return {
    sha,
    blobs,
    lock:
      lockBlob === undefined
        ? new Map()
        : parseLock(await readText(api, lockBlob), `${lockPath} at ${sha.slice(0, 7)}`),
    submodules: entries.flatMap(({ type, path }) => (type === 'commit' ? [path] : [])),
  }
}

interface Entry {
  readonly type: string
  readonly path: string
  readonly sha: string
}

/** All files of a commit, or those near `paths` when the repository is too big for one response. */
async function listFiles(api: GitHubApi, sha: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const { tree, truncated } = await getTree(api, sha, true)
  return truncated ? listFolders(api, sha, paths) : tree
}

/** GitHub truncates the list of a whole tree above 100,000 entries. Single folders are still complete. */
async function listFolders(api: GitHubApi, sha: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const folders = new Map<string, Promise<readonly Entry[]>>()

  function list(folder: string): Promise<readonly Entry[]> {
    let entries = folders.get(folder)
    if (!entries) folders.set(folder, (entries = read(folder)))
    return entries
  }

  async function read(folder: string): Promise<readonly Entry[]> {
    if (folder === '.') return (await getTree(api, sha, false)).tree
    const parent = await list(dirname(folder))
    const found = parent.find(({ type, path }) => type === 'tree' && path === folder)
    if (!found) return []
    const { tree } = await getTree(api, found.sha, false)
    return tree.map((entry) => ({ ...entry, path: join(folder, entry.path) }))
  }

  for (const path of paths) await list(dirname(path))
  return (await Promise.all(folders.values())).flat()
}

async function getTree(
  { request }: GitHubApi,
  sha: string,
  isRecursive: boolean,
): Promise<{ readonly tree: readonly Entry[]; readonly truncated: boolean }> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    tree_sha: sha,
    ...(isRecursive && { recursive: '1' }),
  })
  return data
}
