import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { respondWithRefusal, Refusal } from './refusal.ts'

type Right = 'contents' | 'pull_requests' | 'issues' | 'actions'

/** The rights of a bearer token. */
export interface Token {
  readonly login: string
  /** A workflow's own token (`ghs_`), or somebody's personal one. */
  readonly kind: 'workflow' | 'personal'
  readonly rights: Readonly<Partial<Record<Right, 'read' | 'write'>>>
}

export interface Limits {
  /** Requests that create content, in each window; GitHub has about 80 a minute. */
  readonly writes: number
  /** Requests of any kind for a token, in total. */
  readonly requests: number
  /** Milliseconds. */
  readonly windowMs: number
  /** The value of `Retry-After`. */
  readonly retryAfterSeconds: number
  /** GitHub uses both. */
  readonly status: 403 | 429
  /** Requests at the same time. */
  readonly atOnce: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export const GITHUB_LIMITS: Limits = {
  writes: 80,
  requests: 1000,
  windowMs: 60_000,
  retryAfterSeconds: 60,
  status: 403,
  atOnce: 100,
  now: Date.now,
}

export interface GitHubEnv {
  Bindings: HttpBindings
  Variables: {
    /** `undefined` for an anonymous request. */
    token: Token | undefined
    /** @throws {Refusal} with GitHub's message for the kind of token */
    require: (right: Right | readonly Right[], level: 'read' | 'write') => void
  }
}

const WRITES = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])

/** Authentication and rights. The repository is public, so anyone may read. */
export function access(tokens: Readonly<Record<string, Token>>): MiddlewareHandler<GitHubEnv> {
  return async (c, next) => {
    const [, given] = /^(?:bearer|token) (.+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const token = given === undefined ? undefined : tokens[given]
    if (given !== undefined && !token) return respondWithRefusal(c, new Refusal(401, 'Bad credentials'))
    c.set('token', token)
    c.set('require', (right, level) => {
      const rights = typeof right === 'string' ? [right] : right
      const has = new Set(rights.map((one) => token?.rights[one]))
      if (has.has('write') || (level === 'read' && (!token || has.has('read')))) return
      if (!token) throw new Refusal(401, 'Requires authentication')
      throw new Refusal(
        403,
        token.kind === 'workflow'
          ? 'Resource not accessible by integration'
          : 'Resource not accessible by personal access token',
      )
    })
    await next()
    return undefined
  }
}

export interface RateLimiter {
  readonly middleware: MiddlewareHandler<GitHubEnv>
  /** Requests refused by a secondary limit. */
  readonly refused: number
}

/** GitHub's limits: the hourly one of a token, and the secondary ones on writes and on concurrent requests. */
export function rateLimits(limits: Limits): RateLimiter {
  const used = new Map<string, number>()
  const reset = Math.floor(Date.now() / 1000) + 3600
  let writes: number[] = []
  let inFlight = 0
  let refused = 0

  const secondary = (): Refusal =>
    new Refusal(
      limits.status,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      {},
      { 'Retry-After': String(limits.retryAfterSeconds) },
    )

  return {
    get refused() {
      return refused
    },
    middleware: async (c, next) => {
      const who = c.req.header('authorization') ?? ''
      const count = (used.get(who) ?? 0) + 1
      used.set(who, count)
      const headers = {
        'X-RateLimit-Limit': String(limits.requests),
        'X-RateLimit-Remaining': String(Math.max(0, limits.requests - count)),
        'X-RateLimit-Used': String(Math.min(count, limits.requests)),
        'X-RateLimit-Reset': String(reset),
        'X-RateLimit-Resource': 'core',
      }
      if (count > limits.requests) {
        return respondWithRefusal(
          c,
          new Refusal(403, 'API rate limit exceeded for installation.', {}, headers),
        )
      }
      inFlight++
      try {
        const isWrite = WRITES.has(c.req.method)
        const now = limits.now()
        writes = writes.filter((at) => at > now - limits.windowMs)
        if (inFlight > limits.atOnce || (isWrite && writes.length >= limits.writes)) {
          refused++
          return respondWithRefusal(c, secondary())
        }
        if (isWrite) writes.push(now)
        await next()
        for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value)
        return undefined
      } finally {
        inFlight--
      }
    },
  }
}
