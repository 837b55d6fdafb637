import type { AnswerEvent, AnswerSummary } from '../response/read-response.ts'
import type { DecodedImage } from '../media/image.ts'

/** A finished generation, all of it in memory. */
export interface Generation extends AnswerSummary {
  readonly images: readonly [DecodedImage, ...DecodedImage[]]
  /** What the model said beside the images; often nothing. */
  readonly text: string
}

/**
 * Waits for everything that a generation brings, for hosts that don't show previews.
 *
 * @throws what the events throw; there is no generation without an image
 */
export async function collect(events: AsyncIterable<AnswerEvent>): Promise<Generation> {
  const images: DecodedImage[] = []
  let text = ''
  let summary: AnswerSummary = {}
  for await (const event of events) {
    if (event.type === 'image') images.push(event.image)
    else if (event.type === 'text') text += event.text
    else if (event.type === 'done') {
      const { type: _, ...rest } = event
      summary = rest
    }
  }
  const [first, ...others] = images
  if (!first) throw new TypeError('events without an image')
  return { ...summary, images: [first, ...others], text }
}
