import type { ApiError } from '../errors.ts'
import { errorData } from '../errors.ts'
import type { Fault } from '../faults.ts'
import { affectsImage } from '../faults.ts'
import type { Generation } from '../generation.ts'
import { MARKS, withEnd } from './places.ts'
import { done, imagePlaceholder, serialise, sse } from './serialise.ts'
import { usagePart } from './usage.ts'

const PROMPT_DETAILS = [
  'cached_tokens',
  'cache_write_tokens',
  'audio_tokens',
  'file_tokens',
  'video_tokens',
] as const

/** Characters of SVG in one text chunk. */
const TEXT_CHUNK = 2000

/** The body of `POST /images`. */
export function imagesBody(generation: Generation): readonly Uint8Array[] {
  const { images, created, error, fault } = generation
  const data = images.map(({ mediaType }, index) => ({
    b64_json: imagePlaceholder(index),
    media_type: mediaType,
  }))
  return withEnd(
    serialise(
      {
        created,
        data,
        ...usagePart(generation, PROMPT_DETAILS),
        ...(error === undefined ? {} : { error: errorData(error) }),
      },
      images.map(({ base64 }, index) => ({ base64, index })),
      fault,
    ),
  )
}

/** An image on its way: blurred, or for SVG the markup as it is written. */
export function imagesPartial(base64: Buffer, index: number): readonly Uint8Array[] {
  return sse(
    { type: 'image_generation.partial_image', partial_image_index: index, b64_json: imagePlaceholder(index) },
    [{ base64, index }],
    // Faults are for the images themselves: of the previews there is none to affect.
    { imageIndex: -1 },
  )
}

export function imagesTextChunks(svg: string): readonly Uint8Array[] {
  const texts = svg.match(new RegExp(`[^]{1,${TEXT_CHUNK}}`, 'gu')) ?? []
  return texts.flatMap((text) => sse({ type: 'image_generation.text_chunk', phase: 'content', text }))
}

/** One event per image, the usage with the last; then the end, or the error. */
export function imagesClosing(generation: Generation): readonly Uint8Array[] {
  const { images, created, error, fault } = generation
  const last = images.length - 1
  const completed = images.flatMap(({ base64, mediaType }, index) => [
    ...sse(
      {
        type: 'image_generation.completed',
        b64_json: imagePlaceholder(index),
        media_type: mediaType,
        created,
        ...(index === last && error === undefined ? usagePart(generation, PROMPT_DETAILS) : {}),
      },
      [{ base64, index }],
      fault,
    ),
    ...(index < last && affectsImage(fault, index) ? [MARKS.betweenImages] : []),
  ])
  return error === undefined
    ? [...completed, ...done(fault)]
    : [...completed, ...imagesStreamError(error, fault)]
}

/** An error once the stream has begun, and the end. */
export function imagesStreamError(error: ApiError, fault: Fault): readonly Uint8Array[] {
  const { message, status, type } = error
  return [
    ...sse({ type: 'error', error: { message, code: String(status), type, param: null } }),
    ...done(fault),
  ]
}
