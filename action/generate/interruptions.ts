import { constants } from 'node:os'

interface Interruptions extends Disposable {
  /** The first signal: begin nothing new. */
  readonly stop: AbortSignal
  /** The second: give up what is under way. */
  readonly abort: AbortSignal
  /** 128 and the number of the signal, as shells count; `undefined` without one. */
  readonly exitCode: number | undefined
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Makes two steps of Ctrl-C and SIGTERM while it is in use. GitHub's runner sends SIGINT to a cancelled job, and
 * SIGTERM 7.5 seconds later: images that are nearly there are still saved.
 */
export function interruptions(tell: (message: string) => void): Interruptions {
  const stop = new AbortController()
  const abort = new AbortController()
  let exitCode: number | undefined

  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    exitCode = 128 + constants.signals[signal]
    if (!stop.signal.aborted) {
      stop.abort()
      tell('Finishing the images that are under way; interrupt again to give them up.')
    } else if (!abort.signal.aborted) {
      abort.abort()
      tell('Giving up what is under way.')
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
