import { createHash } from 'node:crypto'
import { lstat, mkdir, rmdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatOfMediaType, formatOfPath } from '../config/file-format.ts'
import { inWorkspace, isErrno } from '../files/safe-path.ts'
import { openStateFolder, stateFolderIn } from '../files/state-folder.ts'
import { writeNew } from '../files/write-atomic.ts'
import { createLockStore } from './lock-store.ts'
import type { LockEntry } from './schema.ts'

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
 */
export interface RescueFolder {
  readonly folder: string
  /** Of some the file may be gone. */
  list(): Promise<readonly RescuedImage[]>
  /** Removes it if nothing is in it. */
  close(): Promise<void>
  /** @throws a system error when it can't be written */
  keep(path: string, entry: LockEntry, pieces: readonly Uint8Array[]): Promise<RescuedImage>
}

/** The name of a rescue folder's lock. */
const LOCK = 'easel.lock.json'

/**
 * The rescue folders of a workspace: the second is for when the first can't be written.
 *
 * @param root  with symbolic links resolved
 */
export function rescueFoldersOf(root: string): readonly [RescueFolder, RescueFolder] {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const open = async (): Promise<void> => void (await openStateFolder(root))
  return [
    createRescueFolder(join(stateFolderIn(root), 'rescued'), { open }),
    createRescueFolder(join(tmpdir(), `easel-rescued-${name}`)),
  ]
}

/** @param open  prepares the folder above it */
export function createRescueFolder(
  folder: string,
  { open = () => Promise.resolve() }: { readonly open?: () => Promise<void> } = {},
): RescueFolder {
  const lock = createLockStore(folder, LOCK, { survives: 'kill' })
  /** Ends once nothing is being dropped: not everybody waits for that. */
  let dropping: Promise<unknown> = Promise.resolve()

  function fileOf(path: string, { media_type }: LockEntry): string {
    const isOfItsType = formatOfPath(path) === formatOfMediaType(media_type)
    const subtype = /^image\/([a-z\d]+)/.exec(media_type)?.[1] ?? 'bin'
    return inWorkspace(folder, isOfItsType ? path : `${path}.${subtype}`)
  }

  function rescued(path: string, entry: LockEntry): RescuedImage {
    const file = fileOf(path, entry)
    return {
      path,
      entry,
      file,
      drop() {
        const dropped = forget(path, entry, file)
        dropping = Promise.allSettled([dropping, dropped])
        return dropped
      },
    }
  }

  async function forget(path: string, entry: LockEntry, file: string): Promise<void> {
    await unlink(file).catch(() => {})
    // Unless another one was kept for its path since.
    const now = (await lock.read()).get(path)
    if (now?.sha256 === entry.sha256) await lock.set(path, undefined)
    await removeEmptyFolders(dirname(file), folder)
  }

  return {
    folder,
    async list() {
      await dropping
      if (!(await isOwn(folder))) return []
      return Array.from(await lock.read(), ([path, entry]) => rescued(path, entry))
    },
    async close() {
      if (!(await isOwn(folder)) || (await lock.read()).size > 0) return
      await unlink(join(folder, LOCK)).catch(() => {})
      await rmdir(folder).catch(() => {})
    },
    async keep(path, entry, pieces) {
      await open()
      await mkdir(folder, { recursive: true, mode: 0o700 })
      if (!(await isOwn(folder))) throw new TypeError(`${folder} belongs to somebody else.`)
      const image = rescued(path, entry)
      // The entry first: once the last byte is written, the file is known. Until then its hash is another one.
      await lock.set(path, entry)
      try {
        await writeNew(image.file, pieces)
        return image
      } catch (error) {
        await image.drop().catch(() => {})
        throw error
      }
    },
  }
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

async function removeEmptyFolders(from: string, top: string): Promise<void> {
  for (let folder = from; folder.length > top.length; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
  }
}
