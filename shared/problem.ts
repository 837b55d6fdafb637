import { EaselError, type EaselErrorCode } from './errors.ts'

/** HTTP status of each code. `satisfies`: a new code without a status does not compile. */
const STATUS = {
  invalid_spec: 400,
  unsupported_by_model: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  payload_too_large: 413,
  unsupported_media_type: 415,
  precondition_failed: 412,
  range_not_satisfiable: 416,
  model_not_found: 404,
  refused: 422,
  budget_exhausted: 402,
  rate_limited: 429,
  credits_exhausted: 503,
  upstream_unauthorized: 503,
  no_image: 502,
  upstream_invalid: 502,
  upstream_failed: 502,
  upstream_timeout: 504,
  storage_failed: 503,
  misconfigured: 503,
  internal: 500,
} as const satisfies Record<EaselErrorCode, number>

const TITLE = {
  invalid_spec: 'The image is not described right',
  unsupported_by_model: 'The model cannot do this',
  unauthorized: 'A token or a signature is needed',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  payload_too_large: 'The request is too large',
  unsupported_media_type: 'The request is of the wrong type',
  precondition_failed: 'A precondition is not met',
  range_not_satisfiable: 'The range lies outside the image',
  model_not_found: 'No such model',
  refused: 'The provider refused the content',
  budget_exhausted: 'The budget is used up',
  rate_limited: 'Too many requests',
  credits_exhausted: 'OpenRouter credits are used up',
  upstream_unauthorized: 'OpenRouter refused the key',
  no_image: 'The model answered without an image',
  upstream_invalid: 'The answer was broken',
  upstream_failed: 'OpenRouter failed',
  upstream_timeout: 'OpenRouter took too long',
  storage_failed: 'The image could not be stored',
  misconfigured: 'Easel is not set up',
  internal: 'Something went wrong inside Easel',
} as const satisfies Record<EaselErrorCode, string>

/** A problem details object (RFC 9457), with Easel's `code` and the named extras of the error. */
export interface Problem {
  readonly title: string
  readonly status: number
  readonly code: EaselErrorCode
  readonly detail: string
  readonly [extra: string]: unknown
}

/** HTTP status that an error code is answered with. */
export function statusOf(code: EaselErrorCode): number {
  return STATUS[code]
}

/** What an error code means, in a few words. */
export function titleOf(code: EaselErrorCode): string {
  return TITLE[code]
}

/** The problem body for any thrown value. What Easel did not throw on purpose tells nothing. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof EaselError)) {
    return problem('internal', 'This is a bug in Easel. It has been logged; asking again may help.')
  }
  const { retryAfterSeconds, ...extras } = error.extras
  return {
    ...problem(error.code, error.message),
    ...extras,
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  }
}

/** The `application/problem+json` response for any thrown value: never cached, with `Retry-After` and `Allow`. */
export function problemResponse(error: unknown): Response {
  const body = toProblem(error)
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  if (error instanceof EaselError) {
    const { retryAfterSeconds, allow } = error.extras
    if (retryAfterSeconds !== undefined) headers.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
    if (allow) headers.set('Allow', allow.join(', '))
  }
  return new Response(JSON.stringify(body), { status: body.status, headers })
}

function problem(code: EaselErrorCode, detail: string): Problem {
  return { title: TITLE[code], status: STATUS[code], code, detail }
}
