/** Resolves after the time, or at once when the signal aborts. `Infinity` waits for the signal alone. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms === 0 || signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = ms === Infinity ? undefined : setTimeout(finish, ms)
    signal?.addEventListener('abort', finish)
  })
}
