import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { isErrno } from './safe-path.ts'

/** Not on Windows, where links need rights that nobody else has. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Without it, opening a named pipe waits for someone to write into it. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** How much of a file is hashed at once. */
const CHUNK_BYTES = 2 ** 20

/** What is at a path: something of a file; else that there is none, or what is in its place. */
export type Found<T> =
  | ({ readonly kind: 'file' } & T)
  | { readonly kind: 'nothing' }
  | { readonly kind: 'other'; readonly what: 'a folder' | 'a symbolic link' | 'no regular file' }

/** Reads a file whole; never through a symbolic link at its end. */
export function readRegularFile(path: string): Promise<Found<{ readonly bytes: Uint8Array<ArrayBuffer> }>> {
  return withFile(path, async (file) => ({ bytes: await file.readFile() }))
}

/**
 * SHA-256 of a file, without holding it: memory that is used again for the next file keeps a thousand images
 * from being a thousand allocations, which would cost more than hashing them.
 *
 * @param expectedBytes  a file of another length is not hashed; its hash is then `undefined`
 */
export function hashRegularFile(
  path: string,
  expectedBytes: number,
): Promise<Found<{ readonly sha256: string | undefined }>> {
  return withFile(path, async (file, size) => {
    if (size !== expectedBytes) return { sha256: undefined }
    const buffer = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
    try {
      const hash = createHash('sha256')
      for (let at = 0; at < size;) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, size - at), at)
        // Truncated since: what is left can't have the hash that is looked for.
        if (bytesRead === 0) break
        hash.update(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
      return { sha256: hash.digest('hex') }
    } finally {
      spareBuffers.push(buffer)
    }
  })
}

/** SHA-256 of bytes, in one piece or several. */
export function sha256Of(...pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** As many as there were files being hashed at the same time. */
const spareBuffers: Buffer<ArrayBuffer>[] = []

async function withFile<T extends object>(
  path: string,
  use: (file: FileHandle, size: number) => Promise<T>,
): Promise<Found<T>> {
  try {
    await using file = await open(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
    const stats = await file.stat()
    if (stats.isDirectory()) return { kind: 'other', what: 'a folder' }
    if (!stats.isFile()) return { kind: 'other', what: 'no regular file' }
    return { kind: 'file', ...(await use(file, stats.size)) }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'nothing' }
    if (isErrno(error, 'ELOOP', 'EMLINK')) return { kind: 'other', what: 'a symbolic link' }
    if (isErrno(error, 'EISDIR')) return { kind: 'other', what: 'a folder' }
    if (isErrno(error, 'ENXIO')) return { kind: 'other', what: 'no regular file' }
    throw error
  }
}
