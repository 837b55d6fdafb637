import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  read,
  readFile,
  readFileSync,
  readSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { isErrno } from './safe-path.ts'

/** Missing on Windows, where only administrators can create links. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Without it, opening a named pipe blocks until someone writes to it. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** How much of a file is read at a time. */
const CHUNK_BYTES = 2 ** 20

/**
 * Only larger files are read on another thread. Up to here, each change of threads takes longer than opening, reading
 * and closing the file: with thousands of pages and images it was a quarter of a plan.
 */
const SMALL_BYTES = 2 ** 16

const readElsewhere = promisify(read)
const readFileElsewhere = promisify(readFile)

/** What is at a path: a file, nothing, or something that is not a file. */
export type Found<T> =
  | ({ readonly kind: 'file' } & T)
  | { readonly kind: 'nothing' }
  | { readonly kind: 'other'; readonly what: 'a folder' | 'a symbolic link' | 'not a regular file' }

/** Reads a whole file. Refuses a path that is itself a symbolic link. */
export function readRegularFile(path: string): Promise<Found<{ readonly bytes: Uint8Array<ArrayBuffer> }>> {
  return withFile(path, async (file, size) => ({
    bytes: size <= SMALL_BYTES ? readFileSync(file) : await readFileElsewhere(file),
  }))
}

/**
 * SHA-256 of a file, without holding it in memory.
 *
 * @param hasSize  whether a file of this many bytes is of interest; the hash of another one is `undefined`
 */
export function hashRegularFile(
  path: string,
  hasSize: (bytes: number) => boolean,
): Promise<Found<{ readonly sha256: string | undefined }>> {
  return withFile(path, async (file, size) => {
    if (!hasSize(size)) return { sha256: undefined }
    const hash = createHash('sha256')
    await passOn(file, size, (piece) => hash.update(piece))
    return { sha256: hash.digest('hex') }
  })
}

/**
 * Passes on a file without holding it in memory.
 *
 * @param take  is given the next bytes, which are valid until what it returns is settled
 */
export function passOnRegularFile(
  path: string,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<Found<object>> {
  return withFile(path, async (file, size) => {
    await passOn(file, size, take)
    return {}
  })
}

/** By which a file is recognised as long as its content is the same, also where it was moved to; `undefined`: no file. */
export type Identity = string | undefined

export function identityAt(path: string): Identity {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`
}

/** SHA-256 of the pieces' bytes together. */
export function sha256Of(...pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** Buffers are reused: a thousand allocations for a thousand images would cost more than hashing them. */
async function passOn(file: number, size: number, take: (piece: Uint8Array) => unknown): Promise<void> {
  const buffer = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
  try {
    for (let at = 0; at < size;) {
      const bytesRead = await readChunk(file, buffer, Math.min(CHUNK_BYTES, size - at), at)
      // Truncated meanwhile: the rest can't have the expected hash.
      if (bytesRead === 0) break
      await take(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
  } finally {
    spareBuffers.push(buffer)
  }
}

/** One for each file read at the same time. */
const spareBuffers: Buffer<ArrayBuffer>[] = []

/** @returns how many bytes were read */
async function readChunk(file: number, buffer: Buffer, bytes: number, at: number): Promise<number> {
  if (bytes <= SMALL_BYTES) return readSync(file, buffer, 0, bytes, at)
  return (await readElsewhere(file, buffer, 0, bytes, at)).bytesRead
}

async function withFile<T extends object>(
  path: string,
  use: (file: number, size: number) => Promise<T>,
): Promise<Found<T>> {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
    const stats = fstatSync(file)
    if (stats.isDirectory()) return { kind: 'other', what: 'a folder' }
    if (!stats.isFile()) return { kind: 'other', what: 'not a regular file' }
    return { kind: 'file', ...(await use(file, stats.size)) }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'nothing' }
    if (isErrno(error, 'ELOOP', 'EMLINK')) return { kind: 'other', what: 'a symbolic link' }
    if (isErrno(error, 'EISDIR')) return { kind: 'other', what: 'a folder' }
    if (isErrno(error, 'ENXIO')) return { kind: 'other', what: 'not a regular file' }
    throw error
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
