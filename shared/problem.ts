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
  purged: 410,
  refused: 422,
  budget_exhausted: 402,
  rate_limited: 429,
  credits_exhausted: 503,
  upstream_unauthorized: 503,
  // No client retries a 424 by itself, and that is the point: a retry would be billed again.
  billing_unknown: 424,
  no_image: 424,
  upstream_invalid: 424,
  upstream_failed: 502,
  upstream_timeout: 504,
  storage_failed: 503,
  misconfigured: 503,
  internal: 500,
} as const satisfies Record<EaselErrorCode, number>

const TITLE = {
  invalid_spec: 'Invalid request',
  unsupported_by_model: 'Not supported by the model',
  unauthorized: 'A token or a signature is needed',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  payload_too_large: 'The request is too large',
  unsupported_media_type: 'Unsupported media type',
  precondition_failed: 'Precondition failed',
  range_not_satisfiable: 'The range lies outside the image',
  model_not_found: 'No such model',
  purged: 'The image was purged',
  refused: 'The provider refused the content',
  budget_exhausted: 'The budget is used up',
  rate_limited: 'Too many requests',
  credits_exhausted: 'OpenRouter credits are used up',
  upstream_unauthorized: 'OpenRouter rejected the key',
  billing_unknown: 'No image, and the billing is unknown',
  no_image: 'The model responded without an image',
  upstream_invalid: 'OpenRouter’s response was unusable',
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

/** The HTTP status of an error code. */
export function statusOf(code: EaselErrorCode): number {
  return STATUS[code]
}

/** What an error code means, in a few words. */
export function titleOf(code: EaselErrorCode): string {
  return TITLE[code]
}

/** The problem body for any thrown value. What Easel did not throw on purpose reveals nothing. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof EaselError)) {
    return problem('internal', 'This is a bug in Easel. It has been logged; a retry may help.')
  }
  const { retryAfterSeconds: _, mayHaveBeenBilled, billedUsd, ...extras } = error.extras
  const retryAfter = retryAfterOf(error)
  return {
    ...problem(error.code, error.message),
    ...extras,
    ...(retryAfter !== undefined && { retry_after: retryAfter }),
    ...((mayHaveBeenBilled || error.code === 'billing_unknown') && { may_have_been_billed: true }),
    ...(billedUsd !== undefined && { billed_usd: billedUsd }),
  }
}

/**
 * The headers of an error response, whatever the shape of its body: never cached, with `Retry-After`,
 * `Allow` and `WWW-Authenticate` where they apply.
 */
export function errorHeaders(error: unknown): Headers {
  const headers = new Headers({ 'Cache-Control': 'no-store' })
  if (!(error instanceof EaselError)) return headers
  const retryAfter = retryAfterOf(error)
  if (retryAfter !== undefined) headers.set('Retry-After', String(Math.ceil(retryAfter)))
  // RFC 9110, 11.6.1: a 401 names the scheme.
  if (error.code === 'unauthorized') headers.set('WWW-Authenticate', 'Bearer realm="Easel"')
  if (error.extras.allow) headers.set('Allow', error.extras.allow.join(', '))
  // OpenAI's client retries by itself unless this is set.
  if (isBilledFailure(error)) headers.set('x-should-retry', 'false')
  return headers
}

/** The `application/problem+json` response for any thrown value. */
export function problemResponse(error: unknown): Response {
  const body = toProblem(error)
  const headers = errorHeaders(error)
  headers.set('Content-Type', 'application/problem+json')
  return new Response(JSON.stringify(body), { status: body.status, headers })
}

/** Whether OpenRouter billed, or may have, without an image: a retry costs again. */
function isBilledFailure({ code }: EaselError): boolean {
  return STATUS[code] === 424
}

/** Seconds; never for what a retry would be billed for again. */
function retryAfterOf(error: EaselError): number | undefined {
  return isBilledFailure(error) ? undefined : error.extras.retryAfterSeconds
}

function problem(code: EaselErrorCode, detail: string): Problem {
  return { title: TITLE[code], status: STATUS[code], code, detail }
}
