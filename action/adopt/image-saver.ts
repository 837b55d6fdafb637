import { sha256Of } from '../files/read-file.ts'
import { inWorkspace, linkIn } from '../files/safe-path.ts'
import { moveFile, openFolderOf } from '../files/write-atomic.ts'
import { extensionsOf, type FileFormat, formatOfMediaType } from '../config/file-format.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import type { LockStore } from '../lock/lock-store.ts'
import type { RescuedImage, RescueFolder } from '../lock/rescue-folder.ts'
import { type LockEntry, lockEntrySchema } from '../lock/schema.ts'
import { fileOf, readFileState } from '../lock/file-state.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Convert } from './convert.ts'
import { type IncomingImage, receiveImage } from './receive-image.ts'
import { SaveError, systemErrorText } from './save-error.ts'
import type { Thumbhash } from './thumbhash.ts'

/** An image that is in its place. */
export interface PlacedImage {
  /** As it is in the lock now. */
  readonly entry: LockEntry
  /** The entry with what takes longer than an image may wait for: its thumbhash. Never fails. */
  readonly finished: Promise<LockEntry>
  /** The format that the model returned, when the file has another one. */
  readonly convertedFrom?: FileFormat
  /** Why the lock does not have the entry. The file is there, and the rescue folder has the entry. */
  readonly lockProblem?: string
}

/** Writes images to the workspace. */
export interface ImageSaver {
  /** The workspace. */
  readonly root: string
  /** Call it before paying. @throws {SaveError} when the file could not be written now */
  check(image: ReadyImage): Promise<void>
  /** Receives an image that arrives piece by piece, and makes it safe. See `receiveImage`. */
  receive(onDiskProblem?: (problem: string) => void): IncomingImage
  /** The same for an image in memory. @throws {SaveError} when no rescue folder can be written */
  keep(path: string, entry: LockEntry, pieces: readonly Uint8Array[]): Promise<RescuedImage>
  /**
   * Moves an image that is safe to its path, in the format of its path, and enters it into the lock.
   *
   * @throws {SaveError} when it can't; then it stays where it is
   */
  place(planned: PlannedImage, image: RescuedImage): Promise<PlacedImage>
}

export interface SaverOptions {
  readonly root: string
  readonly lock: LockStore
  readonly rescue: readonly RescueFolder[]
  readonly convert: Convert
  readonly thumbhash: Thumbhash
}

/** What it was to replace is replaced. */
const inPlaceSchema = lockEntrySchema.omit({ replaces: true })

export function createImageSaver({ root, lock, rescue, convert, thumbhash }: SaverOptions): ImageSaver {
  async function refuseLinks(path: string): Promise<void> {
    // Once more: a folder may have become a link since the plan.
    const link = await linkIn(root, path)
    if (link !== undefined) throw new SaveError(`${path} now goes through the symbolic link ${link}.`)
  }

  async function keep(path: string, entry: LockEntry, pieces: readonly Uint8Array[]): Promise<RescuedImage> {
    await using incoming = receiveImage(rescue)
    for (const piece of pieces) await incoming.write(piece)
    return await incoming.keep(path, entry)
  }

  /** Converting takes seconds and much memory, so it starts from the file. */
  async function inFormat(image: RescuedImage, { path, format, spec }: ReadyImage): Promise<RescuedImage> {
    const { file, entry } = image
    const from = formatOfMediaType(entry.media_type)
    if (from === format) return image
    try {
      const converted = await convert({ file, from, to: format, quality: spec.output_compression })
      const { mediaType, width, height, segments, byteLength } = converted
      const sha256 = sha256Of(...segments)
      const next = { ...entry, sha256, bytes: byteLength, media_type: mediaType, width, height }
      const kept = await keep(path, next, segments)
      await image.drop()
      return kept
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const advice = from ? ` End the path with ${extensionsOf(from)}.` : ''
      throw new SaveError(
        `The model returned ${entry.media_type} for ${path}, and ${reason} The image was saved to ${file}.${advice}`,
        file,
        error,
      )
    }
  }

  async function moveInto(
    { image: { path }, file: before }: PlannedImage,
    { file, entry }: RescuedImage,
  ): Promise<LockEntry> {
    try {
      await refuseLinks(path)
      const expected = before.kind === 'same' ? before.entry : undefined
      const now = await readFileState(inWorkspace(root, path), fileOf(expected))
      if (now.kind === 'other') throw new SaveError(`${path} has become ${now.what}.`)
      if (now.kind === 'different' && before.kind !== 'different')
        throw new SaveError(`Someone else changed ${path} while its image was being generated.`)
      await moveFile(file, inWorkspace(root, path))
    } catch (error) {
      const why =
        error instanceof SaveError ? error.message : `${path} can’t be written: ${systemErrorText(error)}`
      throw new SaveError(`${why} The image was saved to ${file}.`, file, error)
    }
    return inPlaceSchema.parse(entry)
  }

  /** Sets the entry once more, with its thumbhash. */
  async function withThumbhash({ path, format }: ReadyImage, entry: LockEntry): Promise<LockEntry> {
    if (entry.thumbhash !== undefined) return entry
    const preview = await thumbhash(inWorkspace(root, path), format, entry)
    if (preview === undefined) return entry
    const complete = { ...entry, thumbhash: preview }
    lock.setLater(path, complete)
    return complete
  }

  return {
    root,
    receive: (onDiskProblem) => receiveImage(rescue, onDiskProblem),
    keep,
    async check({ path }) {
      await refuseLinks(path)
      await openFolderOf(inWorkspace(root, path)).catch((error: unknown) => {
        const why = `${path} can’t be written, so Easel did not request it: ${systemErrorText(error)}`
        throw new SaveError(why, undefined, error)
      })
    },
    async place(planned, image) {
      const from = formatOfMediaType(image.entry.media_type)
      const ready = await inFormat(image, planned.image)
      const entry = await moveInto(planned, ready)
      const placed = {
        entry,
        finished: withThumbhash(planned.image, entry),
        ...(ready !== image && from && { convertedFrom: from }),
      }
      try {
        await lock.set(planned.image.path, entry)
      } catch (error) {
        const why =
          error instanceof Error && error.name === 'LockError' ? error.message : systemErrorText(error)
        const { path } = planned.image
        return {
          ...placed,
          lockProblem: `${path} was written, but ${lock.path} could not be updated: ${why}`,
        }
      }
      // Nobody's turn waits for it. The end of the run does, and tries again what failed.
      ready.drop().catch(() => undefined)
      return placed
    },
  }
}
