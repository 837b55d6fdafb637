import { type FileHandle, unlink } from 'node:fs/promises'
import { createFile, type Folder, inFolder, moveFile, temporaryName, writeAll } from './write-atomic.ts'

/** So much of the start of a file is held back, which is all of a small one. */
const HELD_BYTES = 2 ** 20

/** How much is read at a time. */
const PIECE_BYTES = 2 ** 20

/**
 * A file that is written while its bytes arrive, and its start last. Until then no file holds all of it, so a process
 * that is killed leaves none that nobody knows of. Memory doesn't depend on its size.
 */
export interface ArrivingFile {
  /** @param bytes  not looked at any more afterwards  @throws a system error */
  write(bytes: Uint8Array): Promise<void>
  /** What was written, in pieces. Each is valid until the next one is asked for. */
  pieces(): AsyncIterable<Uint8Array>
  /**
   * Completes the file and puts it in place of what is at `path`. It becomes whole under its part's name: see
   * {@link partOf}. Creates missing folders.
   *
   * @throws a system error; then nothing has changed at `path`
   */
  complete(path: string): Promise<void>
  /** Removes what is not complete. */
  discard(): Promise<void>
}

/** What a file is called right before it is at `path`. A process that is killed then leaves all of it or less. */
export function partOf(path: string): string {
  return `${path}.part`
}

/** @param folder  for what has not arrived yet, on the file system of the paths to come */
export function createArrivingFile(folder: Folder): ArrivingFile {
  const held: Uint8Array[] = []
  let heldBytes = 0
  let length = 0
  let unfinished: { readonly file: FileHandle; path: string } | undefined

  async function open(): Promise<NonNullable<typeof unfinished>> {
    if (unfinished) return unfinished
    const path = temporaryName(folder.path, 'arriving')
    unfinished = { path, file: await inFolder(folder, () => createFile(path)) }
    return unfinished
  }

  return {
    async write(bytes) {
      if (length === heldBytes && heldBytes < HELD_BYTES) {
        held.push(new Uint8Array(bytes))
        heldBytes += bytes.byteLength
      } else await writeAll((await open()).file, [bytes], length)
      length += bytes.byteLength
    },
    async *pieces() {
      yield* held
      if (!unfinished) return
      const piece = new Uint8Array(Math.min(PIECE_BYTES, length - heldBytes))
      for (let at = heldBytes; at < length;) {
        const { bytesRead } = await unfinished.file.read(piece, 0, Math.min(piece.length, length - at), at)
        if (bytesRead === 0) throw new TypeError(`${unfinished.path} has become shorter`)
        yield piece.subarray(0, bytesRead)
        at += bytesRead
      }
    },
    async complete(path) {
      const arriving = await open()
      await moveFile(arriving.path, partOf(path))
      arriving.path = partOf(path)
      await writeAll(arriving.file, held, 0)
      await arriving.file.sync()
      // Still open: if this fails, everything can be read.
      await moveFile(arriving.path, path)
      unfinished = undefined
      await arriving.file.close().catch(() => {})
    },
    async discard() {
      const arriving = unfinished
      unfinished = undefined
      await arriving?.file.close().catch(() => {})
      if (arriving) await unlink(arriving.path).catch(() => {})
    },
  }
}
