import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, rmdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatOfMediaType, formatOfPath } from '../config/file-format.ts'
import { type ArrivingFile, createArrivingFile, partOf } from '../files/arriving-file.ts'
import { inWorkspace, isErrno } from '../files/safe-path.ts'
import { stateFolderIn, stateFolderOf } from '../files/state-folder.ts'
import { type Folder, folderAt, removeTemporaryFiles } from '../files/write-atomic.ts'
import { LockError } from './lock-error.ts'
import { createLockStore } from './lock-store.ts'
import type { LockEntries, LockEntry } from './schema.ts'

/** An image that is paid for and not, or not yet, in its place. */
export interface RescuedImage {
  /** Where it belongs. */
  readonly path: string
  /** About its bytes as they are, which may be of another type than `path` ends with. */
  readonly entry: LockEntry
  /** Absolute. */
  readonly file: string
  /** Forgets it, and removes its file if there is one. */
  drop(): Promise<void>
}

/**
 * A folder of images that are paid for and not in their place, and a lock about them. Every image passes through one:
 * so a run that is killed at any moment leaves either the image here, or the entry here and the image in its place.
 * No image takes the place of another one that is for the same path: the second is in a folder named after its hash.
 */
export interface RescueFolder {
  readonly folder: string
  /** Of some the file may be gone. */
  list(): Promise<readonly RescuedImage[]>
  /** Removes what never became whole, and the folder if nothing else is in it. Call it once nothing is arriving. */
  close(): Promise<void>
  /** Starts on an image. @throws a system error when the folder can't be written, or belongs to somebody else */
  receive(): Promise<ArrivingImage>
}

/** An image on its way into a rescue folder. */
export interface ArrivingImage extends Pick<ArrivingFile, 'write' | 'pieces' | 'discard'> {
  /** @throws a system error when it can't be written; then it isn't there, and can still be read here */
  keep(path: string, entry: LockEntry): Promise<RescuedImage>
}

/** The name of a rescue folder's lock. */
const LOCK = 'easel.lock.json'

/** Characters of an image's SHA-256 that are the name of such a folder. */
const HASH_LENGTH = 16

/**
 * The rescue folders of a workspace: the second is for when the first can't be written.
 *
 * @param root  with symbolic links resolved
 */
export function rescueFoldersOf(root: string): readonly [RescueFolder, RescueFolder] {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return [
    createRescueFolder(join(stateFolderIn(root), 'rescued'), stateFolderOf(root)),
    createRescueFolder(join(tmpdir(), `easel-rescued-${name}`)),
  ]
}

export function createRescueFolder(folder: string, above: Folder = folderAt(dirname(folder))): RescueFolder {
  const lock = createLockStore(folder, LOCK, { survives: 'kill' })
  const itself: Folder = { path: folder, open }
  let isOpen = false
  /** Ends once nothing is being dropped: not everybody waits for that. */
  let dropping: Promise<unknown> = Promise.resolve()

  /** Under which the lock knows an image: its path, if that is free. */
  async function keyFor(path: string, { sha256 }: LockEntry): Promise<string> {
    const other = (await read()).get(path)
    return other && other.sha256 !== sha256 ? `${folderName(sha256)}/${path}` : path
  }

  function fileOf(key: string, { media_type }: LockEntry): string {
    if (formatOfPath(key) === formatOfMediaType(media_type)) return inWorkspace(folder, key)
    // No image has such a path, so nothing else is there.
    const subtype = /^image\/([a-z\d]+)/.exec(media_type)?.[1] ?? 'bin'
    return inWorkspace(folder, `${key}.as.${subtype}`)
  }

  function rescued(key: string, entry: LockEntry, file = fileOf(key, entry)): RescuedImage {
    const own = `${folderName(entry.sha256)}/`
    return {
      path: key.startsWith(own) ? key.slice(own.length) : key,
      entry,
      file,
      drop() {
        const dropped = forget(key, entry)
        dropping = Promise.allSettled([dropping, dropped])
        return dropped
      },
    }
  }

  /** The file of an image; its part, if a run was killed right before it had its name. */
  async function found(key: string, entry: LockEntry): Promise<string> {
    const file = fileOf(key, entry)
    return (await isThere(partOf(file))) ? partOf(file) : file
  }

  async function forget(key: string, entry: LockEntry): Promise<void> {
    const file = fileOf(key, entry)
    for (const name of [file, partOf(file)]) await unlink(name).catch(() => {})
    lock.setLater(key, undefined)
  }

  async function read(): Promise<LockEntries> {
    try {
      return await lock.read()
    } catch (error) {
      if (!(error instanceof LockError)) throw error
      throw new LockError(
        `${join(folder, LOCK)} can’t be read, so nobody knows what the images beside it are of. Look at them, then move ${folder} away.`,
        { cause: error },
      )
    }
  }

  async function open(): Promise<void> {
    await above.open()
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (!(await isOwn(folder))) throw new TypeError(`${folder} belongs to somebody else.`)
    isOpen = true
  }

  return {
    folder,
    async list() {
      await dropping
      if (!(await isOwn(folder))) return []
      // Of an entry that stays, the file is gone.
      await lock.flush().catch(() => {})
      return Promise.all(
        Array.from(await read(), async ([key, entry]) => rescued(key, entry, await found(key, entry))),
      )
    },
    async close() {
      isOpen = false
      if (!(await isOwn(folder))) return
      await removeTemporaryFiles(folder)
      await lock.flush().catch(() => {})
      if ((await read()).size > 0) return
      await unlink(join(folder, LOCK)).catch(() => {})
      await removeEmptyFolders(folder)
    },
    async receive() {
      if (!isOpen) await open()
      const file = createArrivingFile(itself)
      return {
        write: file.write,
        pieces: file.pieces,
        discard: file.discard,
        async keep(path, entry) {
          const key = await keyFor(path, entry)
          const image = rescued(key, entry)
          try {
            // The entry first: once the last byte is written, the file is known. Until then its hash is another one.
            await lock.set(key, entry)
            await file.complete(image.file)
            return image
          } catch (error) {
            await image.drop().catch(() => {})
            throw error
          }
        },
      }
    },
  }
}

function folderName(sha256: string): string {
  return sha256.slice(0, HASH_LENGTH)
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** Whether a folder is there and this user's: the temporary folder is open to everyone. */
async function isOwn(folder: string): Promise<boolean> {
  try {
    const stats = await lstat(folder)
    return stats.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid())
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

async function removeEmptyFolders(top: string): Promise<void> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  const folders = entries.flatMap((one) => (one.isDirectory() ? [join(one.parentPath, one.name)] : []))
  // What is inside another one comes first.
  for (const folder of [...folders.toSorted().toReversed(), top]) await rmdir(folder).catch(() => {})
}
