/** OpenRouter's canonical error types, as the `ApiErrorType` schema lists them. */
const ERROR_TYPES = [
  'context_length_exceeded',
  'max_tokens_exceeded',
  'token_limit_exceeded',
  'string_too_long',
  'authentication',
  'permission_denied',
  'payment_required',
  'rate_limit_exceeded',
  'provider_overloaded',
  'provider_unavailable',
  'invalid_request',
  'invalid_prompt',
  'not_found',
  'precondition_failed',
  'payload_too_large',
  'unprocessable',
  'content_policy_violation',
  'refusal',
  'invalid_image',
  'image_too_large',
  'image_too_small',
  'unsupported_image_format',
  'image_not_found',
  'image_download_failed',
  'server',
  'timeout',
  'unmapped',
] as const

export type ErrorType = (typeof ERROR_TYPES)[number]

/** What OpenRouter says with each status: the `error_type` and the message its documentation shows. */
const DEFAULTS: Readonly<Record<number, readonly [type: ErrorType, message: string]>> = {
  400: ['invalid_request', 'Invalid request parameters'],
  401: ['authentication', 'Missing Authentication header'],
  402: ['payment_required', 'Insufficient credits. Add more using https://openrouter.ai/credits'],
  403: ['permission_denied', 'Your request was flagged by moderation'],
  404: ['not_found', 'Resource not found'],
  408: ['timeout', 'Operation timed out. Please try again later.'],
  413: ['payload_too_large', 'Request payload too large'],
  422: ['unprocessable', 'Invalid argument'],
  429: ['rate_limit_exceeded', 'Rate limit exceeded'],
  500: ['server', 'Internal Server Error'],
  502: ['provider_unavailable', 'Provider returned error'],
  503: ['provider_overloaded', 'Service temporarily unavailable'],
  504: ['timeout', 'Request timed out. Please try again later.'],
  524: ['timeout', 'Request timed out. Please try again later.'],
  529: ['provider_overloaded', 'Provider returned error'],
}

export function isErrorType(value: string): value is ErrorType {
  return ERROR_TYPES.some((type) => type === value)
}

export interface ApiErrorDetails {
  readonly type?: ErrorType | undefined
  readonly message?: string | undefined
  readonly providerCode?: string | undefined
  readonly retryAfterSeconds?: number | undefined
  /** `Retry-After` is this date instead of seconds. */
  readonly retryAt?: Date | undefined
  /** Fills `availability.retryable`; without it the body holds no `availability`. */
  readonly retryable?: boolean | undefined
  /** Further keys of `metadata`, such as `reasons` and `flagged_input` of a moderation block. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** An error as OpenRouter words it. `status` is the HTTP status and `error.code`. */
export class ApiError extends Error {
  readonly status: number
  readonly type: ErrorType
  readonly details: ApiErrorDetails

  constructor(status: number, details: ApiErrorDetails = {}) {
    const [type, message] = DEFAULTS[status] ?? ['unmapped', 'Unknown error']
    super(details.message ?? message)
    this.status = status
    this.type = details.type ?? type
    this.details = details
  }
}

/** `{code, message, metadata, availability?}`: the same object in a body and in a chat stream. */
export function errorData(error: ApiError): Readonly<Record<string, unknown>> {
  const { providerCode, retryAfterSeconds, retryable, metadata } = error.details
  return {
    code: error.status,
    message: error.message,
    metadata: {
      error_type: error.type,
      ...(providerCode === undefined ? {} : { provider_code: providerCode }),
      ...metadata,
    },
    ...(retryable === undefined
      ? {}
      : {
          availability: {
            code: error.type,
            retryable,
            ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
          },
        }),
  }
}

export function errorResponse(error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  const { retryAt, retryAfterSeconds } = error.details
  const retryAfter = retryAt?.toUTCString() ?? retryAfterSeconds?.toString()
  return new Response(JSON.stringify({ error: errorData(error) }), {
    status: error.status,
    headers: {
      'Content-Type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
      ...headers,
    },
  })
}
