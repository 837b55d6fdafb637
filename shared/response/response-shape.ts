import * as z from 'zod'
import type { Shape } from './json.ts'
import { upstreamErrorBody } from './upstream-error.ts'

const ERROR_SHAPE = {
  code: 'scalar',
  message: 'scalar',
  type: 'scalar',
  metadata: {
    error_type: 'scalar',
    provider_code: 'scalar',
    reasons: ['scalar'],
    flagged_input: 'scalar',
    patterns: ['scalar'],
  },
  availability: { code: 'scalar', retryable: 'scalar', retry_after: 'scalar' },
} as const satisfies Shape

const MESSAGE_SHAPE = {
  content: 'scalar',
  refusal: 'scalar',
  images: [{ image_url: { url: 'image' } }],
} as const satisfies Shape

/**
 * All that is wanted of any response: chat completion, chat chunk, images response, images event. Their fields
 * don't clash, so one shape serves all four.
 */
export const RESPONSE_SHAPE = {
  id: 'scalar',
  type: 'scalar',
  model: 'scalar',
  choices: [{ finish_reason: 'scalar', message: MESSAGE_SHAPE, delta: MESSAGE_SHAPE, error: ERROR_SHAPE }],
  data: [{ b64_json: 'image' }],
  b64_json: 'image-or-preview',
  text: 'scalar',
  usage: {
    cost: 'scalar',
    is_byok: 'scalar',
    cost_details: { upstream_inference_cost: 'scalar' },
    prompt_tokens: 'scalar',
    completion_tokens: 'scalar',
  },
  error: ERROR_SHAPE,
} as const satisfies Shape

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined)

/** The entries of a list that can be read: an odd one must not cost the others. */
const listOf = <T extends z.ZodType>(item: T) =>
  optional(
    z.array(z.unknown()).transform((values): z.output<T>[] =>
      values.flatMap((value) => {
        const result = item.safeParse(value)
        return result.success ? [result.data] : []
      }),
    ),
  )

/** Some proxies send a sentence instead of the object. */
const error = optional(z.union([upstreamErrorBody, z.string().transform((text) => ({ message: text }))]))

const message = z.object({ content: optional(z.string()), refusal: optional(z.string()) })

/** What {@link RESPONSE_SHAPE} holds beside images, which are passed on while they are read. */
export const responseBody = z.object({
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
  text: optional(z.string()),
  usage: optional(
    z.object({
      cost: optional(z.number()),
      is_byok: optional(z.boolean()),
      cost_details: optional(z.object({ upstream_inference_cost: optional(z.number()) })),
      prompt_tokens: optional(z.number()),
      completion_tokens: optional(z.number()),
    }),
  ),
  error,
})
