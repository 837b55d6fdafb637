import { ApiError } from './errors.ts'

/** One request for an image, as it arrived, and how it ended. */
export interface JournalEntry {
  /** Counts from 1. */
  readonly id: number
  readonly method: string
  /** With the query: `/api/v1/images`. */
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Lower-case names; the authorization is redacted. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, the text where it is no JSON, or `null`. */
  readonly body: unknown
  /** `null` until the response has begun. */
  readonly status: number | null
  /** The client hung up before the response was complete. */
  readonly aborted: boolean
}

/** One request for a generation's record, `GET /generation`. These cost nothing. */
export interface Lookup {
  readonly generation_id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly status: number
}

export interface Journal {
  readonly entries: readonly JournalEntry[]
  readonly lookups: readonly Lookup[]
  addLookup(generationId: string, status: number): void
  /** Opens an entry; the returned function changes it as the request goes on. */
  open(request: Request, body: unknown): (change: Partial<Pick<JournalEntry, 'status' | 'aborted'>>) => void
  clear(): void
}

/** Bytes of one request body, at most; more is 413. */
const MAX_BODY_BYTES = 100_000_000

export function createJournal(now: () => number): Journal {
  const entries: JournalEntry[] = []
  const lookups: Lookup[] = []
  let count = 0

  return {
    entries,
    lookups,
    addLookup: (generation_id, status) => void lookups.push({ generation_id, at: now(), status }),
    open(request, body) {
      count += 1
      const url = new URL(request.url)
      const entry = {
        id: count,
        method: request.method,
        path: url.pathname + url.search,
        at: now(),
        headers: redacted(request.headers),
        body,
        status: null,
        aborted: false,
      }
      entries.push(entry)
      return (change) => Object.assign(entry, change)
    },
    clear() {
      entries.length = 0
      lookups.length = 0
    },
  }
}

/** The body's text; empty for GET. @throws {ApiError} 413 */
export async function readBody(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw new ApiError(413)
  const text = await request.text()
  if (text.length > MAX_BODY_BYTES) throw new ApiError(413)
  return text
}

/** For the journal: JSON where it is JSON. */
export function bodyForJournal(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text // the route responds with 400; the journal shows what came
  }
}

function redacted(headers: Headers): Record<string, string> {
  const shown = Object.fromEntries(headers)
  if (shown['authorization'] !== undefined) shown['authorization'] = 'redacted'
  return shown
}
