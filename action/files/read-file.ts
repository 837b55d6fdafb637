import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { sha256Hex } from '../../shared/fingerprint.ts'
import { isErrno } from './safe-path.ts'

/** Not on Windows, where opening never follows into another user's trap the way it can elsewhere. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Without it, opening a named pipe waits for someone to write into it. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** What is at a path: a file's bytes; else that there is none, or what is in its place. */
export type Found =
  | { readonly kind: 'file'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'other'; readonly what: 'a folder' | 'a symbolic link' | 'no regular file' }

/** Reads a file whole; never through a symbolic link at its end. */
export async function readRegularFile(path: string): Promise<Found> {
  try {
    await using file = await open(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
    const stats = await file.stat()
    if (stats.isDirectory()) return { kind: 'other', what: 'a folder' }
    if (!stats.isFile()) return { kind: 'other', what: 'no regular file' }
    return { kind: 'file', bytes: await file.readFile() }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'nothing' }
    if (isErrno(error, 'ELOOP', 'EMLINK')) return { kind: 'other', what: 'a symbolic link' }
    if (isErrno(error, 'EISDIR')) return { kind: 'other', what: 'a folder' }
    if (isErrno(error, 'ENXIO')) return { kind: 'other', what: 'no regular file' }
    throw error
  }
}

/** SHA-256 and length of some bytes, computed off the main thread. */
export async function digest(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  return { sha256: await sha256Hex(bytes), bytes: bytes.byteLength }
}

/** SHA-256 of bytes in pieces. */
export function sha256OfPieces(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
