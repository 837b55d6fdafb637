import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { CacheOutcome } from './trace.ts'

/** What is logged of a request; never its URL, whose query holds the prompt. */
export interface RequestEntry {
  readonly method: string
  /** The route's pattern. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly fingerprint: Fingerprint | undefined
  readonly cache: CacheOutcome | undefined
}

/** One JSON line per request, for Workers Logs and for jq. */
export function requestLine({ durationMs, ...entry }: RequestEntry): string {
  return JSON.stringify({ event: 'request', ...entry, duration_ms: durationMs })
}
