import { token } from './session.ts'

/** A problem as the API says it (RFC 9457). */
export interface Problem {
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly field?: string
  readonly accepts?: readonly string[]
  readonly may_have_been_billed?: boolean
  readonly billed_usd?: number
  readonly retry_after?: number
}

export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** One image of a generation. */
export interface GeneratedImage {
  readonly url: string
  readonly sha256: string
  readonly media_type: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly thumbhash?: string
}

export interface Generation {
  readonly fingerprint: string
  readonly url: string
  readonly images: readonly GeneratedImage[]
  readonly model: string
  readonly cost_usd?: number
  readonly cache: 'hit' | 'miss' | 'collapsed'
  readonly created: string
  readonly text?: string
  readonly problems?: readonly string[]
  /** With a token only. */
  readonly spec?: Readonly<Record<string, unknown>>
  readonly request?: Readonly<Record<string, unknown>>
  readonly prompt?: string
}

/** An image of `GET /v1/images`. */
export interface ListedImage {
  readonly fingerprint: string
  readonly url: string
  readonly prompt: string
  readonly model: string
  readonly cost_usd?: number
  readonly created: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly media_type: string
  readonly thumbhash?: string
}

/**
 * Asks the Worker, with the token of this session.
 *
 * @throws {ProblemError} also when the Worker can't be reached, with the code `offline`
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  const credential = token()
  if (credential !== undefined) headers.set('Authorization', `Bearer ${credential}`)
  const response = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ProblemError(OFFLINE)
  })
  if (response.ok) return response
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined
  throw new ProblemError(problem?.detail ? problem : unreadable(response.status))
}

export async function askJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T
}

/** Request options with a JSON body. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  }
}

/** Any error as a problem that can be shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  console.error(error)
  return { title: 'Something went wrong on this page', status: 0, code: 'internal', detail: String(error) }
}

const OFFLINE: Problem = {
  title: 'Easel can’t be reached',
  status: 0,
  code: 'offline',
  detail:
    'Check your connection, then try again. What was already being generated goes on without this page.',
}

function unreadable(status: number): Problem {
  return {
    title: 'Unexpected response',
    status,
    code: 'internal',
    detail: `The Worker responded with status ${status}. Try again in a few seconds.`,
  }
}
