import * as z from 'zod'
import { UpstreamError, type UpstreamErrorCode } from '../errors.ts'
import { billingUnknown } from './outcome-errors.ts'

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined)

/** OpenRouter's `error` object, as far as Easel acts on it. */
export const upstreamErrorBody = z.object({
  code: optional(z.union([z.number(), z.string()])),
  message: optional(z.string()),
  type: optional(z.string()),
  metadata: optional(
    z.object({
      error_type: optional(z.string()),
      reasons: optional(z.array(z.string())),
      flagged_input: optional(z.string()),
      patterns: optional(z.array(z.string())),
    }),
  ),
  availability: optional(z.object({ retryable: optional(z.boolean()), retry_after: optional(z.number()) })),
})

export type UpstreamErrorBody = z.input<typeof upstreamErrorBody>

interface Meaning {
  readonly code: UpstreamErrorCode
  /** What happened and what to do, for the user. */
  readonly says: string
  readonly field?: string
  readonly retryable?: boolean
}

const CONTENT_REASON_MAX_CHARACTERS = 200

const TOO_LONG = {
  code: 'invalid_spec',
  field: 'prompt',
  says: 'The prompt is too long for this model: shorten it.',
} as const

const FAILED = {
  code: 'upstream_failed',
  says: 'OpenRouter or the provider failed. Nothing was billed: retry in a moment.',
} as const
const TIMED_OUT = {
  code: 'billing_unknown',
  says: 'The provider took too long. The image may have been billed, so Easel did not retry. Check your activity at OpenRouter before you request it again.',
} as const

/** By `error_type`, where it says more than the status does. */
const BY_TYPE: ReadonlyMap<string, Meaning> = byName({
  content_policy_violation: { code: 'refused', says: 'The provider refused the content' },
  refusal: { code: 'refused', says: 'The model refused to generate this' },
  invalid_prompt: {
    code: 'invalid_spec',
    field: 'prompt',
    says: 'The provider cannot use this prompt: change it.',
  },
  string_too_long: TOO_LONG,
  invalid_image: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'The provider cannot read an input image: use PNG, JPEG or WebP.',
  },
  image_too_large: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'An input image is too large for the provider: make it smaller.',
  },
  image_too_small: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'An input image is too small for the provider: use a larger one.',
  },
  unsupported_image_format: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'The provider does not take the format of an input image: use PNG, JPEG or WebP.',
  },
  image_download_failed: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'The provider could not download an input image: its URL must be public.',
  },
  image_not_found: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'An input image was not found: check its URL.',
  },
  context_length_exceeded: TOO_LONG,
  token_limit_exceeded: TOO_LONG,
  timeout: TIMED_OUT,
})

/** By `error_type`, for errors that come without a status. */
const STATUS_OF_TYPE: ReadonlyMap<string, number> = byName({
  invalid_request: 400,
  authentication: 401,
  payment_required: 402,
  permission_denied: 403,
  not_found: 404,
  payload_too_large: 413,
  unprocessable: 422,
  rate_limit_exceeded: 429,
  server: 500,
  unmapped: 500,
  provider_unavailable: 502,
  provider_overloaded: 503,
  timeout: 504,
})

/** By status: of the response, or inside a body that had begun. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: {
    code: 'invalid_spec',
    says: 'OpenRouter found the request invalid: the model may not accept one of its fields.',
  },
  401: { code: 'upstream_unauthorized', says: 'OpenRouter rejected the key: check OPENROUTER_API_KEY.' },
  402: {
    code: 'credits_exhausted',
    says: 'The OpenRouter account is out of credits: add some at openrouter.ai/credits.',
  },
  403: {
    code: 'upstream_unauthorized',
    says: 'OpenRouter does not let this key do that: check its limits and the account’s settings.',
  },
  404: {
    code: 'model_not_found',
    field: 'model',
    says: 'OpenRouter has no provider for this model and these fields: try another model.',
  },
  408: TIMED_OUT,
  413: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'The request is too large for OpenRouter: use smaller input images, or links to them.',
  },
  422: {
    code: 'invalid_spec',
    says: 'The provider cannot process this request: the model may not accept one of its fields.',
  },
  429: { code: 'rate_limited', says: 'OpenRouter is limiting requests. Retry later.', retryable: true },
  500: { ...FAILED, retryable: true },
  502: { ...FAILED, retryable: true },
  503: { ...FAILED, retryable: true },
  504: TIMED_OUT,
  529: { ...FAILED, retryable: true },
}

const REDIRECTED = {
  code: 'upstream_failed',
  says: 'OpenRouter’s address redirects, and Easel does not send its key elsewhere: check the base URL.',
} as const

/** Words that a provider's own error code or message uses when it is about content, not form. */
const CONTENT_WORDS = /moderation|content[_ ]?policy|safety|flagged|blocked/i

/** A key, in case a provider repeats one. */
const KEY = /\b(sk-|Bearer )[\w.-]+/gi

/** A longer `Retry-After` is not believed. */
const RETRY_AFTER_MAX_SECONDS = 300

/** An error response: status, headers and the text of its body, whatever that is. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Whether the body came to its end. A gateway that breaks off may have passed the request on. */
  readonly isComplete: boolean
}

/**
 * The error for a response that is not 200. Of the body, only a refusal's reason is ever shown.
 *
 * @param now  milliseconds since the epoch; `Retry-After` may be a date
 */
export function errorInResponse(
  { status, headers, body, isComplete }: ErrorResponse,
  now: number,
): UpstreamError {
  const error = upstreamErrorBody.safeParse(errorField(body)).data ?? {}
  const generationId = headers.get('X-Generation-Id') ?? undefined
  if (status >= 500 && !(isComplete && isNamed(error))) {
    const what = isComplete
      ? `A gateway on the way to OpenRouter responded with ${status}`
      : 'The connection to OpenRouter was cut'
    return billingUnknown(what, { upstreamStatus: status }).with({ generationId })
  }
  const retryAfter = retryAfterSeconds(headers.get('Retry-After') ?? '', now)
  return upstreamError(status, error, { retryAfter, isComplete }).with({ generationId })
}

/**
 * The error for an `error` object inside a body that had begun with status 200. OpenRouter doesn't bill a
 * generation that it calls failed, so what is retryable as a response is retryable here too.
 */
export function errorInBody(body: UpstreamErrorBody): UpstreamError {
  const status = Number(body.code)
  const named = STATUS_OF_TYPE.get(typeOf(body) ?? '') ?? (isRefusedByName(body) ? 400 : 502)
  return upstreamError(status >= 400 && status <= 599 ? status : named, body, { isComplete: true })
}

function upstreamError(
  status: number,
  body: UpstreamErrorBody,
  { retryAfter, isComplete }: { readonly retryAfter?: number | undefined; readonly isComplete: boolean },
): UpstreamError {
  const meaning = meaningOf(status, body)
  const seconds = retryAfter ?? believedSeconds(body.availability?.retry_after)
  const reason = meaning.code === 'refused' ? refusalReason(body) : ''
  const mayRetry = isComplete && meaning.code !== 'billing_unknown'
  return new UpstreamError(meaning.code, meaning.says + reason, {
    upstreamStatus: status,
    retryable: mayRetry && (body.availability?.retryable ?? meaning.retryable ?? false),
    extras: {
      ...(meaning.field && { field: meaning.field }),
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    },
  })
}

function meaningOf(status: number, body: UpstreamErrorBody): Meaning {
  const byType = BY_TYPE.get(typeOf(body) ?? '')
  if (byType) return byType
  const { message, metadata } = body
  const isBlocked =
    metadata?.reasons ?? metadata?.flagged_input ?? metadata?.patterns ?? CONTENT_WORDS.test(message ?? '')
  const isModeration = status === 403 && Boolean(isBlocked)
  if (isModeration || isRefusedByName(body)) return { code: 'refused', says: 'The content was refused' }
  if (status < 400) return REDIRECTED
  const byStatus = BY_STATUS[status]
  if (byStatus) return byStatus
  if (status < 500)
    return { code: 'invalid_spec', says: 'OpenRouter rejected the request: check its fields.' }
  // A gateway's own words for a server that was reached but didn't respond in time, or at all.
  return status >= 520 && status <= 528 ? TIMED_OUT : FAILED
}

/** The images API's events call it `type`, everything else `metadata.error_type`. */
function typeOf({ type, metadata }: UpstreamErrorBody): string | undefined {
  return metadata?.error_type ?? type ?? undefined
}

/**
 * Whether OpenRouter itself says what failed. A gateway's bare 5xx doesn't: it may have passed the request on and lost
 * the response.
 */
function isNamed(error: UpstreamErrorBody): boolean {
  return (error.code ?? typeOf(error)) !== undefined
}

/** A provider's own code, in place of a status. */
function isRefusedByName({ code, type }: UpstreamErrorBody): boolean {
  return typeof code === 'string' && CONTENT_WORDS.test(`${code} ${type}`)
}

/** Why, in the provider's words, on one line: the spec's author needs them, and they hold no secret. */
function refusalReason({ message, metadata }: UpstreamErrorBody): string {
  const text = [message, ...(metadata?.reasons ?? [])]
    .filter(Boolean)
    .join('; ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(KEY, '[key]')
    .trim()
  return text
    ? `: “${text.slice(0, CONTENT_REASON_MAX_CHARACTERS)}”. Change the prompt.`
    : '. Change the prompt.'
}

function errorField(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined
  } catch {
    return undefined
  }
}

/** `Retry-After`: seconds, or an HTTP date. */
function retryAfterSeconds(header: string, now: number): number | undefined {
  if (header === '') return undefined
  if (header.endsWith('GMT')) return believedSeconds((Date.parse(header) - now) / 1000)
  return believedSeconds(Number(header))
}

function believedSeconds(seconds: number | null | undefined): number | undefined {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined
  return Math.min(Math.max(0, seconds), RETRY_AFTER_MAX_SECONDS)
}

/** Not an object: a name from outside may be `constructor`. */
function byName<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries))
}
