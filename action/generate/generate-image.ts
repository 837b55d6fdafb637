import type { AnswerSummary } from '../../shared/response/read-response.ts'
import { collect } from '../../shared/openrouter/collect.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import { EXTENSION, type Picture } from '../../shared/media/image.ts'
import type { FileFormat } from '../config/file-format.ts'
import { extensionsOf, formatOfMediaType } from '../config/file-format.ts'
import type { DrawableImage } from '../config/fit-model.ts'
import { sha256Of } from '../files/read-file.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Convert } from './convert.ts'
import { type PictureSaver, SaveError } from './save-image.ts'
import { specToSend } from './send-spec.ts'

/** A picture that is on disk. */
export interface Drawn {
  readonly entry: LockEntry
  /** The format that came, when it is not the one that was kept. */
  readonly convertedFrom?: FileFormat
  /** Something that the user should know although it went well. */
  readonly note?: string
}

export interface DrawingTools {
  readonly root: string
  readonly client: OpenRouterClient
  readonly saver: PictureSaver
  readonly convert: Convert
  readonly signal: AbortSignal
  /** Told of the price as soon as it is known, whatever becomes of the picture. */
  readonly onCost: (costUsd: number | undefined) => void
}

/**
 * Has one picture drawn, in its path's format, and puts it into its place. The lock is the caller's.
 *
 * @throws {EaselError} when OpenRouter doesn't draw it
 * @throws {SaveError} when it can't be kept as it should
 */
export async function draw(
  planned: PlannedImage,
  { root, client, saver, convert, signal, onCost }: DrawingTools,
): Promise<Drawn> {
  const { image } = planned
  const spec = await specToSend(root, image)
  const { pictures, ...answer } = await collect(client.generate(spec, image.model, { signal }))
  onCost(answer.usage?.costUsd)
  const [arrived, ...others] = pictures
  const held = new Set<Picture>(pictures)
  try {
    const picture = await inFormat(arrived, image, { convert, saver })
    held.add(picture)
    await saver.save(planned, picture.segments)
    const from = formatOfMediaType(arrived.mediaType)
    return {
      entry: entryOf(image, picture, answer),
      ...(picture !== arrived && from && { convertedFrom: from }),
      ...(others.length > 0 && {
        note: `${image.path}: the model made ${pictures.length} pictures; the first is kept.`,
      }),
    }
  } finally {
    for (const picture of held) release(picture)
  }
}

function entryOf(image: DrawableImage, picture: Picture, answer: AnswerSummary): LockEntry {
  const { usage, generationId, model } = answer
  return {
    fingerprint: image.fingerprint,
    sha256: sha256Of(...picture.segments),
    bytes: picture.byteLength,
    media_type: picture.mediaType,
    width: picture.width,
    height: picture.height,
    model: model ?? image.spec.model,
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.costUsd !== undefined && { cost_usd: usage.costUsd }),
    spec: image.picture as LockEntry['spec'],
  }
}

/**
 * Gives a picture's memory back at once. The collector lets several rounds of finished pictures pile up before it
 * looks, and a 4K picture is 25 MB.
 */
function release({ segments }: Picture): void {
  for (const { buffer } of segments) if (!buffer.detached) buffer.transfer(0)
}

/**
 * The picture as its path's extension promises. One that must be converted goes to the rescue folder first: it is
 * paid for, converting takes seconds, and while it waits its memory is free. What can't be converted stays there.
 */
async function inFormat(
  picture: Picture,
  { path, format, spec }: DrawableImage,
  { convert, saver }: Pick<DrawingTools, 'convert' | 'saver'>,
): Promise<Picture> {
  const from = formatOfMediaType(picture.mediaType)
  if (from === format) return picture
  const { mediaType } = picture
  const kept = await saver.rescue(`${path}.${EXTENSION[mediaType]}`, picture.segments)
  release(picture)
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
