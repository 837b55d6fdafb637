import type { AnswerEvent, AnswerSummary } from '../response/read-response.ts'
import type { Picture } from '../media/image.ts'

/** A finished generation, all of it in memory. */
export interface Generation extends AnswerSummary {
  readonly pictures: readonly [Picture, ...Picture[]]
  /** What the model said beside the pictures; often nothing. */
  readonly text: string
}

/**
 * Waits for everything that a generation brings, for hosts that don't show previews.
 *
 * @throws what the events throw; there is no generation without a picture
 */
export async function collect(events: AsyncIterable<AnswerEvent>): Promise<Generation> {
  const pictures: Picture[] = []
  let text = ''
  let summary: AnswerSummary = {}
  for await (const event of events) {
    if (event.type === 'image') pictures.push(event.picture)
    else if (event.type === 'text') text += event.text
    else if (event.type === 'done') {
      const { type: _, ...rest } = event
      summary = rest
    }
  }
  const [first, ...others] = pictures
  if (!first) throw new TypeError('events without an image')
  return { ...summary, pictures: [first, ...others], text }
}
