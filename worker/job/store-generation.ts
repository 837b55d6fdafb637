import type { Picture } from '../../shared/media/image.ts'
import type { Generation } from '../../shared/openrouter/collect.ts'
import { type ImageRecord, type ImageStore, sha256OfPicture } from '../gallery/image-store.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { Order } from './types.ts'

/** A generation, ready to be stored: the pictures, and what is kept beside them, in the same order. */
export interface Prepared {
  readonly pictures: readonly Picture[]
  readonly records: readonly ImageRecord[]
  readonly manifest: Manifest
}

/** R2 fails now and then, and is well again a moment later. */
const PUT_ATTEMPTS = 3
const PUT_DELAY_MS = 200

export async function prepare(
  { fingerprint, model: requestedModel, described }: Order,
  { pictures, text, usage, generationId, ...answer }: Generation,
): Promise<Prepared> {
  const created = new Date()
  const model = answer.model ?? requestedModel
  const costUsd = usage?.costUsd
  const records = await Promise.all(
    pictures.map(async (picture, index): Promise<ImageRecord> => {
      const { mediaType, width, height, byteLength } = picture
      const sha256 = await sha256OfPicture(picture)
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
  return { pictures, records, manifest }
}

/** Stores all of a generation. The picture that everybody asks for comes last: once it is there, all is. */
export async function store({ pictures, records, manifest }: Prepared, images: ImageStore): Promise<void> {
  const puts = pictures.flatMap((picture, index) => {
    const record = records[index]
    return record ? [() => images.put(picture, record)] : []
  })
  const [first, ...others] = puts
  for (const put of [...others, () => images.putManifest(manifest), first]) if (put) await persistently(put)
}

/**
 * Gives the memory of pictures that are stored back at once: the collector takes its time, and jobs share it.
 *
 * @param inUse  a piece that is still being read
 */
export function release({ pictures }: Prepared, inUse: Uint8Array | undefined): void {
  for (const { segments } of pictures) {
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
