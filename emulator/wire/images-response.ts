import type { ApiError } from '../errors.ts'
import type { Answer } from '../generate.ts'
import { DONE, placeholder, serialise, sse } from './serialise.ts'

/** Characters of SVG in one text chunk. */
const TEXT_CHUNK = 2000

/** The body of `POST /images`. */
export function imagesBody(answer: Answer): readonly Uint8Array[] {
  const data = answer.images.map((image, index) => ({
    b64_json: placeholder(index),
    media_type: image.mediaType,
  }))
  return serialise(
    { created: answer.created, data, usage: imagesUsage(answer) },
    answer.images.map((image) => image.base64),
    answer.fault,
  )
}

/** An image on its way: blurred, or for SVG the markup as it is written. */
export function imagesPartial(base64: Buffer, index: number): readonly Uint8Array[] {
  return sse(
    { type: 'image_generation.partial_image', partial_image_index: index, b64_json: placeholder(0) },
    [base64],
  )
}

export function imagesTextChunks(svg: string): readonly Uint8Array[] {
  const texts = svg.match(new RegExp(`[^]{1,${TEXT_CHUNK}}`, 'gu')) ?? []
  return texts.flatMap((text) => sse({ type: 'image_generation.text_chunk', phase: 'content', text }))
}

/** One event per image, the usage with the last. */
export function imagesClosing(answer: Answer): readonly Uint8Array[] {
  const last = answer.images.length - 1
  const completed = answer.images.flatMap((image, index) =>
    sse(
      {
        type: 'image_generation.completed',
        b64_json: placeholder(0),
        media_type: image.mediaType,
        created: answer.created,
        ...(index === last ? { usage: imagesUsage(answer) } : {}),
      },
      [image.base64],
      answer.fault,
    ),
  )
  return [...completed, DONE]
}

/** An error once the stream has begun. */
export function imagesStreamError(error: ApiError): readonly Uint8Array[] {
  const { message, status, type } = error
  return [...sse({ type: 'error', error: { message, code: String(status), type, param: null } }), DONE]
}

function imagesUsage({ bill }: Answer): object {
  return {
    prompt_tokens: bill.promptTokens,
    completion_tokens: bill.completionTokens,
    total_tokens: bill.promptTokens + bill.completionTokens,
    cost: bill.cost,
    is_byok: false,
    prompt_tokens_details: {
      cached_tokens: 0,
      cache_write_tokens: 0,
      audio_tokens: 0,
      file_tokens: 0,
      video_tokens: 0,
    },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: bill.imageTokens, audio_tokens: 0 },
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: bill.promptCost,
      upstream_inference_completions_cost: bill.completionCost,
    },
  }
}
