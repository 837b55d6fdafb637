import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path/posix'
import { parseLock } from '../../lock/lock-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import type { GitHubApi } from './api.ts'
import { statusOf } from './failure.ts'

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

/** Whether a commit or a branch holds a commit: it is that one, or was built on it. */
export async function holds({ request }: GitHubApi, head: string, sha: string): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}'
  const { data } = await request(route, { basehead: `${sha}...${head}`, per_page: 1 })
  return data.behind_by === 0
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
  const { tree, truncated } = await getTree(api, sha, { recursive: '1' })
  const wanted = [lockPath, ...paths].map((path) => folder + path)
  const entries = truncated ? await listFolders(api, sha, wanted) : tree
  const blobs = new Map<string, string>()
  for (const { type, path, sha: blob } of entries) {
    if (type === 'blob' && path.startsWith(folder)) blobs.set(path.slice(folder.length), blob)
  }
  const lockBlob = blobs.get(lockPath)
  const lockText = lockBlob === undefined ? undefined : await readText(api, lockBlob)
  return {
    sha,
    blobs,
    lock: lockText === undefined ? new Map() : parseLock(lockText, `${lockPath} at ${sha.slice(0, 7)}`),
    submodules: entries.flatMap(({ type, path }) => (type === 'commit' ? [path] : [])),
  }
}

/** The content of a file at GitHub. */
export async function readBlob({ request }: GitHubApi, sha: string): Promise<Uint8Array<ArrayBuffer>> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    file_sha: sha,
  })
  return Uint8Array.from(Buffer.from(data.content, 'base64'))
}

export async function readText(api: GitHubApi, sha: string): Promise<string> {
  return new TextDecoder().decode(await readBlob(api, sha))
}

/** The SHA-1 that git uses as the name of a file's content. */
export function blobSha(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
}

interface Entry {
  readonly type: string
  readonly path: string
  readonly sha: string
}

/**
 * What is in the folders of some files, and in those above them. GitHub truncates the list of a whole tree above
 * 100,000 entries. Single folders are still complete.
 */
async function listFolders(api: GitHubApi, sha: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const entries = new Map<string, Entry>()
  const listed = new Set<string>()

  async function list(folder: string): Promise<void> {
    if (listed.has(folder)) return
    listed.add(folder)
    if (folder !== '.') await list(dirname(folder))
    const found = entries.get(folder)
    if (folder !== '.' && found?.type !== 'tree') return
    for (const entry of (await getTree(api, found?.sha ?? sha)).tree) {
      const path = join(folder, entry.path)
      entries.set(path, { ...entry, path })
    }
  }

  for (const path of paths) await list(dirname(path))
  return [...entries.values()]
}

async function getTree(
  { request }: GitHubApi,
  sha: string,
  options: { readonly recursive?: '1' } = {},
): Promise<{ readonly tree: readonly Entry[]; readonly truncated: boolean }> {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}'
  const { data } = await request(route, { tree_sha: sha, ...options })
  return data
}
