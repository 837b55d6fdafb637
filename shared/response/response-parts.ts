import * as z from 'zod'
import type { Parse } from './cursor.ts'
import type { EmbeddedImage } from './image-string.ts'
import type { Shape } from './json.ts'
import { errorInAnswer, upstreamErrorBody } from './upstream-error.ts'

/** What the provider counted. */
export interface Usage {
  /** USD, as billed. */
  readonly costUsd?: number | undefined
  readonly promptTokens?: number | undefined
  readonly completionTokens?: number | undefined
}

/** What is known of a generation beside its images. */
export interface AnswerSummary {
  readonly generationId?: string | undefined
  readonly model?: string | undefined
  readonly usage?: Usage | undefined
}

/** One piece of an answer, images not looked at yet. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'partial'; readonly index: number; readonly image: EmbeddedImage }
  | { readonly type: 'image'; readonly image: EmbeddedImage }
  | { readonly type: 'summary'; readonly summary: AnswerSummary }
  /** The answer says that it is complete; needed of a stream, which may be cut. */
  | { readonly type: 'finished' }

const ERROR_SHAPE = {
  code: 'scalar',
  message: 'scalar',
  type: 'scalar',
  metadata: { error_type: 'scalar', provider_code: 'scalar', reasons: ['scalar'], patterns: ['scalar'] },
  availability: { code: 'scalar', retryable: 'scalar', retry_after: 'scalar' },
} as const satisfies Shape

const MESSAGE_SHAPE = {
  content: 'scalar',
  refusal: 'scalar',
  images: [{ image_url: { url: 'image' } }],
} as const satisfies Shape

/**
 * All that is wanted of any answer: chat completion, chat chunk, images answer, images event. Their fields
 * don't clash, so one shape serves the four.
 */
export const ANSWER_SHAPE = {
  id: 'scalar',
  type: 'scalar',
  model: 'scalar',
  choices: [{ finish_reason: 'scalar', message: MESSAGE_SHAPE, delta: MESSAGE_SHAPE, error: ERROR_SHAPE }],
  data: [{ b64_json: 'image' }],
  b64_json: 'image',
  partial_image_index: 'scalar',
  text: 'scalar',
  usage: { cost: 'scalar', prompt_tokens: 'scalar', completion_tokens: 'scalar' },
  error: ERROR_SHAPE,
} as const satisfies Shape

const image = z.custom<EmbeddedImage>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value,
)
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined)

/** What can be read of a list: one odd entry must not cost the images beside it. */
const listOf = <T extends z.ZodType>(item: T) =>
  optional(
    z.array(z.unknown()).transform((values): z.output<T>[] =>
      values.flatMap((value) => {
        const result = item.safeParse(value)
        return result.success ? [result.data] : []
      }),
    ),
  )

/** Some proxies put a sentence where the object belongs. */
const error = optional(z.union([upstreamErrorBody, z.string().transform((text) => ({ message: text }))]))

const message = z.object({
  content: optional(z.string()),
  refusal: optional(z.string()),
  images: listOf(z.object({ image_url: z.object({ url: image }) })),
})

const answer = z.object({
  id: optional(z.string()),
  type: optional(z.string()),
  model: optional(z.string()),
  choices: listOf(
    z.object({
      finish_reason: optional(z.string()),
      message: optional(message),
      delta: optional(message),
      error,
    }),
  ),
  data: listOf(z.object({ b64_json: image })),
  b64_json: optional(image),
  partial_image_index: optional(z.number()),
  text: optional(z.string()),
  usage: optional(
    z.object({
      cost: optional(z.number()),
      prompt_tokens: optional(z.number()),
      completion_tokens: optional(z.number()),
    }),
  ),
  error,
})

/**
 * What one JSON document, or one event, of an answer says.
 *
 * @throws {UpstreamError} when it says that the generation failed or was refused
 */
export function* answerParts(value: unknown): Parse<void, AnswerPart> {
  const parsed = answer.safeParse(value)
  if (!parsed.success) return
  const { id, type, model, choices, data, b64_json, partial_image_index, text, usage } = parsed.data
  if (parsed.data.error) throw errorInAnswer(parsed.data.error)

  for (const choice of choices ?? []) {
    if (choice.error) throw errorInAnswer(choice.error)
    const { content, refusal, images } = { ...choice.message, ...choice.delta }
    if (choice.finish_reason === 'error') throw errorInAnswer({})
    if (refusal) throw errorInAnswer({ code: 400, message: refusal, metadata: { error_type: 'refusal' } })
    if (choice.finish_reason === 'content_filter' && !images) {
      throw errorInAnswer({
        code: 400,
        message: content ?? '',
        metadata: { error_type: 'content_policy_violation' },
      })
    }
    if (content) yield { type: 'text', text: content }
    for (const { image_url } of images ?? []) yield { type: 'image', image: image_url.url }
    if (choice.finish_reason) yield { type: 'finished' }
  }

  for (const { b64_json: one } of data ?? []) yield { type: 'image', image: one }
  if (text) yield { type: 'text', text }
  if (b64_json && type === 'image_generation.partial_image') {
    yield { type: 'partial', index: partial_image_index ?? 0, image: b64_json }
  } else if (b64_json) {
    yield { type: 'image', image: b64_json }
    // Of several images, the last brings the bill.
    if (usage) yield { type: 'finished' }
  }

  yield {
    type: 'summary',
    summary: {
      ...(id && { generationId: id }),
      ...(model && { model }),
      ...(usage && {
        usage: {
          costUsd: usage.cost ?? undefined,
          promptTokens: usage.prompt_tokens ?? undefined,
          completionTokens: usage.completion_tokens ?? undefined,
        },
      }),
    },
  }
}
