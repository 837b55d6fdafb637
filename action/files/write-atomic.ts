import { constants } from 'node:fs'
import {
  access,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  unlink,
  writeFile,
} from 'node:fs/promises'

import { basename, dirname, join } from 'node:path'
import { createHash, randomBytes } from 'node:crypto'
import { type Identity, identityAt } from './read-file.ts'
import { isErrno } from './safe-path.ts'

/** Pieces in one `writev`; Linux accepts 1,024. */
const PIECES_MAX = 512

/** The ending of files that are not whole yet. */
const TEMPORARY = '.easel-tmp'

/** A folder that is created once something needs it. */
export interface Folder {
  /** Absolute. */
  readonly path: string
  /** Creates it. @throws a system error */
  open(): Promise<unknown>
}

export function folderAt(path: string): Folder {
  return { path, open: () => mkdir(path, { recursive: true }) }
}

/** Does something in a folder. It nearly always exists, so it is created only once it turns out to be missing. */
export async function inFolder<T>(folder: Folder, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    await folder.open()
    return act()
  }
}

export interface AtomicOptions {
  /** Where the file is until it is whole; default: next to it. */
  readonly temporary?: Folder | undefined
  /** A file that only has to survive the end of this process needs no wait for the disk. Default: `power cut`. */
  readonly survives?: 'power cut' | 'kill'
}

/**
 * Writes a whole file or nothing: readers see the old content or the new, even after a crash. Creates missing
 * folders.
 *
 * @returns by which the file can be recognised
 * @throws a system error; then nothing is left behind, and an existing file is unchanged
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  { temporary = folderAt(dirname(path)), survives = 'power cut' }: AtomicOptions = {},
): Promise<Identity> {
  const unfinished = temporaryName(temporary.path, path)
  try {
    // Fails if a file or a link is there.
    const options = { flag: 'wx', mode: 0o644, flush: survives === 'power cut' }
    await inFolder(temporary, () => writeFile(unfinished, content, options))
    const identity = identityAt(unfinished)
    await moveFile(unfinished, path)
    return identity
  } catch (error) {
    await unlink(unfinished).catch(() => {})
    throw error
  }
}

/** Creates a file. @throws a system error, also when a file or a link is there */
export function createFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o644)
}

/**
 * Moves a file to where there may be another one. Readers see one or the other. Creates missing folders.
 *
 * @throws a system error; then both are unchanged
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await inFolder(folderAt(dirname(to)), () => rename(from, to))
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw error
    await copyBeside(from, to)
    await unlink(from)
  }
}

/** Across file systems. */
async function copyBeside(from: string, to: string): Promise<void> {
  // Always the same name: whoever moves the file again, after a process that was killed here, leaves nothing behind.
  const name = createHash('sha256').update(basename(to)).digest('hex').slice(0, 32)
  const unfinished = join(dirname(to), `.${name}${TEMPORARY}`)
  try {
    await unlink(unfinished).catch(() => {})
    await copyFile(from, unfinished, constants.COPYFILE_EXCL)
    await using file = await open(unfinished, 'r+')
    await file.sync()
    await rename(unfinished, to)
  } catch (error) {
    await unlink(unfinished).catch(() => {})
    throw error
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

/** The name of a file that isn't whole yet: hidden, and recognisable by its ending. */
export function temporaryName(folder: string, path: string): string {
  return join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}${TEMPORARY}`)
}

/** Writes pieces at an offset. `writev` may write only a part. */
export async function writeAll(
  file: FileHandle,
  pieces: readonly Uint8Array[],
  offset: number,
): Promise<void> {
  let at = offset
  let left = pieces.filter((piece) => piece.byteLength > 0)
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left.slice(0, PIECES_MAX), at)
    at += bytesWritten
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
