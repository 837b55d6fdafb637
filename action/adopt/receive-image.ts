import { createHash } from 'node:crypto'
import { joinSegments } from '../../shared/media/image.ts'
import { withLineFeeds } from '../lock/file-state.ts'
import type { ArrivingImage, RescuedImage, RescueFolder } from '../lock/rescue-folder.ts'
import type { LockEntry } from '../lock/schema.ts'
import { isDiskProblem, SaveError, systemErrorText } from './save-error.ts'

/** An image on its way to disk: it goes there as it arrives, so memory doesn't depend on its size. */
export interface IncomingImage extends AsyncDisposable {
  /**
   * Takes the next bytes, and doesn't look at them any more afterwards. Never throws: whoever sends the image has more to
   * say, such as what it costs.
   */
  write(bytes: Uint8Array): Promise<void>
  /** Forgets the bytes so far. */
  discard(): Promise<void>
  /** The bytes so far, in one piece. */
  read(): Promise<Uint8Array<ArrayBuffer>>
  /** About the bytes so far. */
  summary(): Pick<LockEntry, 'sha256' | 'bytes'>
  /**
   * Makes the image safe: from here on, a run that is killed loses nothing.
   *
   * @throws {SaveError} when no rescue folder can be written
   */
  keep(path: string, entry: LockEntry): Promise<RescuedImage>
}

/**
 * Receives one image into the first of these folders that takes all of it.
 *
 * @param onDiskProblem  called with a sentence when nothing else can be written either, long before the image is kept
 */
export function receiveImage(
  folders: readonly RescueFolder[],
  onDiskProblem: (problem: string) => void = () => {},
): IncomingImage {
  const left = [...folders]
  const problems: string[] = []
  let cause: unknown
  let hash = createHash('sha256')
  let byteLength = 0
  let arriving: Arriving | undefined

  /** Does something where the image is arriving. When it can't be done there, the image moves to the next folder. */
  async function act<T>(step: (image: ArrivingImage) => Promise<T>): Promise<T | undefined> {
    for (let [folder] = left; folder; [folder] = left) {
      try {
        if (arriving?.folder !== folder) arriving = await startIn(folder, arriving)
        return await step(arriving.image)
      } catch (error) {
        const problem = `${folder.folder}: ${systemErrorText(error)}`
        if (isDiskProblem(error)) onDiskProblem(problem)
        problems.push(problem)
        cause ??= error
        left.shift()
      }
    }
    // Another image may need the room.
    await arriving?.image.discard()
    return undefined
  }

  async function discard(): Promise<void> {
    await arriving?.image.discard()
    arriving = undefined
    hash = createHash('sha256')
    byteLength = 0
  }

  return {
    async write(bytes) {
      hash.update(bytes)
      byteLength += bytes.byteLength
      await act((image) => image.write(bytes))
    },
    discard,
    async read() {
      const pieces: Uint8Array<ArrayBuffer>[] = []
      for await (const piece of arriving?.image.pieces() ?? []) pieces.push(new Uint8Array(piece))
      return joinSegments(pieces)
    },
    summary: () => ({ sha256: hash.copy().digest('hex'), bytes: byteLength }),
    async keep(path, entry) {
      const kept = await act((image) => image.keep(path, entry))
      if (kept) return kept
      throw new SaveError(`${path} could not be saved to ${problems.join(' Nor to ')}`, undefined, cause)
    },
    [Symbol.asyncDispose]: discard,
  }
}

/** Text gets the line ends that git stores. */
export async function storeAsGitDoes(incoming: IncomingImage): Promise<void> {
  const text = withLineFeeds(await incoming.read())
  if (text.byteLength === incoming.summary().bytes) return
  await incoming.discard()
  await incoming.write(text)
}

interface Arriving {
  readonly folder: RescueFolder
  readonly image: ArrivingImage
}

/** @param before  what has arrived in another folder */
async function startIn(folder: RescueFolder, before: Arriving | undefined): Promise<Arriving> {
  const image = await folder.receive()
  try {
    for await (const piece of before?.image.pieces() ?? []) await image.write(piece)
  } catch (error) {
    await image.discard()
    throw error
  }
  await before?.image.discard()
  return { folder, image }
}
