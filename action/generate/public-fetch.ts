import { lookup } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { isPublicAddress } from '../../shared/openrouter/linked-image.ts'

/** An address that a name resolves to. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface PublicFetchPorts {
  /** Every address of a name. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>
  readonly isAllowed?: (address: string) => boolean
}

/**
 * A `fetch` of https URLs that connects to public addresses only. A runner may stand in a private network, and a name
 * on the internet may point into it.
 *
 * The name is resolved once, its addresses are checked, and one of them is connected to: a second look-up could give
 * another address. Node's own `fetch` takes no resolver, so this is `node:https`. Redirects are not followed: the
 * caller checks each of them.
 */
export function createPublicFetch({
  resolve = (hostname) => lookup(hostname, { all: true }),
  isAllowed = isPublicAddress,
}: PublicFetchPorts = {}): typeof globalThis.fetch {
  return async (input, init) => {
    const { url, method, headers, signal } = new Request(input, init)
    const { hostname } = new URL(url)
    const addresses = await checkedAddresses(hostname.replace(/^\[|\]$/g, ''))
    signal.throwIfAborted()
    return send(url, { method, headers: Object.fromEntries(headers), signal, lookup: giving(addresses) })
  }

  async function checkedAddresses(host: string): Promise<readonly ResolvedAddress[]> {
    const family = isIP(host)
    const addresses = family === 0 ? await resolve(host) : [{ address: host, family }]
    const refused = addresses.find(({ address }) => !isAllowed(address))
    if (refused) throw new TypeError(`${host} is at ${refused.address}, which is not a public address`)
    return addresses
  }
}

/** A resolver that knows the answer. */
function giving(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (hostname, { all }, callback) => {
    const [first] = addresses
    if (!first) return callback(new Error(`${hostname} has no address`), '')
    if (all) return callback(null, Array.from(addresses))
    return callback(null, first.address, first.family)
  }
}

interface SendOptions {
  readonly method: string
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly lookup: LookupFunction
}

function send(url: string, options: SendOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    // No agent: a connection that is reused was checked for another name.
    const sent = request(url, { ...options, agent: false }, (message) => {
      try {
        resolve(toResponse(message))
      } catch (error) {
        // A status that no response may have.
        message.destroy()
        reject(error)
      }
    })
    sent.on('error', reject)
    sent.once('close', () => reject(new TypeError('the connection was closed')))
    sent.end()
  })
}

function toResponse(message: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = message
  const init = { status, headers: headers.location === undefined ? {} : { location: headers.location } }
  if (!HAS_NO_BODY.has(status)) return new Response(Readable.toWeb(message) as ReadableStream, init)
  message.resume()
  return new Response(null, init)
}

/** Statuses that `Response` takes no body with. */
const HAS_NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])
