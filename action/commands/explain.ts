import { relative } from 'node:path'
import { CommanderError } from 'commander'
import { EaselError } from '../../shared/errors.ts'
import { systemErrorText } from '../adopt/save-error.ts'
import { ConfigError, UsageError } from '../config/diagnostic.ts'
import { isErrno } from '../files/safe-path.ts'
import { LockError } from '../lock/lock-error.ts'
import { oneLine } from '../report/one-line.ts'
import { paintFor } from '../report/paint.ts'
import { EXIT, printDiagnostics, printJson, printToStderr, type Terminal } from './terminal.ts'

/** Prints what went wrong; with `--json`, to standard output as JSON, too. @returns the exit code */
export function explain(error: unknown, terminal: Terminal, { json }: { readonly json: boolean }): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
  if (json) printJson(terminal, { error: errorReport(error, terminal) })
  if (error instanceof CommanderError) return EXIT.usage
  if (error instanceof ConfigError) {
    printDiagnostics(terminal, error.diagnostics)
    return EXIT.usage
  }
  const red = (text: string): string => paintFor(terminal.stderr)('red', text)
  if (isUsageError(error)) {
    printToStderr(terminal, [`${red('error:')} ${oneLine(error.message)}`])
    return EXIT.usage
  }
  if (error instanceof EaselError || isErrno(error)) {
    const message = isErrno(error) ? systemErrorMessage(error, terminal) : error.message
    printToStderr(terminal, [`${red('error:')} ${oneLine(message)}`])
    return EXIT.failed
  }
  printToStderr(terminal, [
    `${red('This is a bug in Easel:')} ${error instanceof Error ? error.stack : String(error)}`,
  ])
  return EXIT.failed
}

/** What went wrong, for programs. */
function errorReport(error: unknown, terminal: Terminal): object {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof ConfigError) return { code: 'invalid_config', message, diagnostics: error.diagnostics }
  if (error instanceof EaselError) return { code: error.code, message }
  if (isErrno(error)) return { code: 'file_system', message: systemErrorMessage(error, terminal) }
  return { code: error instanceof CommanderError || isUsageError(error) ? 'usage' : 'internal', message }
}

function isUsageError(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof LockError ||
    (error instanceof EaselError && error.code === 'invalid_spec')
  )
}

/** What can't be read or written, and why. */
function systemErrorMessage(error: NodeJS.ErrnoException, { cwd }: Terminal): string {
  if (error.path === undefined) return error.message
  const path = relative(cwd, error.path)
  return `${path === '' || path.startsWith('..') ? error.path : path}: ${systemErrorText(error)}`
}
