/** An entry as it is written. */
export interface LockLine {
  readonly path: string
  readonly value: unknown
}

/** The lines of a lock, read one by one. */
export interface LockLines {
  readonly version: number | undefined
  readonly lines: readonly LockLine[]
  readonly hasMarkers: boolean
}

/** `"docs/a.png": {…},` */
const ENTRY = /^\s*("(?:[^"\\]|\\.)*"):\s*(\{.+\}),?\s*$/
const VERSION = /^\s*"version":\s*(\d+),?\s*$/
/** What is around the entries. */
const FRAME = /^\s*(\{|\},?|"images":\s*\{|)\s*$/
/** Git's conflict markers, at the start of a line. */
const MARKER = /^(<{7}|\|{7}|={7}|>{7})( |\r?$)/

/**
 * Reads a lock in the form that Easel writes, in which each line stands for itself. So commas don't matter, nor on
 * which side of a conflict a line is.
 *
 * @returns `undefined` when something else has formatted it
 */
export function readLines(text: string): LockLines | undefined {
  let version: number | undefined
  let hasMarkers = false
  let isBase = false
  const lines: LockLine[] = []
  for (const line of text.split('\n')) {
    const [, marker] = MARKER.exec(line) ?? []
    if (marker !== undefined) {
      hasMarkers = true
      // What both sides had before: neither has it now.
      isBase = marker.startsWith('|')
      continue
    }
    if (isBase || FRAME.test(line)) continue
    const [, written] = VERSION.exec(line) ?? []
    if (written !== undefined) version = Number(written)
    else {
      const read = readEntry(line)
      if (!read) return undefined
      lines.push(read)
    }
  }
  return version === undefined && !hasMarkers ? undefined : { version, lines, hasMarkers }
}

function readEntry(line: string): LockLine | undefined {
  const [, path, entry] = ENTRY.exec(line) ?? []
  if (path === undefined || entry === undefined) return undefined
  try {
    const name: unknown = JSON.parse(path)
    return typeof name === 'string' ? { path: name, value: JSON.parse(entry) as unknown } : undefined
  } catch {
    return undefined
  }
}
