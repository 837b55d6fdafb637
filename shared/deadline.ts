/** Ends with its work: dispose of it. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Aborts after that many milliseconds, with a `TimeoutError` as `AbortSignal.timeout` does. Unlike that one's, its
 * timer ends with the work: a Durable Object stays in memory, and is billed, for as long as it has one.
 */
export function startDeadline(ms: number): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new DOMException(`It took longer than ${ms} ms.`, 'TimeoutError')),
    ms,
  )
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) }
}
