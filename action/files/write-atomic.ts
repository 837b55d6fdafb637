import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'

/** Pieces in one `writev`; Linux accepts 1,024. */
const PIECES_MAX = 512

/**
 * Writes a whole file or nothing: readers see the old content or the new, even after a crash. Creates missing folders.
 * The pieces are never joined in memory, which libraries for atomic writes would require.
 *
 * @throws a system error; then nothing is left behind, and an existing file is unchanged
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
 * Checks that a file can be written: creates its folder, then creates and removes a file in it.
 *
 * @throws a system error when it can't
 */
export async function probeWritable(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryName(path)
  const file = await openNew(temporary)
  await file.close()
  await unlink(temporary)
}

/** Next to the file, so that renaming stays within one file system. Hidden, and recognisable by its ending. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.easel-tmp`)
}

/** Fails if a file or a link already exists. */
function openNew(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644)
}

/** `writev` may write only a part. */
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
