import type { Diagnostic } from '../config/diagnostic.ts'
import { oneLine } from '../report/one-line.ts'
import { paintFor } from '../report/paint.ts'

/** The terminal, or whatever stands in for one, that a command runs in. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** How the command went; the process ends with it. */
  setExitCode(code: number): void
}

export const EXIT = { done: 0, failed: 1, usage: 2, outOfDate: 3 } as const

/** What a command was asked for: to the standard output. */
export function print(terminal: Terminal, lines: readonly string[]): void {
  terminal.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, [JSON.stringify(value, null, 2)])
}

/** What goes beside it, and must not spoil a pipe: to the standard error. */
export function tell(terminal: Terminal, lines: readonly string[]): void {
  terminal.stderr.write(lines.map((line) => `${line}\n`).join(''))
}

/** As `easel.yml:12:5: error: …`, which editors and terminals make a link of. */
export function tellDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[]): void {
  const paint = paintFor(terminal.stderr)
  const lines = diagnostics.map(({ file, line, column, severity, message }) => {
    const place = paint('bold', `${oneLine(file)}:${line}:${column}:`)
    return `${place} ${paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`)} ${oneLine(message)}`
  })
  tell(terminal, lines)
}
