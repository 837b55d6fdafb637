import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageStore, StoredImage } from '../gallery/image-store.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { PendingGeneration, PendingImage } from './pieces.ts'
import { deleteAll, publish, type PublishPorts } from './publish.ts'
import type { HeldImage } from './types.ts'

export interface ImageSetPorts extends PublishPorts {
  readonly images: Pick<ImageStore, 'head'>
  /** Makes the edge's cache forget the fingerprint. */
  readonly forget: (fingerprint: Fingerprint) => Promise<void>
}

/** What is stored under one fingerprint. Its writes never happen beside each other. */
export interface ImageSet {
  /** Whether this instance has stored an image that was not purged since. */
  isStored(): boolean
  /** Changes with every purge: what began before one must not be published after it. */
  epoch(): number
  /**
   * @param epoch  when the generation began, or was taken up again
   * @returns what of it is in memory; `undefined` when it was purged since, or R2 rejected some of it
   */
  publish(generation: PendingGeneration, epoch: number): Promise<readonly HeldImage[] | undefined>
  /**
   * @returns whether there was anything
   * @throws when not all of it could be deleted
   */
  purge(fingerprint: Fingerprint): Promise<boolean>
  /** Runs `put` unless the image was replaced or purged since it was read; then `undefined`. */
  whileCurrent<T>(read: StoredImage, put: () => Promise<T>): Promise<T | undefined>
}

export function createImageSet(ports: ImageSetPorts): ImageSet {
  const { bucket, images: stored, forget } = ports
  /** ETags by index, as far as this instance knows them. */
  const etags = new Map<number, string>()
  let purges = 0
  let last: Promise<unknown> = Promise.resolve()

  function exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = last.then(write)
    last = result.catch(() => undefined)
    return result
  }

  async function publishNow(generation: PendingGeneration): Promise<readonly HeldImage[]> {
    const { images, manifest, replaces } = generation
    // What a failure leaves isn't known.
    etags.clear()
    const objects = await publish(ports, generation)
    for (const [index, { etag }] of objects.entries()) etags.set(index, etag)
    if (replaces) await forget(manifest.fingerprint)
    return images.flatMap((image) => {
      const object = objects[image.index]
      const bytes = bytesInMemory(image)
      return object && bytes ? [{ record: recordOf(image, object, manifest), bytes }] : []
    })
  }

  async function isCurrent({ fingerprint, index, etag }: StoredImage): Promise<boolean> {
    const known = etags.get(index) ?? (await stored.head(fingerprint, index))?.etag
    if (known !== undefined) etags.set(index, known)
    return known === etag
  }

  return {
    isStored: () => etags.has(0),
    epoch: () => purges,

    async publish(generation, epoch) {
      try {
        return await exclusively(async () => (purges === epoch ? publishNow(generation) : undefined))
      } catch (error) {
        console.error(error)
        return undefined
      }
    },

    purge(fingerprint) {
      purges++
      return exclusively(async () => {
        etags.clear()
        const existed = await deleteAll(bucket, fingerprint)
        await forget(fingerprint)
        return existed
      })
    },

    whileCurrent: (read, put) => exclusively(async () => ((await isCurrent(read)) ? put() : undefined)),
  }
}

function bytesInMemory({ pieces: [only, ...others] }: PendingImage): ArrayBuffer | undefined {
  return others.length === 0 && only?.at === 'memory' ? only.bytes : undefined
}

function recordOf(
  { index, header, byteLength }: PendingImage,
  { etag, uploaded }: R2Object,
  { fingerprint, model }: Manifest,
): HeldImage['record'] {
  return { ...header, fingerprint, index, etag, byteLength, model, created: uploaded }
}
