import { type DecodedImage, EXTENSION } from '../../shared/media/image.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import { collect } from '../../shared/openrouter/collect.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import type { ResponseSummary } from '../../shared/response/read-response.ts'
import { extensionsOf, type FileFormat, formatOfMediaType } from '../config/file-format.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import { sha256Of } from '../files/read-file.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Convert } from '../adopt/convert.ts'
import { type ImageSaver, SaveError } from '../adopt/image-saver.ts'

/** An image that is on disk. */
export interface Generated {
  readonly entry: LockEntry
  /** The format that the model returned, when the file has another one. */
  readonly convertedFrom?: FileFormat
  /** Something that the user should know although it went well. */
  readonly note?: string
}

export interface GenerationTools {
  readonly client: OpenRouterClient
  readonly saver: ImageSaver
  readonly convert: Convert
  readonly signal: AbortSignal
  /** Called once the response is complete, before anything is saved. */
  readonly onResponse: (costUsd: number | undefined) => void
}

/**
 * Generates one image, in the format of its path, and writes it there. The caller updates the lock.
 *
 * @param candidates  the requests to its models, with local input images as `data:` URLs
 * @throws {EaselError} when OpenRouter doesn't generate it
 * @throws {SaveError} when it can't be saved as it should
 */
export async function generateImage(
  planned: PlannedImage,
  candidates: Candidates,
  { client, saver, convert, signal, onResponse }: GenerationTools,
): Promise<Generated> {
  const { image } = planned
  const { images, ...summary } = await collect(client.sendFirst(candidates, { signal }))
  onResponse(summary.usage?.costUsd)
  const [first, ...others] = images
  const inMemory = new Set<DecodedImage>(images)
  try {
    const file = await inFormat(first, image, { convert, saver })
    inMemory.add(file)
    await saver.save(planned, file.segments)
    const from = formatOfMediaType(first.mediaType)
    return {
      entry: entryOf(image, file, summary),
      ...(file !== first && from && { convertedFrom: from }),
      ...(others.length > 0 && {
        note: `${image.path}: the model returned ${images.length} images; Easel uses the first.`,
      }),
    }
  } finally {
    for (const file of inMemory) release(file)
  }
}

function entryOf(image: ReadyImage, file: DecodedImage, summary: ResponseSummary): LockEntry {
  const { usage, generationId, model, failedModels } = summary
  return {
    fingerprint: image.fingerprint,
    sha256: sha256Of(...file.segments),
    bytes: file.byteLength,
    media_type: file.mediaType,
    width: file.width,
    height: file.height,
    model: model ?? image.spec.model,
    ...(failedModels && { failed_models: [...failedModels] }),
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.costUsd !== undefined && { cost_usd: usage.costUsd }),
    spec: image.canonical as LockEntry['spec'],
  }
}

/**
 * Frees an image's memory at once. The collector would let several rounds of finished images pile up, and a 4K image
 * is 25 MB.
 */
function release({ segments }: DecodedImage): void {
  for (const { buffer } of segments) if (!buffer.detached) buffer.transfer(0)
}

/**
 * The image in the format of its path's extension. An image that needs converting goes to the rescue folder first: it
 * is paid for, converting takes seconds, and its memory is free while it waits. If converting fails, it stays there.
 */
async function inFormat(
  file: DecodedImage,
  { path, format, spec }: ReadyImage,
  { convert, saver }: Pick<GenerationTools, 'convert' | 'saver'>,
): Promise<DecodedImage> {
  const from = formatOfMediaType(file.mediaType)
  if (from === format) return file
  const { mediaType } = file
  const original = await saver.rescue(`${path}.${EXTENSION[mediaType]}`, file.segments)
  release(file)
  try {
    const converted = await convert({ file: original, from, to: format, quality: spec.output_compression })
    await saver.removeRescued(original)
    return converted
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const advice = from ? ` End the path with ${extensionsOf(from)}.` : ''
    throw new SaveError(
      `The model returned ${mediaType} for ${path}, and ${reason} The image was saved to ${original}.${advice}`,
      original,
      error,
    )
  }
}
