import { EaselError } from './errors.ts'
import { utf8Bytes } from './media/bytes.ts'

/** A secret that signs URLs, and the key ID that URLs name it by. */
export interface SigningKey {
  readonly kid: string
  readonly secret: string
}

/** Names the rules of the signature; part of what is signed. */
const DOMAIN = 'easel-url-v2'

const SIGNATURE_PARAMETERS = ['sig', 'exp', 'kid'] as const

/**
 * `url` with `kid`, `exp` and `sig`. Until it expires, anyone who has it can generate and load this one image.
 * Any change to its path or query invalidates it, except the order of parameters with different names.
 *
 * @param expires  rounded down to a second
 */
export async function signUntil(url: URL, { kid, secret }: SigningKey, expires: Date): Promise<URL> {
  const signed = new URL(url)
  signed.searchParams.delete('sig')
  signed.searchParams.set('kid', kid)
  signed.searchParams.set('exp', String(Math.floor(expires.getTime() / 1000)))
  const signature = await crypto.subtle.sign('HMAC', await importKey(secret, 'sign'), signedBytes(signed))
  signed.searchParams.set('sig', toBase64Url(new Uint8Array(signature)))
  return signed
}

/** Whether a URL claims to be signed at all. */
export function isSigned({ searchParams }: URL): boolean {
  return SIGNATURE_PARAMETERS.some((name) => searchParams.has(name))
}

/**
 * Checks the signature of a GET or HEAD request's URL, in constant time.
 *
 * @param keys  the keys that may have signed it
 * @param now   milliseconds since the epoch
 * @returns the key that signed it
 * @throws {EaselError} `forbidden`, which says what is wrong, but not what would be right
 */
export async function verifyUrl(url: URL, keys: readonly SigningKey[], now: number): Promise<SigningKey> {
  const { sig, exp, kid } = readParameters(url)
  const key = keys.find((candidate) => candidate.kid === kid)
  if (!key) throw forbidden('names an unknown key')
  const genuine = await crypto.subtle.verify(
    'HMAC',
    await importKey(key.secret, 'verify'),
    sig,
    signedBytes(url),
  )
  if (!genuine) throw forbidden('does not match: the URL was changed after it was signed')
  if (exp * 1000 <= now) throw forbidden('has expired: sign the URL again')
  return key
}

/** The query without the parameters of a signature. */
export function withoutSignature(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query)
  for (const name of SIGNATURE_PARAMETERS) rest.delete(name)
  return rest
}

interface SignatureParameters {
  readonly sig: Uint8Array<ArrayBuffer>
  /** Seconds since the epoch. */
  readonly exp: number
  readonly kid: string
}

function readParameters({ searchParams }: URL): SignatureParameters {
  const [sig, exp, kid] = SIGNATURE_PARAMETERS.map((name) => {
    const values = searchParams.getAll(name)
    if (values.length === 0) throw forbidden(`is incomplete: ${name} is missing`)
    if (values.length > 1) throw forbidden(`is malformed: ${name} is given ${values.length} times`)
    return values[0] ?? ''
  })
  const bytes = fromBase64Url(sig ?? '')
  // A signature has one spelling, so that a signed URL has one, too.
  if (bytes?.length !== 32 || toBase64Url(bytes) !== sig)
    throw forbidden('is malformed: sig is not a signature of this kind')
  if (!/^[1-9]\d{0,11}$/.test(exp ?? '')) throw forbidden('is malformed: exp is not a time in seconds')
  return { sig: bytes, exp: Number(exp), kid: kid ?? '' }
}

/**
 * Method, path and query. HEAD counts as GET: it reveals less of the same.
 *
 * Parameters are sorted by name. Those of the same name keep their order, because it decides the image: the same
 * `input_images` in another order are another image, and cost again.
 */
function signedBytes({ pathname, searchParams }: URL): Uint8Array<ArrayBuffer> {
  const pairs = Array.from(searchParams, (pair) => pair.map(encodeURIComponent))
    .filter(([name]) => name !== 'sig')
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : Number(a > b)))
    .map((pair) => pair.join('='))
  return utf8Bytes([DOMAIN, 'GET', pathname, pairs.join('&')].join('\n'))
}

function importKey(secret: string, usage: 'sign' | 'verify'): ReturnType<typeof crypto.subtle.importKey> {
  return crypto.subtle.importKey('raw', utf8Bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [usage])
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
  } catch {
    // `atob` throws when no base64 has that length.
    return undefined
  }
}

function forbidden(what: string): EaselError {
  return new EaselError('forbidden', `The URL’s signature ${what}.`)
}
