import type { Fingerprint } from '../../shared/fingerprint.ts'

/** What is logged of a request; never its address, whose query holds the prompt. */
export interface RequestEntry {
  readonly method: string
  /** The route's pattern. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly fingerprint: Fingerprint | undefined
  readonly cache: 'hit' | 'miss' | 'joined' | undefined
}

export interface RequestLogPorts {
  readonly write: (line: string) => void
  /** @param ms  milliseconds */
  readonly wait: (ms: number) => Promise<unknown>
}

/** Logs a request. @param waitUntil  keeps the request's context until what is counted is written */
export type LogRequest = (entry: RequestEntry, waitUntil: (work: Promise<unknown>) => void) => void

/** For how long the hits of an image are counted, milliseconds. */
const COUNT_FOR_MS = 1000

/**
 * One JSON line a request, except for an image that many ask for at once: its first hit is a line, and those
 * of the second that follows are another, with their `count` and the mean of their durations. A log event
 * costs about what the platform takes for a hit.
 */
export function createRequestLog({ write, wait }: RequestLogPorts): LogRequest {
  const counted = new Map<string, { count: number; totalMs: number }>()

  return (entry, waitUntil) => {
    if (entry.cache !== 'hit') return write(lineOf(entry))
    const key = `${entry.fingerprint} ${entry.status} ${entry.method} ${entry.route}`
    const hits = counted.get(key)
    if (hits) {
      hits.count += 1
      hits.totalMs += entry.durationMs
      return
    }
    write(lineOf(entry))
    counted.set(key, { count: 0, totalMs: 0 })
    waitUntil(wait(COUNT_FOR_MS).then(() => writeCounted(key, entry)))
  }

  function writeCounted(key: string, entry: RequestEntry): void {
    const { count = 0, totalMs = 0 } = counted.get(key) ?? {}
    counted.delete(key)
    if (count > 0) write(lineOf({ ...entry, durationMs: Math.round(totalMs / count) }, count))
  }
}

function lineOf({ durationMs, ...rest }: RequestEntry, count?: number): string {
  return JSON.stringify({ event: 'request', ...rest, count, duration_ms: durationMs })
}
