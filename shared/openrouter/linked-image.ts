import { BrokenImageError } from '../media/broken-image-error.ts'
import { ConnectionCutError } from '../response/cursor.ts'

const MAX_REDIRECTS = 3
const CHUNK_MAX_BYTES = 2 ** 18

/**
 * Fetches an image that a response links to instead of holding it.
 *
 * Only public https addresses are fetched: the response comes from outside, and must not make Easel reach
 * into the network it runs in. Redirects are followed by hand, because each needs the same check.
 *
 * What a name resolves to is checked by `fetch`. Workers resolve names outside any private network; elsewhere, pass
 * a `fetch` that refuses what {@link isPublicAddress} refuses.
 *
 * @throws {BrokenImageError} when the link may not be followed, or leads nowhere
 * @throws {ConnectionCutError} when the signal is aborted
 */
export async function* fetchLinkedImage(
  link: string,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let url = link
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    if (!isPublicHttpsUrl(url)) throw new BrokenImageError('it links to an address that is not public https')
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { Accept: 'image/*' },
    }).catch((error: unknown) => rethrow(error, signal))
    const location = response.headers.get('Location')
    if (response.status >= 300 && response.status < 400 && location && URL.canParse(location, url)) {
      await response.body?.cancel()
      url = new URL(location, url).href
      continue
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw new BrokenImageError(`its link can’t be fetched (status ${response.status})`)
    }
    return yield* chunksOf(response.body, signal)
  }
  throw new BrokenImageError('its link redirects too often')
}

/** Whether a URL is https, on the usual port, at a name or address that is public. */
export function isPublicHttpsUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, port, username, password } = new URL(url)
  if (protocol !== 'https:' || port !== '' || username || password) return false
  // A name may end with the dot that stands for the root.
  const hostname = host.replace(/\.$/, '')
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIpAddress(address)) return isPublicAddress(address)
  return (
    hostname.includes('.') &&
    !/\.(local|localhost|internal|intranet|lan|home\.arpa|test|onion)$/.test(hostname)
  )
}

function isIpAddress(text: string): boolean {
  return text.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(text)
}

/** Whether an IP address, in its usual notation, is reachable by everybody and meant to be. */
export function isPublicAddress(address: string): boolean {
  return address.includes(':') ? isPublicIpv6(address) : isPublicIpv4(address)
}

async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => rethrow(error, signal))
      if (done) return
      const bytes = new Uint8Array(value)
      for (let at = 0; at < bytes.length; at += CHUNK_MAX_BYTES)
        yield bytes.subarray(at, at + CHUNK_MAX_BYTES)
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** An abort ends the whole response; anything else is the link's fault. */
function rethrow(error: unknown, signal: AbortSignal): never {
  if (signal.aborted) throw new ConnectionCutError('the connection was cut', { cause: error })
  throw new BrokenImageError('its link can’t be fetched', { cause: error })
}

/** Special-purpose blocks of RFC 6890 and its successors; the URL parser has normalised the notation. */
function isPublicIpv4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number)
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false
  if (a === 100 && b >= 64 && b < 128) return false
  if (a === 169 && b === 254) return false
  if (a === 172 && b >= 16 && b < 32) return false
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) return false
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false
  return !(a === 203 && b === 0 && c === 113)
}

/** Global unicast only, without the blocks inside it that lead to IPv4 or to documentation. */
function isPublicIpv6(address: string): boolean {
  const [first = 0, second = 0] = address.split(':').map((part) => Number.parseInt(part || '0', 16))
  if (first < 0x2000 || first >= 0x4000 || first === 0x2002 || first === 0x3fff) return false
  return !(first === 0x2001 && (second < 0x200 || second === 0xdb8))
}
