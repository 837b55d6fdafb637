import { getOctokit } from '@actions/github'
import { isGitHubError, messageOf, responseOf, statusOf } from './failure.ts'

export interface ClientOptions {
  readonly token: string
  /** Such as `https://api.github.com`. */
  readonly apiUrl: string
  readonly log: (line: string) => void
  readonly sleep: (ms: number) => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Attempts for a request that is safe to repeat. */
const TRIES_MAX = 5

/** How long one request may wait for rate limits in total, in milliseconds. */
const WAIT_MAX_MS = 5 * 60_000

/**
 * Write requests per minute. GitHub refuses more than about 80, and blocks clients for longer that keep sending
 * them.
 */
const WRITES_A_MINUTE = 75

/** Timeout of one request, in milliseconds: enough for 40 MB over a slow connection. */
const REQUEST_TIMEOUT_MS = 180_000

/** Delay before the first retry, in milliseconds; doubled for each further one. */
const RETRY_MS = 500

/**
 * The toolkit's client with its own rate limiting and retries. Octokit's throttling would send one write a second, and
 * its retries would post a comment twice. Here writes are sent concurrently, and all of them wait when GitHub says so
 * (`Retry-After`).
 */
export function createClient(connection: ClientOptions): ReturnType<typeof getOctokit> {
  const { token, apiUrl, log, sleep, now } = connection
  const octokit = getOctokit(token, { baseUrl: apiUrl })
  /** No request is sent before this time; milliseconds since the epoch. */
  let notBefore = 0
  /** When the write requests of the last minute were sent. */
  let writes: number[] = []

  async function takeTurn(isWrite: boolean): Promise<void> {
    for (;;) {
      const time = now()
      writes = writes.filter((at) => at > time - 60_000)
      const [oldest = time] = writes
      const paced = isWrite && writes.length >= WRITES_A_MINUTE ? oldest + 60_000 - time : 0
      const wait = Math.max(notBefore - time, paced)
      if (wait <= 0) break
      // Jitter, so that waiting requests aren't all sent at once.
      await sleep(wait + Math.random() * RETRY_MS)
    }
    if (isWrite) writes.push(now())
  }

  octokit.hook.wrap('request', async (request, options) => {
    let waited = 0
    for (let attempt = 1; ; attempt++) {
      await takeTurn(options.method !== 'GET')
      try {
        const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
        const response = await request({ ...options, request: { ...options.request, signal } })
        const { errors } = response.data ?? {}
        const status = transientStatus(errors)
        if (status === undefined) return response
        const refused = { request: options, response: { ...response, status } }
        throw Object.assign(new Error(errors[0].message), refused)
      } catch (error) {
        if (attempt >= TRIES_MAX) throw error
        const limit = limitOf(error, now())
        if (limit !== undefined) {
          waited += limit
          if (waited > WAIT_MAX_MS) throw error
          if (now() + limit > notBefore) log(`GitHub’s rate limit: waiting ${Math.ceil(limit / 1000)} s.`)
          notBefore = Math.max(notBefore, now() + limit)
          continue
        }
        if (!isTransient(error) || !isRepeatable(options.method, options.url)) throw error
        await sleep(RETRY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()))
      }
    }
  })
  return octokit
}

/** GraphQL responds with 200 whatever happens. @returns what it would be otherwise, if waiting helps */
function transientStatus(errors: unknown): number | undefined {
  const text = JSON.stringify(errors ?? [])
  if (text.includes('"RATE_LIMITED"')) return 403
  return text.includes('Something went wrong while executing your query') ? 502 : undefined
}

/** Milliseconds to wait, if a rate limit refused the request. */
function limitOf(error: unknown, now: number): number | undefined {
  const { status, headers = {} } = responseOf(error) ?? {}
  if (status !== 403 && status !== 429) return undefined
  const seconds = Number(headers['retry-after'] ?? NaN)
  if (Number.isFinite(seconds)) return seconds * 1000
  if (headers['x-ratelimit-remaining'] === '0') {
    return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - now)
  }
  // Secondary limits may name no time. GitHub's documentation then asks for a minute.
  return /rate limit/i.test(messageOf(error)) ? 60_000 : undefined
}

/** A failed connection or a server error. */
function isTransient(error: unknown): boolean {
  return (statusOf(error) ?? 500) >= 500 && isGitHubError(error)
}

/**
 * Whether a request is safe to repeat, although the first one may have arrived. Git objects are named by their content,
 * refs and commits name the state they expect, and a branch has one pull request. A comment would be posted twice.
 */
function isRepeatable(method: string, url: string): boolean {
  return method !== 'POST' || /\/git\/|\/(graphql|pulls)$/.test(url)
}
