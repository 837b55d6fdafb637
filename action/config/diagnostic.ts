/** A position in a file that a person wrote. Lines and columns count from 1. */
export interface Position {
  /** Relative to the root of the workspace. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** An error or warning at its position in a file. */
export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning'
  /** What is wrong, and how to fix it. */
  readonly message: string
}

/** The config is invalid. Holds every mistake, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'))
    this.diagnostics = diagnostics
  }
}

/** A command, an input or the environment is wrong, rather than a line of the config. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** `easel.yml:12:5: error: …`, which editors and terminals turn into a link. */
export function formatDiagnostic({ file, line, column, severity, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${severity}: ${message}`
}

/** Sorted by position, without duplicates: a default that is wrong for fifty images is one mistake. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(diagnostics.map((diagnostic) => [formatDiagnostic(diagnostic), diagnostic]))
  return [...unique.values()].toSorted(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
  )
}

/** Compares by code units, so that the order is the same on every machine. */
export function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
