import type { ImageHeader } from '../../shared/media/image.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import type { ResponseEvent, ResponseSummary } from '../../shared/response/read-response.ts'
import type { ImageSaver } from '../adopt/image-saver.ts'
import { type IncomingImage, storeAsGitDoes } from '../adopt/receive-image.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedImage } from '../plan/plan.ts'

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
  readonly onGenerationId: (generationId: string | undefined) => void
  /** Called with a sentence as soon as nothing else can be written. */
  readonly onDiskProblem: (problem: string) => void
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
  { image, file }: Pick<PlannedImage, 'image' | 'file'>,
  candidates: Candidates,
  { client, saver, signal, onGenerationId, onDiskProblem, onResponse }: GenerationTools,
): Promise<Received> {
  await using incoming = saver.receive(onDiskProblem)
  const events = client.sendFirst(candidates, { signal, onGenerationId })
  const { image: received, count, ...summary } = await receiveFirst(events, incoming)
  onResponse(summary.usage?.costUsd)
  if (received.mediaType === 'image/svg+xml') await storeAsGitDoes(incoming)
  const entry = entryOf(image, { ...received, ...incoming.summary() }, summary)
  const replaces = file.kind === 'same' && { replaces: file.entry.sha256 }
  const kept = await incoming.keep(image.path, { ...entry, ...replaces })
  if (count === 1) return { image: kept }
  return { image: kept, note: `${image.path}: the model returned ${count} images; Easel uses the first.` }
}

/** Of several images, the others are read past: what comes after them says what they cost. */
async function receiveFirst(
  events: AsyncIterable<ResponseEvent>,
  incoming: IncomingImage,
): Promise<ResponseSummary & { readonly image: ImageHeader; readonly count: number }> {
  let image: ImageHeader | undefined
  let count = 0
  for await (const event of events) {
    if (event.type === 'image') {
      image ??= event.image
      count++
    } else if (event.type === 'done' && image) return { ...event, image, count }
    else if (event.type === 'bytes' && !image) await incoming.write(event.bytes)
    else if (event.type === 'discard' && !image) await incoming.discard()
  }
  throw new TypeError('a response without an image')
}

function entryOf(
  image: ReadyImage,
  { mediaType, width, height, sha256, bytes }: ImageHeader & Pick<LockEntry, 'sha256' | 'bytes'>,
  summary: ResponseSummary,
): LockEntry {
  const { usage, generationId, model, failedModels } = summary
  return {
    fingerprint: image.fingerprint,
    sha256,
    bytes,
    media_type: mediaType,
    width,
    height,
    model: model ?? image.spec.model,
    ...(failedModels && { failed_models: [...failedModels] }),
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.costUsd !== undefined && { cost_usd: usage.costUsd }),
    spec: image.canonical as LockEntry['spec'],
  }
}
