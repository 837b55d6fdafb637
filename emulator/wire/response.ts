import { delay } from '../delay.ts'
import { errorData } from '../errors.ts'
import { failsAtOnce } from '../faults.ts'
import type { Generation, StartedGeneration } from '../generation.ts'
import type { Studio } from '../studio.ts'
import { chatBody, chatClosing, chatOpening, chatStreamError } from './chat-response.ts'
import {
  imagesBody,
  imagesClosing,
  imagesPartial,
  imagesStreamError,
  imagesTextChunks,
} from './images-response.ts'
import { withEnd } from './places.ts'
import { KEEP_ALIVE, serialise } from './serialise.ts'

/** The JSON body of either API. */
export function bodyOf(generation: Generation): readonly Uint8Array[] {
  const { error, fault, request } = generation
  if (error !== undefined && failsAtOnce(fault)) return withEnd(serialise({ error: errorData(error) }))
  return request.api === 'completions' ? chatBody(generation) : imagesBody(generation)
}

interface StreamOptions {
  readonly studio: Studio
  readonly keepAliveMs: number
}

/** The server-sent events of either API, with keep-alive comments until the generation is there. */
export async function* streamOf(
  start: StartedGeneration,
  pending: Promise<Generation>,
  { studio, keepAliveMs }: StreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const isChat = start.request.api === 'completions'
  yield KEEP_ALIVE
  if (isChat && !failsAtOnce(start.fault)) yield* chatOpening(start)
  while ((await Promise.race([pending, delay(keepAliveMs)])) === undefined) yield KEEP_ALIVE
  const generation = await pending
  const { error, fault } = generation
  if (error !== undefined && failsAtOnce(fault)) {
    yield* isChat ? chatStreamError(start, error) : imagesStreamError(error, fault)
    return
  }
  if (!isChat) yield* beforeImages(generation, studio)
  yield* isChat ? chatClosing(generation) : imagesClosing(generation)
}

/** The first image on its way: previews, or the markup of SVG. */
async function* beforeImages(
  { images: [first] }: Generation,
  studio: Studio,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (first === undefined) return
  if (first.svg !== undefined) {
    yield* imagesTextChunks(first.svg)
    return
  }
  const previews = await studio.previews(first)
  for (const [index, preview] of previews.entries()) yield* imagesPartial(preview, index)
}
