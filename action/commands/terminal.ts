import type { Diagnostic } from '../config/diagnostic.ts'
import { oneLine, shorten } from '../report/one-line.ts'
import { paintFor } from '../report/paint.ts'

/** The terminal that a command runs in, or a stand-in for it. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted once nobody reads what is printed. */
  readonly outputClosed: AbortSignal
  /** The exit code of the process, once the command is done. */
  setExitCode(code: number): void
}

export const EXIT = { done: 0, failed: 1, usage: 2, outOfDate: 3 } as const

/** Prints a command's result to standard output. */
export function print(terminal: Terminal, lines: readonly string[]): void {
  terminal.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, [JSON.stringify(value, null, 2)])
}

/** Prints everything else to standard error, so that pipes get only the result. */
export function printToStderr(terminal: Terminal, lines: readonly string[]): void {
  terminal.stderr.write(lines.map((line) => `${line}\n`).join(''))
}

/** Nobody reads more: with `--json`, all of them are there. */
const DIAGNOSTICS_MAX = 100
const MESSAGE_MAX_CHARACTERS = 2000

/** As `easel.yml:12:5: error: …`, which editors and terminals turn into a link. */
export function printDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[]): void {
  const paint = paintFor(terminal.stderr)
  // Errors must not be what is left out.
  const bySeverity = diagnostics.toSorted(
    (a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'),
  )
  const shown = new Set(bySeverity.slice(0, DIAGNOSTICS_MAX))
  const lines = diagnostics
    .filter((one) => shown.has(one))
    .map(({ file, line, column, severity, message }) => {
      const place = paint('bold', `${oneLine(file)}:${line}:${column}:`)
      return `${place} ${paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`)} ${shorten(oneLine(message), MESSAGE_MAX_CHARACTERS)}`
    })
  const more = diagnostics.length - lines.length
  if (more > 0) lines.push(`… and ${more} more.`)
  printToStderr(terminal, lines)
}

/** Says why a command waits. */
export function sayWhoWorks(terminal: Terminal): (pid: number) => void {
  return (pid) => printToStderr(terminal, [`Waiting for another easel command here (process ${pid}).`])
}
