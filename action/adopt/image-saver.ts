import { rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ReadyImage } from '../config/fit-model.ts'
import { createLinkFinder, inWorkspace, isErrno } from '../files/safe-path.ts'
import { probeWritable, writeAtomic } from '../files/write-atomic.ts'
import { readFileState } from '../plan/file-state.ts'
import type { PlannedImage } from '../plan/plan.ts'

/** An image can't be written to its path. The message says why and, if the image was paid for, where it is. */
export class SaveError extends Error {
  override readonly name = 'SaveError'
  /** Where the image is instead. */
  readonly rescuedTo: string | undefined

  constructor(message: string, rescuedTo?: string, cause?: unknown) {
    super(message, { cause })
    this.rescuedTo = rescuedTo
  }
}

/** Writes images to the workspace. */
export interface ImageSaver {
  /** Call it before paying. @throws {SaveError} when the file could not be written now */
  check(image: ReadyImage): Promise<void>
  /**
   * Writes a whole image or nothing. An image that can't be written to its path goes to the rescue folder.
   *
   * @throws {SaveError}
   */
  save(planned: PlannedImage, pieces: readonly Uint8Array[]): Promise<void>
  /**
   * Writes bytes that can't be used as they are to the rescue folder.
   *
   * @returns where they are
   * @throws {SaveError}
   */
  rescue(path: string, pieces: readonly Uint8Array[]): Promise<string>
  removeRescued(file: string): Promise<void>
}

/** @param rescueFolder  outside the workspace; for images that were paid for but can't be written to their path */
export function createImageSaver(root: string, rescueFolder: string): ImageSaver {
  async function writeToRescueFolder(path: string, pieces: readonly Uint8Array[]): Promise<string> {
    const target = join(rescueFolder, ...path.split('/'))
    await writeAtomic(target, pieces)
    return target
  }

  async function refuseLinks(path: string): Promise<void> {
    // A new finder each time: the folder may have become a link since the plan.
    const link = await createLinkFinder(root).linkIn(path)
    if (link !== undefined) throw new SaveError(`${path} now goes through the symbolic link ${link}.`)
  }

  return {
    async rescue(path, pieces) {
      try {
        return await writeToRescueFolder(path, pieces)
      } catch (error) {
        const why = `${path} could not be saved to ${rescueFolder}: ${systemErrorText(error)}`
        throw new SaveError(why, undefined, error)
      }
    },
    async removeRescued(file) {
      await unlink(file)
      // Then its folders, up to the first that isn't empty.
      for (let folder = dirname(file); folder.startsWith(rescueFolder); folder = dirname(folder)) {
        const isRemoved = await rmdir(folder).then(
          () => true,
          () => false,
        )
        if (!isRemoved) return
      }
    },
    async check({ path }) {
      await refuseLinks(path)
      try {
        await probeWritable(inWorkspace(root, path))
      } catch (error) {
        const why = `${path} can’t be written, so Easel did not request it: ${systemErrorText(error)}`
        throw new SaveError(why, undefined, error)
      }
    },
    async save({ image: { path }, entry, file }, pieces) {
      try {
        await refuseLinks(path)
        const now = await readFileState(root, path, entry)
        if (now.kind === 'other') throw new SaveError(`${path} has become ${now.what}.`)
        if (now.kind === 'different' && file.kind !== 'different') {
          throw new SaveError(`Someone else changed ${path} while its image was being generated.`)
        }
        await writeAtomic(inWorkspace(root, path), pieces)
      } catch (error) {
        const why =
          error instanceof SaveError ? error.message : `${path} can’t be written: ${systemErrorText(error)}`
        throw await rescued(why, path, pieces, error)
      }
    },
  }

  async function rescued(
    why: string,
    path: string,
    pieces: readonly Uint8Array[],
    cause: unknown,
  ): Promise<SaveError> {
    try {
      const file = await writeToRescueFolder(path, pieces)
      return new SaveError(`${why} The image was saved to ${file}.`, file, cause)
    } catch (error) {
      const also = `It could not be saved to ${rescueFolder} either: ${systemErrorText(error)}`
      return new SaveError(`${why} ${also}`, undefined, error)
    }
  }
}

/** A system error as the end of a sentence. */
export function systemErrorText(error: unknown): string {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return 'the disk is full.'
  if (isErrno(error, 'EACCES', 'EPERM')) return 'permission denied.'
  if (isErrno(error, 'EROFS')) return 'the file system is read-only.'
  if (isErrno(error, 'ENOTDIR', 'EEXIST')) return 'one of its folders is a file.'
  if (isErrno(error, 'EISDIR')) return 'it is a folder.'
  if (isErrno(error, 'EMFILE', 'ENFILE')) return 'too many files are open; lower the concurrency.'
  if (isErrno(error, 'ENAMETOOLONG')) return 'its name is too long.'
  return error instanceof Error ? `${error.message}.` : `${String(error)}.`
}
