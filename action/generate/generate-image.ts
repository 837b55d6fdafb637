import type { ResponseSummary } from '../../shared/response/read-response.ts'
import { collect } from '../../shared/openrouter/collect.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import { EXTENSION, type DecodedImage } from '../../shared/media/image.ts'
import type { FileFormat } from '../config/file-format.ts'
import { extensionsOf, formatOfMediaType } from '../config/file-format.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import { sha256Of } from '../files/read-file.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Convert } from './convert.ts'
import { type ImageSaver, SaveError } from './save-image.ts'
import { specToSend } from './send-spec.ts'

/** An image that is on disk. */
export interface Generated {
  readonly entry: LockEntry
  /** The format that came, when it is not the one that was kept. */
  readonly convertedFrom?: FileFormat
  /** Something that the user should know although it went well. */
  readonly note?: string
}

export interface GenerationTools {
  readonly root: string
  readonly client: OpenRouterClient
  readonly saver: ImageSaver
  readonly convert: Convert
  readonly signal: AbortSignal
  /** Told of the price as soon as it is known, whatever becomes of the image. */
  readonly onCost: (costUsd: number | undefined) => void
}

/**
 * Has one image generated, in its path's format, and puts it into its place. The lock is the caller's.
 *
 * @throws {EaselError} when OpenRouter doesn't generate it
 * @throws {SaveError} when it can't be kept as it should
 */
export async function generateImage(
  planned: PlannedImage,
  { root, client, saver, convert, signal, onCost }: GenerationTools,
): Promise<Generated> {
  const { image } = planned
  const spec = await specToSend(root, image)
  const { images, ...answer } = await collect(client.generate(spec, image.model, { signal }))
  onCost(answer.usage?.costUsd)
  const [arrived, ...others] = images
  const held = new Set<DecodedImage>(images)
  try {
    const file = await inFormat(arrived, image, { convert, saver })
    held.add(file)
    await saver.save(planned, file.segments)
    const from = formatOfMediaType(arrived.mediaType)
    return {
      entry: entryOf(image, file, answer),
      ...(file !== arrived && from && { convertedFrom: from }),
      ...(others.length > 0 && {
        note: `${image.path}: the model made ${images.length} images; the first is kept.`,
      }),
    }
  } finally {
    for (const file of held) release(file)
  }
}

function entryOf(image: ReadyImage, file: DecodedImage, answer: ResponseSummary): LockEntry {
  const { usage, generationId, model } = answer
  return {
    fingerprint: image.fingerprint,
    sha256: sha256Of(...file.segments),
    bytes: file.byteLength,
    media_type: file.mediaType,
    width: file.width,
    height: file.height,
    model: model ?? image.spec.model,
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.costUsd !== undefined && { cost_usd: usage.costUsd }),
    spec: image.canonical as LockEntry['spec'],
  }
}

/**
 * Gives an image's memory back at once. The collector lets several rounds of finished images pile up before it
 * looks, and a 4K image is 25 MB.
 */
function release({ segments }: DecodedImage): void {
  for (const { buffer } of segments) if (!buffer.detached) buffer.transfer(0)
}

/**
 * The image as its path's extension promises. One that must be converted goes to the rescue folder first: it is
 * paid for, converting takes seconds, and while it waits its memory is free. What can't be converted stays there.
 */
async function inFormat(
  file: DecodedImage,
  { path, format, spec }: ReadyImage,
  { convert, saver }: Pick<GenerationTools, 'convert' | 'saver'>,
): Promise<DecodedImage> {
  const from = formatOfMediaType(file.mediaType)
  if (from === format) return file
  const { mediaType } = file
  const kept = await saver.rescue(`${path}.${EXTENSION[mediaType]}`, file.segments)
  release(file)
  try {
    const converted = await convert({ file: kept, from, to: format, quality: spec.output_compression })
    await saver.forget(kept)
    return converted
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const advice = from ? ` End the path with ${extensionsOf(from)}.` : ''
    throw new SaveError(
      `${path} came as ${mediaType}, and ${reason} It is kept at ${kept}.${advice}`,
      kept,
      error,
    )
  }
}
