import type { Fingerprint } from '../../shared/fingerprint.ts'

/** Hono's environment: what handlers leave for the log line and the response's headers. */
export interface AppEnv {
  readonly Variables: { readonly trace: Trace }
}

/** What is known of a request once the response is there. */
export interface Trace {
  fingerprint?: Fingerprint
  cache?: CacheOutcome
  /** USD: what generating the cached image had cost, if it is known. */
  savedUsd?: number | undefined
  readonly steps: Step[]
  /** The response has all its headers: setting another one takes longer than the rest of a hit. */
  hasAllHeaders?: boolean
}

/** Something that takes time, in the order in which it began; without an `end` it still goes on. */
interface Step {
  readonly name: string
  /** Milliseconds, from `performance.now()`. */
  readonly start: number
  end?: number
}

/** Where an image came from: the cache, a generation for this request, or one in flight for another. */
export type CacheOutcome = 'hit' | 'miss' | 'collapsed'

/** `Cache-Status` (RFC 9211) for each outcome. */
export const CACHE_STATUS = {
  hit: 'Easel; hit',
  miss: 'Easel; fwd=uri-miss; stored',
  collapsed: 'Easel; fwd=uri-miss; collapsed; stored',
} as const satisfies Record<CacheOutcome, string>

/** Runs one step and notes how long it takes. */
export async function timed<T>({ steps }: Trace, name: string, run: () => Promise<T>): Promise<T> {
  const step: Step = { name, start: performance.now() }
  steps.push(step)
  try {
    return await run()
  } finally {
    step.end = performance.now()
  }
}

/** `read;dur=3, generate;dur=2140` (W3C Server Timing), milliseconds. */
export function serverTiming({ steps }: Trace): string {
  return steps
    .map(({ name, start, end = performance.now() }) => `${name};dur=${Math.round(end - start)}`)
    .join(', ')
}
