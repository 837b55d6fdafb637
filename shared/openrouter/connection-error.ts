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

const NEVER_OPENED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** OpenSSL's names for certificates that don't verify. */
const CERTIFICATE_ERROR = /^(CERT_|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE))/

function neverOpened(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  const isKnown = NEVER_OPENED.has(code) || (typeof code === 'string' && CERTIFICATE_ERROR.test(code))
  // `fetch` wraps the error that says why.
  return isKnown || neverOpened(error.cause)
}
