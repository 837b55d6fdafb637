import { constants } from 'node:os'

interface Interruptions extends Disposable {
  /** The first signal: start nothing new. */
  readonly stop: AbortSignal
  /** The second: cancel what is in flight. */
  readonly abort: AbortSignal
  /** 128 plus the number of the signal, as shells count; `undefined` without one. */
  readonly exitCode: number | undefined
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Splits Ctrl-C and SIGTERM into two steps while it is in use. GitHub's runner sends SIGINT to a cancelled job, and
 * SIGTERM 7.5 seconds later: images that are almost done are still saved.
 */
export function interruptions(note: (message: string) => void): Interruptions {
  const stop = new AbortController()
  const abort = new AbortController()
  let exitCode: number | undefined

  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    exitCode = 128 + constants.signals[signal]
    if (!stop.signal.aborted) {
      stop.abort()
      note('Finishing the images in flight. Interrupt again to cancel them.')
    } else if (!abort.signal.aborted) {
      abort.abort()
      note('Cancelling the images in flight.')
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    stop: stop.signal,
    abort: abort.signal,
    get exitCode() {
      return exitCode
    },
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
