import * as z from 'zod'
import { UpstreamError, type UpstreamErrorCode } from '../errors.ts'

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
  readonly mayHaveBeenPaid?: boolean
}

const CONTENT_REASON_MAX_CHARACTERS = 200

const TOO_LONG = {
  code: 'invalid_spec',
  field: 'prompt',
  says: 'The prompt is too long for this model: shorten it.',
} as const

/** By `error_type`, where it says more than the status does. */
const BY_TYPE: ReadonlyMap<string, Meaning> = byName({
  content_policy_violation: { code: 'refused', says: 'The provider refused the content' },
  refusal: { code: 'refused', says: 'The model refused to generate this' },
  invalid_prompt: {
    code: 'invalid_spec',
    field: 'prompt',
    says: 'The provider cannot use this prompt: change its words.',
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
    says: 'An input image is not there: check its URL.',
  },
  context_length_exceeded: TOO_LONG,
  token_limit_exceeded: TOO_LONG,
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

const FAILED = {
  code: 'upstream_failed',
  says: 'OpenRouter or the provider failed. Ask again in a moment.',
} as const
const TIMED_OUT = {
  code: 'upstream_timeout',
  says: 'The provider took too long. The image may have been made and billed, so Easel did not ask again by itself.',
  mayHaveBeenPaid: true,
} as const

/** By status: of the response, or inside an answer that had begun. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: {
    code: 'invalid_spec',
    says: 'OpenRouter found the request invalid: the model may not accept one of its fields.',
  },
  401: { code: 'upstream_unauthorized', says: 'OpenRouter refused the key: check OPENROUTER_API_KEY.' },
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
  408: {
    code: 'upstream_timeout',
    says: 'OpenRouter did not get the request in time. Ask again.',
    retryable: true,
  },
  413: {
    code: 'invalid_spec',
    field: 'input_images',
    says: 'The request is too large for OpenRouter: use smaller input images, or links to them.',
  },
  422: {
    code: 'invalid_spec',
    says: 'The provider cannot process this request: the model may not accept one of its fields.',
  },
  429: { code: 'rate_limited', says: 'OpenRouter is limiting requests. Ask again later.', retryable: true },
  500: { ...FAILED, retryable: true },
  502: { ...FAILED, retryable: true },
  503: { ...FAILED, retryable: true },
  504: TIMED_OUT,
  524: TIMED_OUT,
  529: { ...FAILED, retryable: true },
}

const REDIRECTED = {
  code: 'upstream_failed',
  says: 'OpenRouter’s address leads elsewhere: check the base URL.',
} as const

/** Words that a provider's own error code or message uses when it is about content, not about form. */
const CONTENT_WORDS = /moderation|content[_ ]?policy|safety|flagged|blocked/i

/** Someone's key, should a provider repeat it. */
const KEY = /\b(sk-|Bearer )[\w.-]+/gi

/**
 * The error for a response that is not 200.
 *
 * @param body     its text, whatever it is; of it, only a refusal's reason is ever shown
 * @param headers  `Retry-After` is honoured, in seconds
 */
export function errorInResponse(status: number, body: string, headers: Headers): UpstreamError {
  const error = upstreamErrorBody.safeParse(errorField(body)).data ?? {}
  const seconds = Number(headers.get('Retry-After') || Number.NaN)
  return upstreamError(status, error, atLeastZero(seconds))
}

/**
 * The error for an `error` object inside an answer that had begun with 200. One that says so plainly was not
 * billed, so those that would be retried before the answer are retryable here too.
 */
export function errorInAnswer(body: UpstreamErrorBody): UpstreamError {
  const status = Number(body.code)
  const named = STATUS_OF_TYPE.get(typeOf(body) ?? '') ?? (isRefusedByName(body) ? 400 : 502)
  return upstreamError(status >= 400 && status <= 599 ? status : named, body, undefined)
}

function upstreamError(
  status: number,
  body: UpstreamErrorBody,
  retryAfter: number | undefined,
): UpstreamError {
  const meaning = meaningOf(status, body)
  const retryAfterSeconds = retryAfter ?? atLeastZero(body.availability?.retry_after)
  const reason = meaning.code === 'refused' ? refusalReason(body) : ''
  return new UpstreamError(meaning.code, meaning.says + reason, {
    upstreamStatus: status,
    retryable: body.availability?.retryable ?? meaning.retryable ?? false,
    mayHaveBeenPaid: meaning.mayHaveBeenPaid ?? false,
    extras: {
      ...(meaning.field && { field: meaning.field }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
  })
}

function meaningOf(status: number, body: UpstreamErrorBody): Meaning {
  const byType = BY_TYPE.get(typeOf(body) ?? '')
  if (byType) return byType
  const { message, metadata } = body
  const isBlocked = metadata?.reasons ?? metadata?.patterns ?? CONTENT_WORDS.test(message ?? '')
  const isModeration = status === 403 && Boolean(isBlocked)
  if (isModeration || isRefusedByName(body)) return { code: 'refused', says: 'The content was refused' }
  if (status < 400) return REDIRECTED
  return (
    BY_STATUS[status] ??
    (status < 500 ? { code: 'invalid_spec', says: 'OpenRouter refused the request.' } : FAILED)
  )
}

/** The images API's events have it as `type`, everything else as `metadata.error_type`. */
function typeOf({ type, metadata }: UpstreamErrorBody): string | undefined {
  return metadata?.error_type ?? type ?? undefined
}

/** A provider's own code, passed on in the place of a status. */
function isRefusedByName({ code, type }: UpstreamErrorBody): boolean {
  return typeof code === 'string' && CONTENT_WORDS.test(`${code} ${type}`)
}

/** Why, in the provider's words, on one line. The spec's author needs them, and they hold no secret. */
function refusalReason({ message, metadata }: UpstreamErrorBody): string {
  const text = [message, ...(metadata?.reasons ?? [])]
    .filter(Boolean)
    .join('; ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(KEY, '[key]')
    .trim()
  return text ? `: “${text.slice(0, CONTENT_REASON_MAX_CHARACTERS)}”. Try other words.` : '. Try other words.'
}

function errorField(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined
  } catch {
    return undefined
  }
}

function atLeastZero(seconds: number | null | undefined): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/** What comes from outside may be called `constructor`. */
function byName<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries))
}
