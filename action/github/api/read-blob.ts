import { createHash } from 'node:crypto'
import type { GitHubApi } from './api.ts'

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
