import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request as startRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Credentials long enough to be secrets. */
export const TOKENS = { docs: 'docs-token-0123456789', ci: 'ci-token-0123456789ab' } as const
export const SIGNING_KEY = { kid: 'k1', secret: 'signing-secret-0123456789' } as const

/** The variables that hold them, for `signed` and `private`. */
export const CREDENTIALS = {
  EASEL_TOKENS: Object.entries(TOKENS)
    .map(([name, token]) => `${name}:${token}`)
    .join(','),
  EASEL_SIGNING_KEYS: `${SIGNING_KEY.kid}:${SIGNING_KEY.secret}`,
} as const

/** Request options with this token. */
export function bearer(token: string): { readonly headers: { readonly Authorization: string } } {
  return { headers: { Authorization: `Bearer ${token}` } }
}

export interface Client {
  /** What a client would get at this path. */
  get(path: string, init?: RequestInit): Promise<Response>
  /** The same with a JSON body. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
}

/** @param base  called for each request: the Worker's address */
export function createClient(base: () => URL): Client {
  function get(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    // Each request from an address of its own, so that no test uses up another's rate.
    if (!headers.has('CF-Connecting-IP')) headers.set('CF-Connecting-IP', randomAddress())
    return fetch(new URL(path, base()), { redirect: 'manual', ...init, headers })
  }
  return {
    get,
    post(path, body, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('Content-Type', 'application/json')
      return get(path, { method: 'POST', body: JSON.stringify(body), ...init, headers })
    },
  }
}

/**
 * Sends the head of a POST and the first bytes of its body, but never the rest: a response shows that nobody waits for
 * it.
 *
 * @param bytes  how long the body would be
 */
export async function postUnfinished(
  url: URL,
  bytes: number,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const request = startRequest(url, { method: 'POST', headers: { ...headers, 'Content-Length': bytes } })
  request.write('[{')
  try {
    const [message] = (await once(request, 'response')) as [IncomingMessage]
    const received = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const)
    return new Response(await buffer(message), {
      status: message.statusCode ?? 0,
      headers: Object.fromEntries(received),
    })
  } finally {
    request.destroy()
  }
}

/** Lower-case hex, as in manifests. */
export function sha256(bytes: ArrayBuffer | Uint8Array): string {
  return createHash('sha256').update(new Uint8Array(bytes)).digest('hex')
}

function randomAddress(): string {
  return Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 250)).join('.')
}
