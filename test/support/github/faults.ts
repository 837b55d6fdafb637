import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'

/** Something that goes wrong with requests, or happens right before they are handled. */
export interface Fault {
  readonly method?: string
  /** Matches the path with its query; absent: every path. */
  readonly path?: RegExp
  /** Matches the first 64 KB of the request's body, for GraphQL. */
  readonly body?: RegExp
  /** How many matching requests it applies to; absent: all. */
  readonly times?: number
  /** Respond with this instead of handling the request. */
  readonly response?: {
    readonly status: number
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Close the connection without a response, `before` or `after` handling the request. */
  readonly cut?: 'before' | 'after'
  /** What somebody else does before the request is handled. */
  readonly meanwhile?: () => Promise<unknown>
}

/** One request, and the status of its response. */
export interface JournalEntry {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** The size of the body. */
  readonly bytes: number
  /** JSON bodies up to 64 KB, parsed. */
  readonly body?: unknown
  readonly authorization?: string
  /** `undefined` while in flight, and when the connection was cut. */
  status?: number
}

export interface Faults {
  readonly requests: readonly JournalEntry[]
  /** The most requests that were in flight at once. */
  readonly mostAtOnce: number
  /** @returns a function that removes it */
  add(fault: Fault): () => void
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>
}

const JOURNAL_BODY_MAX_BYTES = 64 * 1024

/** Keeps the journal and applies the faults. */
export function createFaults(): Faults {
  const requests: JournalEntry[] = []
  let faults: { readonly fault: Fault; left: number }[] = []
  let inFlight = 0
  let mostAtOnce = 0

  const pick = (method: string, path: string, body: string): Fault | undefined => {
    const found = faults.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.method ?? method) === method &&
        (fault.path?.test(path) ?? true) &&
        (fault.body?.test(body) ?? true),
    )
    if (found) found.left--
    return found?.fault
  }

  return {
    requests,
    get mostAtOnce() {
      return mostAtOnce
    },
    add(fault) {
      const added = { fault, left: fault.times ?? Infinity }
      faults.push(added)
      return () => (faults = faults.filter((one) => one !== added))
    },
    middleware: async (c, next) => {
      const { pathname, search } = new URL(c.req.url)
      const bytes = new Uint8Array(await c.req.arrayBuffer())
      const start = new TextDecoder().decode(bytes.subarray(0, JOURNAL_BODY_MAX_BYTES))
      const authorization = c.req.header('authorization')
      const entry: JournalEntry = {
        method: c.req.method,
        path: `${pathname}${search}`,
        bytes: bytes.length,
        ...(authorization !== undefined && { authorization }),
        ...(bytes.length <= JOURNAL_BODY_MAX_BYTES && jsonIn(start)),
      }
      requests.push(entry)
      mostAtOnce = Math.max(mostAtOnce, ++inFlight)
      try {
        const fault = pick(entry.method, entry.path, start)
        await fault?.meanwhile?.()
        if (fault?.cut === 'before') {
          c.env.incoming.socket.destroy()
          return c.body(null)
        }
        if (fault?.response) {
          const { status, body = { message: 'A fault' }, headers = {} } = fault.response
          entry.status = status
          const isText = typeof body === 'string'
          return new Response(isText ? body : JSON.stringify(body), {
            status,
            headers: { 'Content-Type': isText ? 'text/html' : 'application/json', ...headers },
          })
        }
        await next()
        if (fault?.cut === 'after') c.env.incoming.socket.destroy()
        else entry.status = c.res.status
        return undefined
      } finally {
        inFlight--
      }
    },
  }
}

function jsonIn(text: string): { body?: unknown } {
  if (!text.startsWith('{') && !text.startsWith('[')) return {}
  return { body: JSON.parse(text) as unknown }
}
