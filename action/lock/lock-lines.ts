import { compare } from '../config/diagnostic.ts'

/** An entry as it is written. */
export interface LockLine {
  readonly path: string
  readonly value: unknown
}

/** The lines of a lock, read one by one. */
export interface LockLines {
  readonly version: number | undefined
  readonly lines: readonly LockLine[]
  /** It holds conflict markers, or is not valid JSON, or not in order: git has put together both sides of a merge. */
  readonly isMerged: boolean
}

/** `"docs/a.png": {…},` */
const ENTRY = /^\s*("(?:[^"\\]|\\.)*"):\s*(\{.+\})(,?)\s*$/
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
  let isOpen = false
  let isInOrder = true
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
      const last = lines.at(-1)
      if (last && (!isOpen || compare(last.path, read.path) >= 0)) isInOrder = false
      isOpen = read.isOpen
      lines.push(read)
    }
  }
  if (version === undefined && !hasMarkers) return undefined
  return { version, lines, isMerged: hasMarkers || !isInOrder || isOpen }
}

function readEntry(line: string): (LockLine & { readonly isOpen: boolean }) | undefined {
  const [, path, entry, comma] = ENTRY.exec(line) ?? []
  if (path === undefined || entry === undefined) return undefined
  try {
    const name: unknown = JSON.parse(path)
    if (typeof name !== 'string') return undefined
    return { path: name, value: JSON.parse(entry), isOpen: comma === ',' }
  } catch {
    return undefined
  }
}
