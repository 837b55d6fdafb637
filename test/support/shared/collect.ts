import type { DecodedImage } from '../../../shared/media/image.ts'
import type { ResponseEvent, ResponseSummary } from '../../../shared/response/read-response.ts'

/** A finished generation, all of it in memory. */
export interface Generation extends ResponseSummary {
  readonly images: readonly [DecodedImage, ...DecodedImage[]]
  /** What the model said beside the images; often nothing. */
  readonly text: string
}

/**
 * Gathers all that a generation brings, for hosts that can hold its images in memory.
 *
 * @throws what the events throw; there is no generation without an image
 */
export async function collect(events: AsyncIterable<ResponseEvent>): Promise<Generation> {
  const images: DecodedImage[] = []
  let segments: Uint8Array<ArrayBuffer>[] = []
  let text = ''
  let summary: ResponseSummary = { problems: [] }
  for await (const event of events) {
    if (event.type === 'text') text += event.text
    // The reader reuses its buffer.
    else if (event.type === 'bytes') segments.push(event.bytes.slice())
    else if (event.type === 'done') {
      const { type: _, ...rest } = event
      summary = rest
    } else {
      if (event.type === 'image') images.push({ ...event.image, segments })
      segments = []
    }
  }
  const [first, ...others] = images
  if (!first) throw new TypeError('events without an image')
  return { ...summary, images: [first, ...others], text }
}
