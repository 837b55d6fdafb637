import { startDeadline } from '../deadline.ts'

interface Freshness {
  /** Milliseconds that a loaded value stays fresh. */
  readonly ttlMs: number
  /** Milliseconds from a failed load to the next attempt. */
  readonly retryMs: number
  /** Milliseconds that one load may take, and that a caller waits for it. */
  readonly timeoutMs: number
  /** Milliseconds, as `Date.now()` counts them. */
  readonly now: () => number
  /** Called for every failed load, which callers do not see. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Loads a value on first use, and again when it is no longer fresh, with one load at a time however many callers
 * there are. A failed load leaves the old value in place; before the first success the value is `undefined`. Never
 * throws.
 *
 * Every caller has its own timer: in a Worker a load belongs to the request that started it, and may end with that
 * request without ever settling.
 */
export function keepFresh<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { ttlMs, retryMs, timeoutMs, now, onFailure }: Freshness,
): () => Promise<T | undefined> {
  let value: T | undefined
  let nextLoadAt = -Infinity
  let loadInFlight: Promise<void> | undefined

  async function reload(): Promise<void> {
    try {
      using deadline = startDeadline(timeoutMs)
      value = await load(deadline.signal)
      nextLoadAt = now() + ttlMs
    } catch (error) {
      nextLoadAt = now() + retryMs
      onFailure(error)
    }
  }

  return async () => {
    if (now() < nextLoadAt) return value
    const loading = (loadInFlight ??= reload())
    const settled = await settlesWithin(loading, timeoutMs)
    if (loadInFlight === loading) {
      loadInFlight = undefined
      if (!settled) nextLoadAt = now() + retryMs
    }
    return value
  }
}

/** Whether `promise` settled within that many milliseconds. */
function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, false)
    void promise.finally(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
