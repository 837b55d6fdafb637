import type { ApiError } from '../errors.ts'
import { errorData } from '../errors.ts'
import type { Generation, StartedGeneration } from '../generation.ts'
import { withEnd } from './places.ts'
import type { ImageText } from './serialise.ts'
import { MALFORMED_PLACEHOLDER, done, imagePlaceholder, serialise, sse } from './serialise.ts'
import { usagePart } from './usage.ts'

const PROMPT_DETAILS = ['cached_tokens', 'cache_write_tokens', 'audio_tokens', 'video_tokens'] as const

/** The body of `POST /chat/completions`. */
export function chatBody(generation: Generation): readonly Uint8Array[] {
  const { request, error, fault } = generation
  const message = { role: 'assistant', content: textOf(generation), ...imageParts(generation, false) }
  const choice = { index: 0, finish_reason: error === undefined ? 'stop' : 'error', message }
  return withEnd(
    serialise(
      {
        ...envelope(generation, 'chat.completion'),
        system_fingerprint: null,
        choices: [choice],
        ...usagePart(generation, PROMPT_DETAILS),
        provider: request.model.provider.provider_name,
        ...(error === undefined ? {} : { error: errorData(error) }),
      },
      imageTexts(generation),
      fault,
    ),
  )
}

/** Before the work: what a model that writes says first. */
export function chatOpening(generation: StartedGeneration): readonly Uint8Array[] {
  if (generation.text === null) return []
  return sse(chunk(generation, { role: 'assistant', content: textOf(generation) }, null))
}

/** After the work: all images in one chunk, then the end with the usage, or with the error. */
export function chatClosing(generation: Generation): readonly Uint8Array[] {
  const { images, fault, error } = generation
  const delta = { role: 'assistant', content: '', ...imageParts(generation, true) }
  const imagesChunk =
    images.length === 0 ? [] : sse(chunk(generation, delta, null), imageTexts(generation), fault)
  if (error !== undefined) return [...imagesChunk, ...chatStreamError(generation, error)]
  const last = {
    ...chunk(generation, { role: 'assistant', content: '' }, 'stop'),
    ...usagePart(generation, PROMPT_DETAILS),
  }
  return [...imagesChunk, ...sse(last), ...done(fault)]
}

/** An error once the stream has begun, and the end. */
export function chatStreamError(generation: StartedGeneration, error: ApiError): readonly Uint8Array[] {
  const { request, fault } = generation
  const failed = chunk(generation, { content: '' }, 'error')
  const provider = request.model.provider.provider_slug
  return [...sse({ ...failed, provider, error: errorData(error) }), ...done(fault)]
}

function envelope({ id, created, request }: StartedGeneration, object: string): object {
  return { id, object, created, model: request.model.id }
}

function chunk(generation: StartedGeneration, delta: object, finish_reason: string | null): object {
  return { ...envelope(generation, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] }
}

function textOf({ text, fault }: StartedGeneration): string | null {
  if (text === null || fault.malformedUtf8 !== 'text') return text
  return `${text} ${MALFORMED_PLACEHOLDER}`
}

function imageTexts({ images, fault }: Generation): readonly ImageText[] {
  return fault.link === undefined ? images.map(({ base64 }, index) => ({ base64, index })) : []
}

function imageParts({ images, fault }: Generation, isStream: boolean): object {
  if (images.length === 0) return {}
  return {
    images: images.map(({ mediaType }, index) => ({
      type: 'image_url',
      ...(isStream ? { index } : {}),
      image_url: { url: fault.link ?? `data:${mediaType};base64,${imagePlaceholder(index)}` },
    })),
  }
}
