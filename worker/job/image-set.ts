import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageStore, StoredImage } from '../gallery/image-store.ts'
import type { Manifest } from '../gallery/manifest.ts'
import { abortUploads } from './image-writer.ts'
import type { JobStorage } from './job-storage.ts'
import type { PendingGeneration, PendingImage } from './pieces.ts'
import { deleteAll, publish } from './publish.ts'
import type { HeldImage } from './types.ts'

export interface ImageSetPorts {
  readonly bucket: R2Bucket
  readonly images: ImageStore
  readonly storage: Pick<JobStorage, 'piece'>
  /** Makes the edge's cache forget the fingerprint. */
  readonly forget: (fingerprint: Fingerprint) => Promise<void>
}

export type Publication =
  | { readonly status: 'published'; readonly held: readonly HeldImage[] }
  | { readonly status: 'purged' }
  /** R2 rejected it; `left` are the images that are not visible yet. */
  | { readonly status: 'rejected'; readonly left: readonly PendingImage[] }

/** What is stored under one fingerprint. Its writes never happen beside each other. */
export interface ImageSet {
  /** Whether this instance has stored an image that was not purged since. */
  isStored(): boolean
  /** Changes with every purge: what began before one must not be published after it. */
  epoch(): number
  /** @param isWanted  asked when no other write is in progress; `false` after a purge */
  publish(generation: PendingGeneration, isWanted: () => boolean | Promise<boolean>): Promise<Publication>
  /**
   * @param forgetPending  forgets what hasn't been published
   * @returns whether there was anything
   * @throws when not all of it could be deleted
   */
  purge(fingerprint: Fingerprint, forgetPending?: () => Promise<void>): Promise<boolean>
  /** Runs `put` unless the image was replaced or purged since it was read; then `undefined`. */
  whileCurrent<T>(read: StoredImage, put: () => Promise<T>): Promise<T | undefined>
}

export function createImageSet({ bucket, images, storage, forget }: ImageSetPorts): ImageSet {
  /** ETags by index, as far as this instance knows them. */
  const etags = new Map<number, string>()
  /** Whether they are all: since this instance has published or purged. */
  let knowsAll = false
  let purges = 0
  let last: Promise<unknown> = Promise.resolve()

  function exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = last.then(write)
    last = result.catch(() => undefined)
    return result
  }

  async function publishNow({
    images: pending,
    manifest,
    replaced,
  }: PendingGeneration): Promise<Publication> {
    const held: HeldImage[] = []
    let left = pending
    try {
      await publish({ bucket, storage }, pending, manifest, replaced, (image, object) => {
        left = left.filter((other) => other !== image)
        etags.set(image.index, object.etag)
        const bytes = bytesInMemory(image)
        if (bytes) held.push({ record: recordOf(image, object, manifest), bytes })
      })
      for (const index of etags.keys()) if (index >= manifest.images.length) etags.delete(index)
      knowsAll = true
      if (replaced) await forget(manifest.fingerprint)
      return { status: 'published', held }
    } catch (error) {
      console.error(error)
      return { status: 'rejected', left }
    }
  }

  async function isCurrent({ fingerprint, index, etag }: StoredImage): Promise<boolean> {
    if (!etags.has(index) && !knowsAll) {
      const record = await images.head(fingerprint, index)
      if (record) etags.set(index, record.etag)
    }
    return etags.get(index) === etag
  }

  return {
    isStored: () => etags.has(0),
    epoch: () => purges,

    publish: (generation, isWanted) =>
      exclusively(async () => {
        const purgesBefore = purges
        const publication: Publication = (await isWanted())
          ? await publishNow(generation)
          : { status: 'purged' }
        if (publication.status === 'published') return publication
        // A purge that waits for its turn deletes what was published, and must not be outlived by the rest.
        if (publication.status === 'rejected' && purges === purgesBefore) return publication
        await abortUploads(bucket, generation.manifest.fingerprint, generation.images)
        return { status: 'purged' }
      }),

    purge(fingerprint, forgetPending) {
      purges++
      return exclusively(async () => {
        await forgetPending?.()
        const existed = await deleteAll(bucket, fingerprint)
        etags.clear()
        knowsAll = true
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
