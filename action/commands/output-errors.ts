import type { Writable } from 'node:stream'
import { systemErrorText } from '../adopt/save-error.ts'

interface Output {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Whoever read a pipe has gone: `head` has its line, or Ctrl-C ended `tee`. The last two are Windows' and a socket's. */
const CLOSED: ReadonlySet<unknown> = new Set(['EPIPE', 'EOF', 'ECONNRESET'])

/**
 * Lets a command go on when its output can't be written: images in flight are already paid for. What it prints from
 * then on is lost.
 *
 * @param onProblem  called once if the reason is another one than a closed pipe, such as a full disk
 * @returns aborted once a pipe is closed, so that a command can stop early
 */
export function outliveOutput({ stdout, stderr }: Output, onProblem: () => void): AbortSignal {
  const closed = new AbortController()
  let hasProblem = false
  const onError = (name: string) => (error: NodeJS.ErrnoException) => {
    if (CLOSED.has(error.code)) return closed.abort()
    if (hasProblem) return
    hasProblem = true
    onProblem()
    stderr.write(`error: ${name} can’t be written: ${systemErrorText(error)}\n`)
  }
  stdout.on('error', onError('Standard output'))
  stderr.on('error', onError('Standard error'))
  return closed.signal
}
