import { UpstreamError } from '../errors.ts'
import { billingUnknown } from '../response/outcome-errors.ts'

/**
 * The error for a `fetch` that rejected. Most failures leave open whether the request arrived; Node tells where
 * the connection never opened.
 */
export function connectionError(error: unknown, baseUrl: string): UpstreamError {
  if (!neverOpened(error)) return billingUnknown('The connection to OpenRouter failed', { cause: error })
  return new UpstreamError(
    'upstream_failed',
    `${URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl} can’t be reached, so nothing was sent. Check the network and OPENROUTER_BASE_URL (in a workflow, base-url).`,
    { cause: error },
  )
}

/** What Node was doing when it failed: looking the host up, and opening the connection. */
const BEFORE_SENDING: ReadonlySet<unknown> = new Set(['getaddrinfo', 'connect'])

const NEVER_OPENED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** OpenSSL's names for certificates that don't verify. */
const CERTIFICATE_ERROR = /^(CERT_|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE))/

/** An error of Node's; others have neither. */
interface SystemError extends Error {
  readonly code?: string
  readonly syscall?: string
}

function neverOpened(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Of a host with several addresses, each has failed.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverOpened)
  // The standard keeps some ports from ever being asked.
  if (error.message === 'bad port') return true
  const { code, syscall }: SystemError = error
  const isKnown =
    NEVER_OPENED.has(code) ||
    (code !== undefined && CERTIFICATE_ERROR.test(code)) ||
    BEFORE_SENDING.has(syscall)
  // `fetch` wraps the error that says why.
  return isKnown || neverOpened(error.cause)
}
