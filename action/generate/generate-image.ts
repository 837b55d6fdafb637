import type { DecodedImage } from '../../shared/media/image.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import { collect } from '../../shared/openrouter/collect.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import type { ResponseSummary } from '../../shared/response/read-response.ts'
import type { ImageSaver } from '../adopt/image-saver.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import { sha256Of } from '../files/read-file.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { LockEntry } from '../lock/schema.ts'
import { withLineFeeds } from '../plan/file-state.ts'

/** An image that is safe on disk, and not in its place yet. */
export interface Received {
  readonly image: RescuedImage
  /** Something that the user should know although it went well. */
  readonly note?: string
}

export interface GenerationTools {
  readonly client: OpenRouterClient
  readonly saver: ImageSaver
  readonly signal: AbortSignal
  readonly onGenerationId: (generationId: string) => void
  /** Called once the response is complete, before anything is saved. */
  readonly onResponse: (costUsd: number | undefined) => void
}

/**
 * Generates one image and makes it safe.
 *
 * @param candidates  the requests to its models, with local input images as `data:` URLs
 * @throws {EaselError} when OpenRouter doesn't generate it
 * @throws {SaveError} when it can't be written anywhere
 */
export async function generateImage(
  image: ReadyImage,
  candidates: Candidates,
  { client, saver, signal, onGenerationId, onResponse }: GenerationTools,
): Promise<Received> {
  const { images, ...summary } = await collect(client.sendFirst(candidates, { signal, onGenerationId }))
  onResponse(summary.usage?.costUsd)
  const [first, ...others] = images
  try {
    const segments = first.mediaType === 'image/svg+xml' ? first.segments.map(withLineFeeds) : first.segments
    const kept = await saver.keep(image.path, entryOf(image, { ...first, segments }, summary), segments)
    if (others.length === 0) return { image: kept }
    const note = `${image.path}: the model returned ${images.length} images; Easel uses the first.`
    return { image: kept, note }
  } finally {
    for (const file of images) release(file)
  }
}

function entryOf(image: ReadyImage, file: DecodedImage, summary: ResponseSummary): LockEntry {
  const { usage, generationId, model, failedModels } = summary
  return {
    fingerprint: image.fingerprint,
    sha256: sha256Of(...file.segments),
    bytes: file.segments.reduce((sum, { byteLength }) => sum + byteLength, 0),
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
