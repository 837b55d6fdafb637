import { rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ReadyImage } from '../config/fit-model.ts'
import { createLinkFinder, inWorkspace, isErrno } from '../files/safe-path.ts'
import { probeWritable, writeAtomic } from '../files/write-atomic.ts'
import { lookAtFile } from '../plan/file-state.ts'
import type { PlannedImage } from '../plan/plan.ts'

/** An image can't go where it should. The message says why and, when it was paid for, where it is. */
export class SaveError extends Error {
  override readonly name = 'SaveError'
  /** Where the image was put instead. */
  readonly rescuedTo: string | undefined

  constructor(message: string, rescuedTo?: string, cause?: unknown) {
    super(message, { cause })
    this.rescuedTo = rescuedTo
  }
}

/** Puts images where they belong. */
export interface ImageSaver {
  /** Before anything is paid. @throws {SaveError} when the file could not be written now */
  check(image: ReadyImage): Promise<void>
  /**
   * Writes an image whole or not at all. What can't be written to its place is put into the rescue folder.
   *
   * @throws {SaveError}
   */
  save(planned: PlannedImage, pieces: readonly Uint8Array[]): Promise<void>
  /**
   * Keeps bytes that can't be used as they are.
   *
   * @returns where
   * @throws {SaveError}
   */
  rescue(path: string, pieces: readonly Uint8Array[]): Promise<string>
  /** Removes what was rescued, once it is in use. */
  forget(place: string): Promise<void>
}

/** @param rescueFolder  where images go that were paid for and have no place; outside the workspace */
export function createImageSaver(root: string, rescueFolder: string): ImageSaver {
  async function keep(path: string, pieces: readonly Uint8Array[]): Promise<string> {
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
        return await keep(path, pieces)
      } catch (error) {
        const why = `${path} could not be kept at ${rescueFolder}: ${sayWhy(error)}`
        throw new SaveError(why, undefined, error)
      }
    },
    async forget(place) {
      await unlink(place)
      // Its folders, as far as nothing else is in them.
      for (let folder = dirname(place); folder.startsWith(rescueFolder); folder = dirname(folder)) {
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
        throw new SaveError(
          `${path} can’t be written, so nothing was asked for: ${sayWhy(error)}`,
          undefined,
          error,
        )
      }
    },
    async save({ image: { path }, entry, file }, pieces) {
      try {
        await refuseLinks(path)
        const now = await lookAtFile(root, path, entry)
        if (now.kind === 'other') throw new SaveError(`${path} has become ${now.what}.`)
        if (now.kind === 'different' && file.kind !== 'different') {
          throw new SaveError(`${path} was changed by someone else while its image was being made.`)
        }
        await writeAtomic(inWorkspace(root, path), pieces)
      } catch (error) {
        const why = error instanceof SaveError ? error.message : `${path} can’t be written: ${sayWhy(error)}`
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
      const place = await keep(path, pieces)
      return new SaveError(`${why} The new image is kept at ${place}.`, place, cause)
    } catch (error) {
      return new SaveError(
        `${why} It could not be kept at ${rescueFolder} either: ${sayWhy(error)}`,
        undefined,
        error,
      )
    }
  }
}

/** A system error as a sentence. */
export function sayWhy(error: unknown): string {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return 'the disk is full.'
  if (isErrno(error, 'EACCES', 'EPERM')) return 'there is no permission to.'
  if (isErrno(error, 'EROFS')) return 'the file system is read-only.'
  if (isErrno(error, 'ENOTDIR', 'EEXIST')) return 'a file is in the place of one of its folders.'
  if (isErrno(error, 'EISDIR')) return 'a folder is in its place.'
  if (isErrno(error, 'EMFILE', 'ENFILE')) return 'too many files are open: lower the concurrency.'
  if (isErrno(error, 'ENAMETOOLONG')) return 'its name is too long.'
  return error instanceof Error ? `${error.message}.` : `${String(error)}.`
}
