import * as z from 'zod'
import type { EaselErrorCode } from '../../shared/errors.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'
import { signRequest } from '../routes/sign-request.ts'

// Requests are described by the schemas that validate them; responses by these, which tests compare with the
// Worker's responses.

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'Identifies an image: SHA-256 of its canonical spec.' })

const mediaType = z.enum([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/svg+xml',
])

const listedImage = z.object({
  url: z.url(),
  sha256: z.string(),
  media_type: mediaType,
  width: z.int().meta({ description: 'Pixels.' }),
  height: z.int().meta({ description: 'Pixels.' }),
  bytes: z.int(),
  thumbhash: z.base64().optional().meta({
    description:
      'Placeholder, base64. Computed when the manifest is first read; absent without the Images binding.',
  }),
})

export const spec = imageSpecInputSchema

export const generation = z
  .object({
    fingerprint,
    url: z.url().meta({ description: 'The first image.' }),
    images: z.array(listedImage).min(1),
    model: z.string().meta({ description: 'The model that served.' }),
    failed_models: z
      .array(z.object({ model: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The models that were asked first, and why they did not serve.' }),
    cost_usd: z.number().optional().meta({ description: 'What the generation cost, also on a hit.' }),
    cache: z.enum(['hit', 'miss', 'collapsed']).meta({
      description: 'Cached; generated for this request; or joined a generation in flight.',
    }),
    created: z.iso.datetime(),
    text: z.string().optional().meta({ description: 'What the model said beside the image.' }),
    problems: z
      .array(z.string())
      .optional()
      .meta({ description: 'Why images are missing, one sentence each.' }),
  })
  .meta({ id: 'Generation', description: 'The images of one generation.' })

export const pending = z.object({ fingerprint, status: z.literal('pending'), url: z.url().optional() }).meta({
  id: 'Pending',
  description: 'The image is being generated. Poll again after `Retry-After` seconds.',
})

export const imageList = z
  .object({
    images: z.array(
      z.object({
        fingerprint,
        url: z.url(),
        prompt: z.string().meta({ description: 'Its start, up to 1,500 bytes.' }),
        model: z.string(),
        cost_usd: z.number().optional().meta({ description: 'Of all images of the generation.' }),
        created: z.iso.datetime(),
        width: z.int(),
        height: z.int(),
        bytes: z.int(),
        media_type: mediaType,
        thumbhash: z.string().optional().meta({ description: 'Base64.' }),
      }),
    ),
    cursor: z.string().optional().meta({ description: 'For the next page; absent on the last one.' }),
  })
  .meta({
    id: 'ImageList',
    description: 'Images, newest first. With a filter, a page can be short although there is a next one.',
  })

export const estimate = z
  .object({
    fingerprint,
    model: z.string(),
    usd: z.number().optional().meta({ description: 'What it probably costs; absent where unknown.' }),
    max_usd: z.number().optional().meta({ description: 'The most that it can cost.' }),
    basis: z.enum(['list price', 'tokens', 'unknown']),
    cached: z.boolean().meta({ description: 'Whether it is there already, and costs nothing.' }),
    warnings: z
      .array(z.string())
      .optional()
      .meta({ description: 'About the model, such as its retirement.' }),
  })
  .meta({ id: 'Estimate' })

export const toSign = signRequest.extend({ spec: imageSpecInputSchema.optional() }).meta({ id: 'ToSign' })

export const signedUrl = z
  .object({
    url: z.url(),
    fingerprint: fingerprint.optional().meta({ description: 'Of `spec`.' }),
    expires: z.iso.datetime(),
  })
  .meta({
    id: 'SignedUrl',
    description: 'A URL that shows its image to anyone, and generates it for a spec.',
  })

export const modelList = z
  .object({
    source: z.enum(['live', 'snapshot']),
    data: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'ModelList', description: 'Image models with abilities and prices.' })

export const health = z
  .object({ status: z.enum(['ok', 'failing']), checks: z.record(z.string(), z.string()) })
  .meta({ id: 'Health' })

const ERROR_CODES = {
  invalid_spec: 0,
  unsupported_by_model: 0,
  unauthorized: 0,
  forbidden: 0,
  not_found: 0,
  method_not_allowed: 0,
  precondition_failed: 0,
  range_not_satisfiable: 0,
  payload_too_large: 0,
  unsupported_media_type: 0,
  model_not_found: 0,
  purged: 0,
  refused: 0,
  budget_exhausted: 0,
  rate_limited: 0,
  credits_exhausted: 0,
  upstream_unauthorized: 0,
  billing_unknown: 0,
  no_image: 0,
  upstream_invalid: 0,
  upstream_failed: 0,
  upstream_timeout: 0,
  storage_failed: 0,
  misconfigured: 0,
  internal: 0,
} as const satisfies Record<EaselErrorCode, 0>

const issue = z.object({ field: z.string(), detail: z.string(), accepts: z.array(z.string()).optional() })

export const problem = z
  .looseObject({
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERROR_CODES) as [EaselErrorCode, ...EaselErrorCode[]]),
    detail: z.string().meta({ description: 'What is wrong, and what to do about it.' }),
    field: z.string().optional().meta({ description: 'Where: `aspect_ratio`, `font_inputs[0].text`.' }),
    accepts: z.array(z.string()).optional().meta({ description: 'What the field would accept.' }),
    issues: z.array(issue).optional().meta({ description: 'Everything that is wrong, if more than one.' }),
    closest: z.array(z.string()).optional().meta({ description: 'Models with similar names.' }),
    retry_after: z.number().optional().meta({ description: 'Seconds.' }),
    may_have_been_billed: z
      .boolean()
      .optional()
      .meta({ description: 'OpenRouter may have billed the generation, and nobody can tell.' }),
    billed_usd: z.number().optional().meta({ description: 'What a generation without an image cost.' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457). Switch on `code`; sentences may change.' })

const usage = z.looseObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cost: z.number().optional().meta({ description: 'USD; 0 when the image was cached.' }),
})

/** OpenRouter's own, as far as images go. */
export const chatRequest = z
  .looseObject({
    model: z.string().optional(),
    messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).min(1),
    modalities: z.array(z.enum(['image', 'text'])).optional(),
    image_config: z.record(z.string(), z.unknown()).optional(),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'ChatRequest', description: 'OpenRouter’s `ChatRequest`, for an image.' })

export const chatResult = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        message: z.looseObject({
          content: z.string(),
          images: z.array(z.looseObject({ image_url: z.object({ url: z.string() }) })),
        }),
      }),
    ),
    usage,
  })
  .meta({ id: 'ChatResult', description: 'OpenRouter’s `ChatResult`.' })

export const imagesRequest = z
  .looseObject({ model: z.string().optional(), prompt: z.string(), stream: z.boolean().optional() })
  .meta({ id: 'ImagesRequest', description: 'OpenRouter’s `ImageGenerationRequest`.' })

export const imagesResult = z
  .looseObject({
    created: z.int(),
    data: z.array(z.object({ b64_json: z.string(), media_type: mediaType })),
    usage,
  })
  .meta({ id: 'ImagesResult', description: 'OpenRouter’s `ImageGenerationResponse`.' })

export const openRouterList = z
  .looseObject({})
  .meta({ id: 'OpenRouterList', description: 'OpenRouter’s list, unchanged.' })

const totals = {
  spent_usd: z.number(),
  generated: z.int(),
  unknown: z.int().meta({ description: 'Generations that may have been billed.' }),
  failed: z.int(),
}

const hitTotals = {
  hits: z.int().meta({
    description:
      'Images served from the cache, at least: what an isolate had not told yet when it ended is missing.',
  }),
  saved_usd: z.number().meta({ description: 'What generating those images had cost, where that is known.' }),
}

export const usageReport = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    ...totals,
    ...hitTotals,
    days: z.array(z.object({ date: z.iso.date(), ...totals, ...hitTotals })),
    models: z.array(z.object({ model: z.string(), ...totals })),
    tokens: z.array(z.object({ token: z.string().nullable(), ...totals })),
    budget: z.object({
      daily_usd: z.number().optional(),
      monthly_usd: z.number().optional(),
      spent_today_usd: z.number(),
      spent_month_usd: z.number(),
      reserved_usd: z.number(),
      resets_at: z.iso.datetime(),
    }),
  })
  .meta({ id: 'Usage', description: 'Generations, spending and hits, both days included (UTC).' })

export const keyInfo = z
  .object({
    data: z.looseObject({
      label: z.string(),
      limit: z.number().nullable().meta({ description: 'USD a day; null with the emulator.' }),
      limit_remaining: z.number().nullable(),
      limit_reset: z.literal('daily'),
      usage: z.number().meta({ description: 'USD, today.' }),
    }),
  })
  .meta({ id: 'Key', description: 'What is left of today’s budget, in OpenRouter’s words.' })

export const openRouterError = z
  .object({
    error: z.looseObject({
      code: z.int(),
      message: z.string(),
      metadata: z.object({ error_type: z.string(), provider_code: z.string() }),
    }),
  })
  .meta({ id: 'OpenRouterError', description: 'OpenRouter’s error; `provider_code` is Easel’s own code.' })
