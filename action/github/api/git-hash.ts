import { createHash } from 'node:crypto'

/** The SHA-1 that git uses as the name of a file's content. */
export function blobSha(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
}
