import { UpstreamError } from '../errors.ts'

/** Time and randomness, passed in so that tests can control both. */
export interface RetryClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

export interface RetryPolicy {
  /** Including the first one. */
  readonly maxAttempts: number
  /** Upper bound of the first wait, milliseconds; doubled for each further one. */
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 4, baseDelayMs: 500, maxDelayMs: 20_000 }

/**
 * How long to wait before the next attempt, milliseconds, or `undefined` to give up. Full jitter, so that many
 * clients don't retry in step; never before `Retry-After` allows, never past the deadline.
 *
 * @param attempt   the number of attempts so far, 1 or more
 * @param deadline  milliseconds since the epoch
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  deadline: number,
  { now, random }: Pick<RetryClock, 'now' | 'random'>,
  policy: RetryPolicy = DEFAULT_RETRY,
): number | undefined {
  if (!(error instanceof UpstreamError) || !error.retryable) return undefined
  // A 500 says nothing about the cause: the first may be bad luck.
  const maxAttempts = error.upstreamStatus === 500 ? 2 : policy.maxAttempts
  if (attempt >= maxAttempts) return undefined
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1))
  const delay = (error.extras.retryAfterSeconds ?? 0) * 1000 + random() * ceiling
  return now() + delay < deadline ? delay : undefined
}

/** {@link RetryClock.sleep} on real timers. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortReason(signal))
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(abortReason(signal))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('Aborted', 'AbortError')
}
