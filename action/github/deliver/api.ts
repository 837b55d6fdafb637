import { getOctokit } from '@actions/github'

/** GitHub, asked for one repository. */
export interface GitHubApi extends Pick<ReturnType<typeof getOctokit>, 'request' | 'graphql'> {
  readonly owner: string
  readonly repo: string
}

export interface ApiOptions {
  readonly token: string
  /** As `https://api.github.com`. */
  readonly apiUrl: string
  /** `owner/name`. */
  readonly repository: string
  readonly sleep: (ms: number) => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  /** Says that it waits, and for how long. */
  readonly tell: (message: string) => void
}

/** Tries for one request, where trying again can't do anything twice. */
const TRIES_MAX = 5

/** What GitHub may make one request wait, in milliseconds. */
const WAIT_MAX_MS = 5 * 60_000

/**
 * Requests that write, in one minute. Above about 80 GitHub refuses them, and who goes on all the same is shut out
 * for longer.
 */
const WRITES_A_MINUTE = 75

/** How long one request may take, in milliseconds: 40 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 180_000

/** Before the second try, in milliseconds; doubled each time. */
const RETRY_MS = 500

/**
 * The toolkit's client with patience of its own. Octokit's throttling would send one write a second; here writes go
 * side by side, and all of them wait when GitHub says how long (`Retry-After`).
 */
export function createApi({ token, apiUrl, repository, sleep, now, random, tell }: ApiOptions): GitHubApi {
  const octokit = getOctokit(token, { baseUrl: apiUrl })
  const [owner = '', repo = ''] = repository.split('/')
  /** Nothing is sent before; milliseconds since the epoch. */
  let notBefore = 0
  /** When the writes of the last minute began. */
  let writes: number[] = []

  async function takeTurn(isWrite: boolean): Promise<void> {
    for (;;) {
      const time = now()
      writes = writes.filter((at) => at > time - 60_000)
      const [oldest = time] = writes
      const paced = isWrite && writes.length >= WRITES_A_MINUTE ? oldest + 60_000 - time : 0
      const wait = Math.max(notBefore - time, paced)
      if (wait <= 0) break
      // A little apart, so that whatever waited doesn't go at once.
      await sleep(wait + random() * RETRY_MS)
    }
    if (isWrite) writes.push(now())
  }

  octokit.hook.wrap('request', async (request, options) => {
    let waited = 0
    for (let attempt = 1; ; attempt++) {
      await takeTurn(options.method !== 'GET')
      try {
        return await request({
          ...options,
          request: { ...options.request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) },
        })
      } catch (error) {
        if (attempt >= TRIES_MAX) throw error
        const limit = limitOf(error, now())
        if (limit !== undefined) {
          waited += limit
          if (waited > WAIT_MAX_MS) throw error
          if (now() + limit > notBefore) tell(`GitHub asks to wait ${Math.ceil(limit / 1000)} s.`)
          notBefore = Math.max(notBefore, now() + limit)
          continue
        }
        if (!isPassing(error) || !isRepeatable(options.method, options.url)) throw error
        await sleep(RETRY_MS * 2 ** (attempt - 1) * (0.5 + random()))
      }
    }
  })
  return { owner, repo, request: octokit.request, graphql: octokit.graphql }
}

/** The HTTP status of a refusal; `undefined` of anything else. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  // What Octokit throws for a connection that failed claims to be a 500.
  return typeof error.status === 'number' && 'response' in error && error.response ? error.status : undefined
}

/** Milliseconds to wait when a limit refused the request; `undefined` when none did. */
function limitOf(error: unknown, now: number): number | undefined {
  const status = statusOf(error)
  if (status !== 403 && status !== 429) return undefined
  const headers = headersOf(error)
  const seconds = Number(headers['retry-after'])
  if (Number.isFinite(seconds) && headers['retry-after'] !== undefined) return seconds * 1000
  if (headers['x-ratelimit-remaining'] === '0') {
    return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - now)
  }
  // Secondary limits may come without a time: GitHub asks for a minute then.
  return error instanceof Error && /rate limit/i.test(error.message) ? 60_000 : undefined
}

function headersOf(error: unknown): Readonly<Record<string, string | undefined>> {
  if (!(error instanceof Error) || !('response' in error)) return {}
  return (error.response as { headers?: Record<string, string> } | undefined)?.headers ?? {}
}

/** A broken connection, or a server in trouble. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error)
  return status === undefined ? error instanceof Error && 'status' in error : status >= 500
}

/**
 * Whether sending it again is harmless, although the first one may have arrived. Objects have the names of their
 * content, a ref or a commit on a branch moves only from where it is expected; a comment would be there twice.
 */
function isRepeatable(method: string, url: string): boolean {
  return method !== 'POST' || url.includes('/git/') || url.endsWith('/graphql')
}
