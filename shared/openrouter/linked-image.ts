import { UpstreamError } from '../errors.ts'

/** Above the largest image that the documented models make, below what a Worker can hold. */
const MAX_BYTES = 64 * 1024 ** 2
const MAX_REDIRECTS = 3

/**
 * Gets an image that an answer links to instead of holding it.
 *
 * Only public https addresses are asked: the answer comes from outside, and must not make Easel reach into
 * the network it runs in. Redirects are followed by hand, because each needs the same check.
 *
 * @throws {UpstreamError} `upstream_invalid` when the link may not be followed, leads nowhere or is too large
 */
export async function fetchLinkedImage(
  link: string,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  let url = link
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    if (!isPublicHttpsUrl(url)) throw unusable('links to an address that is not a public https one')
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
      throw unusable(`links to an image that can’t be had (status ${response.status})`)
    }
    return readCapped(response.body, signal)
  }
  throw unusable('links to an image behind too many redirects')
}

/**
 * Whether a URL is https, on the usual port, at a name or address that the whole internet sees.
 * What a name resolves to is not known here: Workers resolve outside any private network.
 */
export function isPublicHttpsUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, port, username, password } = new URL(url)
  if (protocol !== 'https:' || port !== '' || username || password) return false
  // A name may end with the dot that stands for the root.
  const hostname = host.replace(/\.$/, '')
  if (hostname.startsWith('[')) return isPublicIpv6(hostname.slice(1, -1))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return isPublicIpv4(hostname)
  return (
    hostname.includes('.') &&
    !/\.(local|localhost|internal|intranet|lan|home\.arpa|test|onion)$/.test(hostname)
  )
}

async function readCapped(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const segments: Uint8Array<ArrayBuffer>[] = []
  const reader = body.getReader()
  let total = 0
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => rethrow(error, signal))
    if (done) return segments
    total += value.byteLength
    if (total > MAX_BYTES) {
      reader.cancel().catch(() => undefined)
      throw unusable(`links to an image of more than ${MAX_BYTES / 1024 ** 2} MiB`)
    }
    segments.push(new Uint8Array(value))
  }
}

/** The caller's abort stays what it is; all else is the link's fault. */
function rethrow(error: unknown, signal: AbortSignal): never {
  throw signal.aborted ? error : unusable('links to an image that can’t be had', error)
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

function unusable(what: string, cause?: unknown): UpstreamError {
  return new UpstreamError('upstream_invalid', `OpenRouter’s answer can’t be used: it ${what}.`, {
    mayHaveBeenPaid: true,
    cause,
  })
}
