import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'

/** Something that goes wrong with requests, or happens right before they are answered. */
export interface Fault {
  readonly method?: string
  /** Of the path with its query; absent: every path. */
  readonly path?: RegExp
  /** Of the request's text, for GraphQL. */
  readonly body?: RegExp
  /** How many matching requests it meets; absent: all. */
  readonly times?: number
  /** Answer this instead of doing anything. */
  readonly answer?: {
    readonly status: number
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Close the connection without a word: `before` doing what was asked, or `after` it is done. */
  readonly cut?: 'before' | 'after'
  /** Wait this long first, in milliseconds. */
  readonly latencyMs?: number
  /** What somebody else does in the meantime. */
  readonly meanwhile?: () => Promise<unknown>
}

/** One request, and what became of it. */
export interface JournalEntry {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Of the body, in bytes. */
  readonly bytes: number
  /** JSON bodies up to 64 KB, parsed. */
  readonly body?: unknown
  readonly authorization?: string
  /** `undefined` while under way, and when the connection was cut. */
  status?: number
}

export interface Faults {
  readonly requests: readonly JournalEntry[]
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number
  /** @returns a way to take it back */
  add(fault: Fault): () => void
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>
}

const JOURNAL_BODY_MAX_BYTES = 64 * 1024

/** Keeps the journal, and does what the faults say. */
export function createFaults(): Faults {
  const requests: JournalEntry[] = []
  let faults: { readonly fault: Fault; left: number }[] = []
  let underWay = 0
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
      const small = bytes.length <= JOURNAL_BODY_MAX_BYTES ? new TextDecoder().decode(bytes) : ''
      const authorization = c.req.header('authorization')
      const entry: JournalEntry = {
        method: c.req.method,
        path: `${pathname}${search}`,
        bytes: bytes.length,
        ...(authorization !== undefined && { authorization }),
        ...jsonIn(small),
      }
      requests.push(entry)
      mostAtOnce = Math.max(mostAtOnce, ++underWay)
      try {
        const fault = pick(entry.method, entry.path, small)
        if (fault?.latencyMs) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs))
        await fault?.meanwhile?.()
        if (fault?.cut === 'before') {
          c.env.incoming.socket.destroy()
          return c.body(null)
        }
        if (fault?.answer) {
          const { status, body = { message: 'A fault' }, headers = {} } = fault.answer
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
        underWay--
      }
    },
  }
}

function jsonIn(text: string): { body?: unknown } {
  if (!text.startsWith('{') && !text.startsWith('[')) return {}
  return { body: JSON.parse(text) as unknown }
}
