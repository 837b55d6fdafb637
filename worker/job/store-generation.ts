import type { DecodedImage } from '../../shared/media/image.ts'
import type { Generation } from '../../shared/openrouter/collect.ts'
import { type ImageRecord, type ImageStore, sha256OfImage } from '../gallery/image-store.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { Order } from './types.ts'

/** A generation, ready to be stored: the images, and what is kept beside them, in the same order. */
export interface Prepared {
  readonly images: readonly DecodedImage[]
  readonly records: readonly ImageRecord[]
  readonly manifest: Manifest
}

/** R2 fails now and then, and is well again a moment later. */
const PUT_ATTEMPTS = 3
const PUT_DELAY_MS = 200

export async function prepare(
  { fingerprint, model: requestedModel, described }: Order,
  { images, text, usage, generationId, ...answer }: Generation,
): Promise<Prepared> {
  const created = new Date()
  const model = answer.model ?? requestedModel
  const costUsd = usage?.costUsd
  const records = await Promise.all(
    images.map(async (image, index): Promise<ImageRecord> => {
      const { mediaType, width, height, byteLength } = image
      const sha256 = await sha256OfImage(image)
      return { fingerprint, index, sha256, mediaType, width, height, byteLength, model, costUsd, created }
    }),
  )
  const manifest: Manifest = {
    fingerprint,
    model,
    images: records.map(({ sha256, mediaType, width, height, byteLength }) => ({
      sha256,
      media_type: mediaType,
      width,
      height,
      bytes: byteLength,
    })),
    ...(costUsd !== undefined && { cost_usd: costUsd }),
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.promptTokens !== undefined && {
      usage: {
        prompt_tokens: usage.promptTokens,
        completion_tokens: usage.completionTokens ?? 0,
      },
    }),
    ...(text && { text }),
    created: created.toISOString(),
    ...described,
  }
  return { images, records, manifest }
}

/** Stores all of a generation. The image that everybody asks for comes last: once it is there, all is. */
export async function store({ images, records, manifest }: Prepared, imageStore: ImageStore): Promise<void> {
  const puts = images.flatMap((image, index) => {
    const record = records[index]
    return record ? [() => imageStore.put(image, record)] : []
  })
  const [first, ...others] = puts
  for (const put of [...others, () => imageStore.putManifest(manifest), first])
    if (put) await persistently(put)
}

/**
 * Gives the memory of images that are stored back at once: the collector takes its time, and jobs share it.
 *
 * @param inUse  a piece that is still being read
 */
export function release({ images }: Prepared, inUse: Uint8Array | undefined): void {
  for (const { segments } of images) {
    for (const { buffer } of segments) if (buffer !== inUse?.buffer && !buffer.detached) buffer.transfer(0)
  }
}

async function persistently(put: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await put()
    } catch (error) {
      if (attempt === PUT_ATTEMPTS) throw error
      await scheduler.wait(PUT_DELAY_MS * attempt)
    }
  }
}
