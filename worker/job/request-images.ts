import { identifyImage } from '../../shared/media/image.ts'
import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import type { PreviewSink } from '../../shared/response/previews.ts'
import type { ResponseSummary } from '../../shared/response/read-response.ts'
import { lost } from './failure.ts'
import { createImageWriter } from './image-writer.ts'
import type { JobStorage } from './job-storage.ts'
import type { PendingImage } from './pieces.ts'
import type { JobRequest } from './types.ts'

/** What a model has generated: whole images, none of them visible yet. */
export interface Generated {
  readonly images: readonly PendingImage[]
  readonly summary: ResponseSummary
  /** What the model said beside the images. */
  readonly text: string
}

/**
 * Asks OpenRouter and writes the images while they arrive.
 *
 * @throws what the client throws, after everything that was written is gone again
 */
export async function requestImages(
  { fingerprint, model, candidates }: JobRequest,
  client: OpenRouterClient,
  bucket: R2Bucket,
  storage: JobStorage,
  previews: PreviewSink,
): Promise<Generated> {
  let summary: ResponseSummary = { problems: [] }
  let text = ''
  const writer = createImageWriter({
    bucket,
    storage,
    fingerprint,
    model,
    identify: (start) => identifyImage([new Uint8Array(start)]),
  })
  try {
    for await (const event of client.sendFirst(candidates, { previews })) {
      if (event.type === 'bytes') await kept(writer.write(event.bytes))
      else if (event.type === 'image') await kept(writer.finish(event.image))
      else if (event.type === 'discard') await writer.discard()
      else if (event.type === 'text') text += event.text
      else summary = event
    }
  } catch (error) {
    await writer.abort()
    throw error
  }
  return { images: writer.pending(), summary, text }
}

/** A write that neither R2 nor the object's own storage takes: the image is lost while the model works. */
async function kept(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (cause) {
    throw lost(cause)
  }
}
