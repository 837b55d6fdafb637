import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'

/** At most this many pieces go into one `writev`; Linux takes 1,024. */
const PIECES_MAX = 512

/**
 * Writes a file whole or not at all: readers see the old content or the new one, also after a crash. Folders are
 * made. The bytes may come in pieces, which are never joined (no library of this kind takes pieces).
 *
 * @throws a system error; nothing is left behind then, and an old file is as it was
 */
export async function writeAtomic(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = temporaryName(path)
  try {
    const file = await openNew(temporary)
    try {
      for (let at = 0; at < pieces.length; at += PIECES_MAX)
        await writeAll(file, pieces.slice(at, at + PIECES_MAX))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

/**
 * Whether a file could be written there now: makes its folder, and creates and removes a file in it.
 *
 * @throws a system error that says why not
 */
export async function probeWritable(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryName(path)
  const file = await openNew(temporary)
  await file.close()
  await unlink(temporary)
}

/** Beside the file, so that renaming stays within one file system. Hidden, and told by its ending. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.easel-tmp`)
}

/** Refuses a file, or a link, that is already there. */
function openNew(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644)
}

/** `writev` may write less than it was given. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  let left = pieces.filter((piece) => piece.byteLength > 0)
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left)
    left = dropBytes(left, bytesWritten)
  }
}

function dropBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let toDrop = count
  return pieces.flatMap((piece) => {
    const dropped = Math.min(toDrop, piece.byteLength)
    toDrop -= dropped
    return dropped === piece.byteLength ? [] : [piece.subarray(dropped)]
  })
}
