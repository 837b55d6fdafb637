import { passOnRegularFile } from '../files/read-file.ts'
import { lfsPaths } from '../git/checkout.ts'
import { LFS_POINTER_MAX_BYTES, parseLfsPointer } from '../git/lfs-pointer.ts'
import { isText } from '../lock/file-state.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { LockEntry } from '../lock/schema.ts'
import { type IncomingImage, storeAsGitDoes } from './receive-image.ts'
import type { ImageSaver } from './image-saver.ts'
import { SaveError } from './save-error.ts'

/** A file, and the entry that it is of. */
export interface CopySource {
  readonly entry: LockEntry
  /** Absolute. */
  readonly file: string
}

/**
 * Keeps a copy of a file in the rescue folder. A pointer of Git LFS is as good as its file where the copy is in LFS too.
 *
 * @param path  where the copy belongs
 * @throws {SaveError} when the file is no longer what its entry says
 */
export async function keepCopy(
  path: string,
  { entry, file }: CopySource,
  saver: ImageSaver,
): Promise<RescuedImage> {
  await using incoming = saver.receive()
  const { kind } = await passOnRegularFile(file, (piece) => incoming.write(piece))
  const isSame = (): boolean => kind === 'file' && incoming.summary().sha256 === entry.sha256
  if (!isSame() && isText(file)) await storeAsGitDoes(incoming)
  const isWhole = isSame()
  if (!isWhole && !(await isPointerTo(entry, incoming)))
    throw new SaveError(`${file} has changed since the plan: run Easel again.`)
  if (!isWhole && !(await lfsPaths(saver.root, [path])).has(path)) {
    throw new SaveError(
      `${file} is only a pointer of Git LFS, and ${path} isn’t in Git LFS: fetch the file with git lfs pull (lfs: true for actions/checkout), and run Easel again.`,
    )
  }
  return await incoming.keep(path, entry)
}

async function isPointerTo({ sha256 }: LockEntry, incoming: IncomingImage): Promise<boolean> {
  if (incoming.summary().bytes > LFS_POINTER_MAX_BYTES) return false
  return parseLfsPointer(await incoming.read())?.sha256 === sha256
}
