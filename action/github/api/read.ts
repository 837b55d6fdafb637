import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path/posix'
import type { GitHubApi } from './api.ts'
import { unlessUnknown } from './failure.ts'

/** The commit that a branch points to; `undefined` when there is no such branch. */
export async function headOf({ request }: GitHubApi, branch: string): Promise<string | undefined> {
  const ref = `heads/${branch}`
  const found = await request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ref }).catch(unlessUnknown)
  return found?.data.object.sha
}

/** Whether a commit, or the one of a branch, is another one or was built on it. */
export async function holds({ request }: GitHubApi, head: string, sha: string): Promise<boolean> {
  if (head === sha) return true
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}'
  const range = { basehead: `${sha}...${head}`, per_page: 1 }
  const compared = await request(route, range).catch(unlessUnknown)
  return compared?.data.behind_by === 0
}

/** The content of a file. */
export async function readBlob({ request }: GitHubApi, sha: string): Promise<Uint8Array<ArrayBuffer>> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { file_sha: sha })
  return Uint8Array.from(Buffer.from(data.content, 'base64'))
}

/** The SHA-1 that git uses as the name of a file's content. */
export function blobSha(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
}

/** A file, folder or submodule. */
export type TreeEntry = Awaited<ReturnType<typeof getTree>>['tree'][number]

/**
 * What a commit holds. GitHub truncates the list of a whole tree above 100,000 entries, and single folders are still
 * complete: then it is what is in the folders of `paths`, and in those above them.
 */
export async function listFiles(
  api: GitHubApi,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  const { tree, truncated } = await getTree(api, commit, { recursive: '1' })
  if (!truncated) return tree
  const entries = new Map<string, TreeEntry>()
  const listed = new Set<string>()

  async function list(folder: string): Promise<void> {
    if (listed.has(folder)) return
    listed.add(folder)
    if (folder !== '.') await list(dirname(folder))
    const found = entries.get(folder)
    if (folder !== '.' && found?.type !== 'tree') return
    for (const entry of (await getTree(api, found?.sha ?? commit)).tree) {
      const path = join(folder, entry.path)
      entries.set(path, { ...entry, path })
    }
  }

  for (const path of paths) await list(dirname(path))
  return [...entries.values()]
}

async function getTree({ request }: GitHubApi, sha: string, options: { readonly recursive?: '1' } = {}) {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}'
  return (await request(route, { tree_sha: sha, ...options })).data
}
