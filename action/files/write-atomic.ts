import { constants } from 'node:fs'
import { access, type FileHandle, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { isErrno } from './safe-path.ts'

/** Pieces in one `writev`; Linux accepts 1,024. */
const PIECES_MAX = 512

/** The ending of files that are not whole yet. */
const TEMPORARY = '.easel-tmp'

interface AtomicOptions {
  /** Where the file is until it is whole; default: next to it. On another file system it is not used. */
  readonly temporaryFolder?: string
  /** A file that only has to survive the end of this process needs no wait for the disk. Default: `power cut`. */
  readonly survives?: 'power cut' | 'kill'
}

/**
 * Writes a whole file or nothing: readers see the old content or the new, even after a crash. Creates missing folders.
 * The pieces are never joined in memory, which libraries for atomic writes would require.
 *
 * @throws a system error; then nothing is left behind, and an existing file is unchanged
 */
export async function writeAtomic(
  path: string,
  pieces: readonly Uint8Array[],
  { temporaryFolder = dirname(path), survives = 'power cut' }: AtomicOptions = {},
): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = temporaryName(temporaryFolder, path)
  try {
    await writeNew(temporary, pieces, survives)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    if (!isErrno(error, 'EXDEV')) throw error
    await writeAtomic(path, pieces, { survives })
  }
}

/**
 * Writes a file in place of another one, for readers that can tell whether it is whole. Creates missing folders.
 *
 * @throws a system error; then there may be a part of it
 */
export async function writeNew(
  path: string,
  pieces: readonly Uint8Array[],
  survives: AtomicOptions['survives'] = 'power cut',
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { force: true })
  // Fails if a file or a link is there again.
  await using file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644)
  for (let at = 0; at < pieces.length; at += PIECES_MAX)
    await writeAll(file, pieces.slice(at, at + PIECES_MAX))
  if (survives === 'power cut') await file.sync()
}

/**
 * Moves a file to where there may be another one. Readers see one or the other. Creates missing folders.
 *
 * @throws a system error; then both are unchanged
 */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  try {
    await rename(from, to)
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw error
    await writeAtomic(to, [await readFile(from)])
    await unlink(from)
  }
}

/** Removes what killed processes left of writing files in a folder. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const left = entries.filter((entry) => entry.isFile() && entry.name.endsWith(TEMPORARY))
  await Promise.all(left.map(({ parentPath, name }) => unlink(join(parentPath, name)).catch(() => {})))
}

/**
 * Creates a file's folder, and checks that it can be written to. That the disk is full shows only later.
 *
 * @throws a system error when it can't
 */
export async function openFolderOf(path: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  await access(folder, constants.W_OK)
}

/** Hidden, and recognisable by its ending. */
function temporaryName(folder: string, path: string): string {
  return join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}${TEMPORARY}`)
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
