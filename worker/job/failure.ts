import { EaselError, type EaselErrorCode, type EaselErrorExtras, UpstreamError } from '../../shared/errors.ts'
import { type BilledCost, billedCost } from '../../shared/prices/billed-cost.ts'

/** An {@link EaselError} as it is stored, and as it crosses from one object to another. */
export interface Failure {
  readonly code: EaselErrorCode
  readonly message: string
  readonly extras: EaselErrorExtras
}

/** What a generation costs, and how the ledger books it. */
export interface Bill extends BilledCost {
  readonly outcome: 'generated' | 'failed' | 'unknown'
}

/** A failure that new requests get until `until`, milliseconds since the epoch. */
export interface RememberedFailure {
  readonly failure: Failure
  readonly until: number
  /** Whether anybody has got it. */
  readonly isTold: boolean
}

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS

/** Long enough to calm a burst. */
const BURST_MS = 3 * SECOND_MS

/** Responses that are complete, billed and useless: asking again only buys the same. */
const USELESS: ReadonlySet<EaselErrorCode> = new Set(['no_image', 'upstream_invalid'])

export function toFailure(error: unknown): Failure {
  if (error instanceof EaselError) return { code: error.code, message: error.message, extras: error.extras }
  return {
    code: 'internal',
    message: 'This is a bug in Easel. It has been logged; trying again may help.',
    extras: {},
  }
}

export function toError({ code, message, extras }: Failure): EaselError {
  return new EaselError(code, message, { extras })
}

/** How a failure is remembered from `now` on. The doubt about a bill waits up to a day to be told. */
export function remember(failure: Failure, now: number): RememberedFailure {
  return { failure, until: now + memoryOf(failure), isTold: false }
}

function memoryOf({ code, extras }: Failure): number {
  if (code === 'billing_unknown') return DAY_MS
  if (code === 'refused' || USELESS.has(code)) return HOUR_MS
  return Math.max(BURST_MS, Math.min((extras.retryAfterSeconds ?? 0) * SECOND_MS, HOUR_MS))
}

/**
 * A remembered failure for somebody who asks at `now`, and what is remembered from then on: once told, a doubt is
 * held for `unknownHoldMs` more.
 */
export function tell(
  remembered: RememberedFailure,
  now: number,
  unknownHoldMs: number,
): { readonly failure: Failure; readonly remembered: RememberedFailure } {
  const { failure, isTold } = remembered
  const isUnknown = failure.code === 'billing_unknown'
  const until = isUnknown && !isTold ? now + unknownHoldMs : remembered.until
  return {
    failure: isUnknown ? withNextGeneration(failure, until) : withRetryAfter(failure, until, now),
    remembered: { failure, until, isTold: true },
  }
}

/** No `Retry-After`: client libraries would follow it and pay again. The sentence is for people. */
function withNextGeneration(failure: Failure, until: number): Failure {
  const time = `${new Date(until).toISOString().slice(0, 19)}Z`
  const message = `${failure.message} The next request after ${time} generates again. A token with Cache-Control: no-cache does so at once.`
  return { ...failure, message }
}

function withRetryAfter(failure: Failure, until: number, now: number): Failure {
  if (USELESS.has(failure.code)) return failure
  const retryAfterSeconds = Math.max(1, Math.ceil((until - now) / SECOND_MS))
  return { ...failure, extras: { ...failure.extras, retryAfterSeconds } }
}

/**
 * What a failed generation counts as, and how the ledger books it. What was billed without a known cost, and what
 * may have been billed, counts as the estimate.
 */
export function billOf(error: unknown, limits: Parameters<typeof billedCost>[1]): Bill {
  if (isSurelyFree(error)) return { usd: 0, outcome: 'failed' }
  const { billedUsd, mayHaveBeenBilled } =
    error instanceof EaselError ? error.extras : { mayHaveBeenBilled: true }
  return { ...billedCost(billedUsd, limits), outcome: mayHaveBeenBilled ? 'unknown' : 'failed' }
}

/** An error without a code of Easel's is a bug, and may have come at any moment. */
function isSurelyFree(error: unknown): boolean {
  return error instanceof EaselError && !error.extras.mayHaveBeenBilled && !USELESS.has(error.code)
}

/** The object stopped while OpenRouter worked: nobody knows how that ended. */
export function interrupted(): UpstreamError {
  return new UpstreamError(
    'billing_unknown',
    'Easel was restarted while the image was being generated, so it may have been billed.',
  )
}

export const PURGED: Failure = {
  code: 'purged',
  message: 'The image was purged while it was being generated. Request it again to generate it.',
  extras: {},
}

/** R2 rejects what has been generated and is safe in the object's own storage. */
export const NOT_STORED_YET: Failure = {
  code: 'storage_failed',
  message: 'R2 rejected the write. The image is safe: retry, you won’t be charged again.',
  extras: { retryAfterSeconds: 5 },
}
