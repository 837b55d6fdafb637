interface Freshness {
  /** Milliseconds that a loaded value counts as fresh. */
  readonly ttlMs: number
  /** Milliseconds between a load that failed and the next attempt. */
  readonly retryMs: number
  /** Milliseconds that one load may take, and that anyone waits for it. */
  readonly timeoutMs: number
  /** Milliseconds, as `Date.now()` counts them. */
  readonly now: () => number
  /** Told of every load that failed: the old value hides it from everyone else. */
  readonly onFailure: (error: unknown) => void
}

/**
 * A value that is loaded when it is first asked for, and again when it is no longer fresh. However many ask, one
 * load is under way. A load that fails leaves the old value in place; while there never was one the answer is
 * `undefined`. Never throws.
 *
 * Everyone waits on a timer of their own, because in a Worker the load belongs to the request that began it, and
 * may end with that request without ever settling.
 */
export function keepFresh<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { ttlMs, retryMs, timeoutMs, now, onFailure }: Freshness,
): () => Promise<T | undefined> {
  let value: T | undefined
  let nextLoadAt = -Infinity
  let underWay: Promise<void> | undefined

  async function reload(): Promise<void> {
    try {
      value = await load(AbortSignal.timeout(timeoutMs))
      nextLoadAt = now() + ttlMs
    } catch (error) {
      nextLoadAt = now() + retryMs
      onFailure(error)
    }
  }

  return async () => {
    if (now() < nextLoadAt) return value
    const loading = (underWay ??= reload())
    const settled = await settlesWithin(loading, timeoutMs)
    if (underWay === loading) {
      underWay = undefined
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
