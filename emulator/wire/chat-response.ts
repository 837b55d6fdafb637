import type { ApiError } from '../errors.ts'
import { errorData } from '../errors.ts'
import type { Fault } from '../faults.ts'
import type { Answer } from '../generate.ts'
import { DONE, placeholder, serialise, sse } from './serialise.ts'

/** The body of `POST /chat/completions`. */
export function chatBody(answer: Answer): readonly Uint8Array[] {
  const { order, images, fault, text } = answer
  const message = { role: 'assistant', content: text, ...imageParts(answer, false) }
  const choice = { index: 0, finish_reason: 'stop', message }
  return serialise(
    {
      ...envelope(answer, 'chat.completion'),
      system_fingerprint: null,
      choices: [choice],
      usage: chatUsage(answer),
      provider: order.model.provider.provider_name,
    },
    images.map((image) => image.base64),
    fault,
  )
}

/** Before the work: what a model that writes says first. */
export function chatOpening(answer: Omit<Answer, 'images' | 'bill'>): readonly Uint8Array[] {
  if (answer.text === null) return []
  return sse(chunk(answer, { role: 'assistant', content: answer.text }, null))
}

/** After the work: all images in one chunk, then the end with the usage. */
export function chatClosing(answer: Answer): readonly Uint8Array[] {
  const delta = { role: 'assistant', content: '', ...imageParts(answer, true) }
  const last = { ...chunk(answer, { role: 'assistant', content: '' }, 'stop'), usage: chatUsage(answer) }
  return [
    ...(answer.images.length === 0
      ? []
      : sse(
          chunk(answer, delta, null),
          answer.images.map((image) => image.base64),
          answer.fault,
        )),
    ...sse(last),
    DONE,
  ]
}

/** An error once the stream has begun. */
export function chatStreamError(
  answer: Omit<Answer, 'images' | 'bill'>,
  error: ApiError,
): readonly Uint8Array[] {
  const failed = chunk(answer, { content: '' }, 'error')
  return [
    ...sse({ ...failed, provider: answer.order.model.provider.provider_slug, error: errorData(error) }),
    DONE,
  ]
}

function envelope(answer: Pick<Answer, 'id' | 'created' | 'order'>, object: string): object {
  return { id: answer.id, object, created: answer.created, model: answer.order.model.id }
}

function chunk(
  answer: Pick<Answer, 'id' | 'created' | 'order'>,
  delta: object,
  finish_reason: string | null,
): object {
  return { ...envelope(answer, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] }
}

function imageParts({ images, fault }: Answer, indexed: boolean): object {
  if (images.length === 0) return {}
  return {
    images: images.map((image, index) => ({
      type: 'image_url',
      ...(indexed ? { index } : {}),
      image_url: { url: imageUrl(image.mediaType, index, fault) },
    })),
  }
}

function imageUrl(mediaType: string, index: number, fault: Fault): string {
  return fault.link ?? `data:${mediaType};base64,${placeholder(index)}`
}

function chatUsage({ bill }: Answer): object {
  return {
    prompt_tokens: bill.promptTokens,
    completion_tokens: bill.completionTokens,
    total_tokens: bill.promptTokens + bill.completionTokens,
    cost: bill.cost,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: bill.promptCost,
      upstream_inference_completions_cost: bill.completionCost,
    },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: bill.imageTokens, audio_tokens: 0 },
  }
}
