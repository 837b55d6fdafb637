import { EaselError } from '../../shared/errors.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import { utf8Bytes } from '../../shared/media/bytes.ts'
import { isSigned, verifyUrl } from '../../shared/url-signature.ts'
import type { Settings, Token } from '../settings.ts'
import { clientAddress } from './client-address.ts'

/** Who asks. `name` is fit for a log, and for counting: a token's name, a signature's key, or a network address. */
export interface Caller {
  readonly kind: 'token' | 'signature' | 'anonymous'
  readonly name: string
}

/** What rate limits count by. */
export function limitKeyOf({ kind, name }: Caller): string {
  return `${kind}:${name}`
}

export type AccessSettings = Pick<Settings, 'access' | 'tokens' | 'signingKeys'>

/**
 * Who may do what. Every check throws `unauthorized` (no credential) or `forbidden` (a bad one), and looks at method,
 * URL and headers only: what is refused costs nothing, however large its body is.
 */
export interface Access {
  /** For what is cached: everybody, except in `private` mode. */
  toView(request: Request): Promise<void>
  /** For a POST, whose body isn't read before: tokens only, except in `open` mode. Signatures are for URLs. */
  toPost(request: Request): Promise<Caller>
  /** For what costs money. The public may have listed images generated in `listed` mode, and all in `open`. */
  toGenerate(request: Request, fingerprint: Fingerprint | undefined): Promise<Caller>
  /** For lists, purges and new signatures: tokens only, in every mode. */
  toManage(request: Request): Promise<Caller>
  /** Whom rate limits count the request for: its address, unless it has a good credential. Never throws. */
  limitKey(request: Request): Promise<string>
  /** Whether the request holds a good token; a bad one still throws. */
  hasToken(request: Request): Promise<boolean>
  /** Whether the request wants the image regenerated, and may: `Cache-Control: no-cache`, with a token. */
  wantsRefresh(request: Request): Promise<boolean>
  /** Whether the request could start a generation of an image that isn't listed. Bad credentials still throw. */
  mayGenerate(request: Request): Promise<boolean>
}

/** @param isListed  whether the `easel.yml` that the Worker was deployed with lists an image */
export function createAccess(
  { access: mode, tokens, signingKeys }: AccessSettings,
  isListed: (fingerprint: Fingerprint) => boolean = () => false,
): Access {
  async function identify(request: Request): Promise<Caller> {
    const token = await readToken(request, tokens)
    if (token) return { kind: 'token', name: token.name }
    const url = new URL(request.url)
    if (mode !== 'open' && isSigned(url) && isRead(request)) {
      const { kid } = await verifyUrl(url, signingKeys, Date.now())
      return { kind: 'signature', name: kid }
    }
    return anonymous(request)
  }

  async function hasToken(request: Request): Promise<boolean> {
    return (await readToken(request, tokens)) !== undefined
  }

  async function toGenerate(request: Request, fingerprint: Fingerprint | undefined): Promise<Caller> {
    const caller = await identify(request)
    if (caller.kind !== 'anonymous' || mode === 'open') return caller
    if (mode !== 'listed') throw unauthorized('Generating a new image')
    if (fingerprint !== undefined && isListed(fingerprint)) return caller
    throw unauthorized('Generating a new image that is not listed')
  }

  return {
    toGenerate,
    async toPost(request) {
      const caller = await identify(request)
      if (caller.kind === 'token' || mode === 'open') return caller
      throw new EaselError('unauthorized', 'POST needs a token: send Authorization: Bearer <token>.')
    },
    async toView(request) {
      if (mode !== 'private') return
      const caller = await identify(request)
      if (caller.kind === 'anonymous') throw unauthorized('Seeing an image')
    },
    async toManage(request) {
      const token = await readToken(request, tokens)
      if (!token)
        throw new EaselError('unauthorized', 'This needs a token: send Authorization: Bearer <token>.')
      return { kind: 'token', name: token.name }
    },
    async limitKey(request) {
      return limitKeyOf(await identify(request).catch(() => anonymous(request)))
    },
    hasToken,
    async wantsRefresh(request) {
      return asksForRefresh(request) && (await hasToken(request))
    },
    async mayGenerate(request) {
      return mode === 'open' || (await identify(request)).kind !== 'anonymous'
    },
  }
}

function anonymous(request: Request): Caller {
  return { kind: 'anonymous', name: clientAddress(request.headers.get('CF-Connecting-IP')) }
}

/** `Cache-Control: no-cache`. */
export function asksForRefresh({ headers }: Request): boolean {
  return /\bno-cache\b/i.test(headers.get('Cache-Control') ?? '')
}

function isRead(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}

/**
 * The token in the request, if there is one.
 *
 * @throws {EaselError} `forbidden` when it is unknown: ignoring it would look like a missing permission
 */
async function readToken(request: Request, tokens: readonly Token[]): Promise<Token | undefined> {
  const header = request.headers.get('Authorization')
  if (header === null) return undefined
  const presented = /^Bearer\s+(\S+)$/i.exec(header.trim())?.[1]
  if (presented === undefined) {
    throw new EaselError('unauthorized', 'The Authorization header is not of the form Bearer <token>.')
  }
  const digest = await sha256(presented)
  // Compares all of them in constant time, so that the time taken reveals nothing.
  const digests = await Promise.all(tokens.map(({ token }) => sha256(token)))
  const found = digests.map((known) => crypto.subtle.timingSafeEqual(known, digest)).indexOf(true)
  const token = tokens[found]
  if (!token) throw new EaselError('forbidden', 'The token is unknown, or was revoked.')
  return token
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', utf8Bytes(text))
}

function unauthorized(what: string): EaselError {
  return new EaselError(
    'unauthorized',
    `${what} needs a token (Authorization: Bearer <token>) or a signed URL (POST /v1/sign returns one).`,
  )
}
