import { type Failure, USELESS } from './failure.ts'

/** A failure that new requests get until `until`. Times are in milliseconds since the epoch. */
export interface RememberedFailure {
  readonly failure: Failure
  readonly since: number
  readonly until: number
  /** Whether anybody has got it; counts for the doubt about a bill. */
  readonly isTold: boolean
}

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS

/** Long enough to calm a burst. */
const BURST_MS = 3 * SECOND_MS

/** How a failure is remembered from `now` on. The doubt about a bill waits up to a day to be told. */
export function remember(failure: Failure, now: number): RememberedFailure {
  return { failure, since: now, until: now + memoryOf(failure), isTold: false }
}

function memoryOf({ code, extras }: Failure): number {
  if (code === 'billing_unknown') return DAY_MS
  if (code === 'refused' || USELESS.has(code)) return HOUR_MS
  return Math.max(BURST_MS, Math.min((extras.retryAfterSeconds ?? 0) * SECOND_MS, HOUR_MS))
}

/** What is remembered once somebody is told: a doubt, for `unknownHoldMs` more. */
export function tell<T extends RememberedFailure>(remembered: T, now: number, unknownHoldMs: number): T {
  if (remembered.failure.code !== 'billing_unknown' || remembered.isTold) return remembered
  return { ...remembered, until: now + unknownHoldMs, isTold: true }
}

/** The failure for somebody who asks at `now`. */
export function toldAt({ failure, until, isTold }: RememberedFailure, now: number): Failure {
  if (failure.code === 'billing_unknown') return isTold ? withNextGeneration(failure, until) : failure
  return USELESS.has(failure.code) ? failure : withRetryAfter(failure, until, now)
}

/** No `Retry-After`: client libraries would follow it and pay again. The sentence is for people. */
function withNextGeneration(failure: Failure, until: number): Failure {
  const time = `${new Date(until).toISOString().slice(0, 19)}Z`
  const message = `${failure.message} The next request after ${time} generates again. A token with Cache-Control: no-cache does so at once.`
  return { ...failure, message }
}

function withRetryAfter(failure: Failure, until: number, now: number): Failure {
  const retryAfterSeconds = Math.max(1, Math.ceil((until - now) / SECOND_MS))
  return { ...failure, extras: { ...failure.extras, retryAfterSeconds } }
}
