import type { EaselErrorCode } from '../../../shared/errors.ts'
import { errorHeaders, toProblem } from '../../../shared/problem.ts'

interface WireError {
  readonly status: number
  /** OpenRouter's `error_type`. */
  readonly type: string
  /** Set where a retry is known to help, or known to cost; else the status speaks for itself. */
  readonly retryable?: boolean
}

/**
 * How OpenRouter would respond, so that its clients do the right thing: stop, wait, or retry. Trouble with Easel's
 * own key is a 502 here: a 401 would blame the caller's.
 *
 * @see docs/openrouter.md#errors
 */
const WIRE = {
  invalid_spec: { status: 400, type: 'invalid_request' },
  unsupported_by_model: { status: 422, type: 'unprocessable' },
  unauthorized: { status: 401, type: 'authentication' },
  forbidden: { status: 403, type: 'permission_denied' },
  not_found: { status: 404, type: 'not_found' },
  method_not_allowed: { status: 405, type: 'invalid_request' },
  precondition_failed: { status: 412, type: 'precondition_failed' },
  range_not_satisfiable: { status: 416, type: 'invalid_request' },
  payload_too_large: { status: 413, type: 'payload_too_large' },
  unsupported_media_type: { status: 415, type: 'invalid_request' },
  model_not_found: { status: 404, type: 'not_found' },
  purged: { status: 410, type: 'not_found' },
  refused: { status: 400, type: 'content_policy_violation' },
  budget_exhausted: { status: 402, type: 'payment_required' },
  rate_limited: { status: 429, type: 'rate_limit_exceeded', retryable: true },
  credits_exhausted: { status: 402, type: 'payment_required' },
  upstream_unauthorized: { status: 502, type: 'provider_unavailable', retryable: false },
  billing_unknown: { status: 424, type: 'timeout', retryable: false },
  no_image: { status: 424, type: 'unprocessable', retryable: false },
  upstream_invalid: { status: 424, type: 'provider_unavailable', retryable: false },
  upstream_failed: { status: 502, type: 'provider_unavailable' },
  upstream_timeout: { status: 504, type: 'timeout', retryable: false },
  storage_failed: { status: 503, type: 'provider_overloaded', retryable: true },
  misconfigured: { status: 500, type: 'server', retryable: false },
  internal: { status: 500, type: 'server' },
} as const satisfies Record<EaselErrorCode, WireError>

/** OpenRouter's `error` object for any thrown value. What only Easel knows is in `metadata`, its code as `provider_code`. */
export function toWireError(error: unknown) {
  const { code, detail, retry_after: retryAfter, may_have_been_billed, billed_usd } = toProblem(error)
  const { status, type, retryable }: WireError = WIRE[code]
  return {
    code: status,
    message: detail,
    metadata: { error_type: type, provider_code: code, may_have_been_billed, billed_usd },
    ...(retryable !== undefined && {
      availability: { code: type, retryable, ...(retryAfter !== undefined && { retry_after: retryAfter }) },
    }),
  }
}

/** The response for any thrown value, before a stream has begun. */
export function wireErrorResponse(error: unknown): Response {
  const body = toWireError(error)
  const headers = errorHeaders(error)
  headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify({ error: body }), { status: body.code, headers })
}
