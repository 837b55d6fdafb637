import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageStore, StoredImage } from '../gallery/image-store.ts'
import { putListEntry } from '../gallery/list.ts'
import { type Manifest, missingThumbhashes } from '../gallery/manifest.ts'
import { describeStored } from './describe-stored.ts'
import { putManifest, readManifest } from './publish.ts'
import { THUMBHASH_MAX_PX, thumbhashOfPng } from './thumbhash-of-png.ts'
import type { TransformingPorts } from './variant-maker.ts'

/** How long after a failure none is computed, milliseconds: it costs money and would fail again. */
const FAILURE_MEMORY_MS = 60_000

export interface ThumbhashMakerPorts extends TransformingPorts {
  readonly store: Pick<ImageStore, 'get'>
  /** Makes the edge's cache forget the fingerprint. */
  readonly forget: (fingerprint: Fingerprint) => Promise<void>
}

/**
 * Computes the thumbhashes that a manifest lacks, each by one transformation, and keeps them in it. Never throws:
 * whatever is missing then, the next reader has computed.
 *
 * @param limitKey  whom the rate limit counts them for
 * @returns the manifest with all that are known then; `undefined` if nothing was added
 */
export type AddThumbhashes = (fingerprint: Fingerprint, limitKey: string) => Promise<Manifest | undefined>

export function createThumbhashMaker(ports: ThumbhashMakerPorts): AddThumbhashes {
  const { bucket, store, images, thumbhashes, admit, whileCurrent, forget } = ports
  let adding: ReturnType<AddThumbhashes> | undefined
  let failedUntil = 0

  async function addAll(fingerprint: Fingerprint, limitKey: string): Promise<Manifest | undefined> {
    if (!images || failedUntil > Date.now()) return undefined
    let manifest: Manifest | undefined
    try {
      const found = await readManifest(bucket, fingerprint)
      for (const index of found ? missingThumbhashes(found) : []) {
        manifest = (await add(images, fingerprint, index, limitKey)) ?? manifest
      }
      if (manifest) await forget(fingerprint)
    } catch (error) {
      console.error(error)
      failedUntil = Date.now() + FAILURE_MEMORY_MS
    }
    return manifest
  }

  async function add(
    transformer: ImagesBinding,
    fingerprint: Fingerprint,
    index: number,
    limitKey: string,
  ): Promise<Manifest | undefined> {
    const original = await store.get(fingerprint, index)
    if (!original) return undefined
    if (await admit(limitKey)) {
      await original.body.cancel()
      return undefined
    }
    const thumbhash = thumbhashOfPng(await toSmallPng(transformer, original.body))
    return whileCurrent(original, () => keep(original, thumbhash))
  }

  /** The manifest last: what it says decides whether this is done again. */
  async function keep(original: StoredImage, thumbhash: string): Promise<Manifest | undefined> {
    const { fingerprint, index, etag } = original
    const manifest = await readManifest(bucket, fingerprint)
    if (!manifest) return undefined
    thumbhashes.set(etag, thumbhash)
    await describeStored(bucket, original, thumbhash)
    const listed = manifest.images.map((image, at) => (at === index ? { ...image, thumbhash } : image))
    const changed = { ...manifest, images: listed }
    await putManifest(bucket, changed)
    if (index === 0) await putListEntry(bucket, changed)
    return changed
  }

  return (fingerprint, limitKey) =>
    (adding ??= addAll(fingerprint, limitKey).finally(() => (adding = undefined)))
}

async function toSmallPng(images: ImagesBinding, body: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const result = await images
    .input(body)
    .transform({ width: THUMBHASH_MAX_PX, height: THUMBHASH_MAX_PX, fit: 'scale-down' })
    .output({ format: 'image/png', anim: false })
  return new Response(result.image()).arrayBuffer()
}
