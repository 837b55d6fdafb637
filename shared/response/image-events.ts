import { BrokenImageError } from '../media/broken-image-error.ts'
import { createImageInspector } from '../media/inspect-image.ts'
import type { ImageEvent } from './response-events.ts'
import { assertWithinLimits } from './response-limits.ts'
import type { ResponsePart } from './response-parts.ts'

/** Fetches an image that a response only links to. @throws {BrokenImageError} when it can't be had */
export type FetchLinked = (url: string) => AsyncIterable<Uint8Array<ArrayBuffer>>

export type ImagePart = Extract<ResponsePart, { readonly type: 'bytes' | 'image' | 'link' | 'discard' }>

/** Makes events of the images of one response: looks at their bytes, numbers them and keeps within the limits. */
export function createImageEvents(fetchLinked: FetchLinked) {
  let inspector = createImageInspector()
  let whole = 0
  let broken = 0
  let previousBytes = 0

  /** Starts on the next image. */
  function nextImage(): void {
    previousBytes += inspector.byteLength()
    inspector = createImageInspector()
  }

  function pass(bytes: Uint8Array<ArrayBuffer>): ImageEvent {
    inspector.push(bytes)
    const imageBytes = inspector.byteLength()
    assertWithinLimits({ imageBytes, allImagesBytes: previousBytes + imageBytes })
    return { type: 'bytes', bytes }
  }

  function finish(): ImageEvent {
    const image = inspector.finish()
    nextImage()
    return { type: 'image', index: whole++, image }
  }

  function discard(problem: string | undefined): ImageEvent {
    nextImage()
    if (problem === undefined) return { type: 'discard' }
    broken++
    return { type: 'discard', problem: `Image ${whole + broken} is broken: ${problem}.` }
  }

  async function* eventsOf(part: ImagePart): AsyncGenerator<ImageEvent, void, undefined> {
    try {
      if (part.type === 'bytes') yield pass(part.bytes)
      if (part.type === 'discard') yield discard(part.problem)
      if (part.type === 'link') for await (const bytes of fetchLinked(part.url)) yield pass(bytes)
      if (part.type === 'link' || part.type === 'image') yield finish()
    } catch (error) {
      if (!(error instanceof BrokenImageError)) throw error
      yield discard(error.message)
    }
  }

  return {
    eventsOf,
    whole: () => whole,
    broken: () => broken,
    /** Whether bytes were passed on that are neither an image nor discarded yet. */
    isOpen: () => inspector.byteLength() > 0,
  }
}
