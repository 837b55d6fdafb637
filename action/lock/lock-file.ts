import { specIssues } from '../../shared/spec/issues.ts'
import { compare } from '../config/diagnostic.ts'
import { pathProblem } from '../files/safe-path.ts'
import { LockError } from './lock-error.ts'
import { type LockLine, readLines } from './lock-lines.ts'
import {
  ENTRY_FIELDS,
  LOCK_VERSION,
  type LockEntries,
  type LockEntry,
  lockEntrySchema,
  lockSchema,
} from './schema.ts'

/** A lock as a merge may leave it. */
export interface LockText {
  /** By path. More than one: the sides of a merge have different ones, ours first. */
  readonly entries: ReadonlyMap<string, readonly [LockEntry, ...LockEntry[]]>
  /** It holds conflict markers, a path twice, or lines out of order. */
  readonly isUnmerged: boolean
}

/**
 * Parses a lock.
 *
 * @param file  its name, for errors
 * @returns of a path with two entries, ours
 * @throws {LockError} when it has a newer version, or mistakes
 */
export function parseLock(text: string, file: string): LockEntries {
  return new Map(Array.from(readLock(text, file).entries, ([path, [entry]]) => [path, entry]))
}

/**
 * Parses a lock in the middle of a merge, too: both sides, whatever git wrote between their lines.
 *
 * @throws {LockError} when it has a newer version, or mistakes
 */
export function readLock(text: string, file: string): LockText {
  const { version, lines, isMerged } = readLines(text) ?? readJson(text, file)
  if (version !== undefined && version > LOCK_VERSION) {
    throw new LockError(
      `${file} has version ${version}, written by a newer Easel; this one supports version ${LOCK_VERSION}. Update Easel.`,
    )
  }
  const entries = new Map<string, [LockEntry, ...LockEntry[]]>()
  for (const line of lines) {
    const entry = parseEntry(line, file)
    const others = entries.get(line.path)
    if (!others) entries.set(line.path, [entry])
    else if (!others.some(({ sha256, fingerprint }) => isSame(entry, { sha256, fingerprint })))
      others.push(entry)
  }
  return { entries, isUnmerged: isMerged }
}

/** One line an entry, sorted by path, and fields in a fixed order: branches merge, and diffs stay small. */
export function formatLock(entries: LockEntries): string {
  const lines = Array.from(
    inPathOrder(entries),
    ([path, entry]) => `    ${JSON.stringify(path)}: ${formatEntry(entry)}`,
  )
  return ['{', `  "version": ${LOCK_VERSION},`, '  "images": {', ...joined(lines), '  }', '}', ''].join('\n')
}

/** As the file has them. */
export function inPathOrder(entries: LockEntries): LockEntries {
  return new Map([...entries].toSorted(([a], [b]) => compare(a, b)))
}

/** An entry never changes, and a run writes the same ones with each image. */
const formatted = new WeakMap<LockEntry, string>()

function formatEntry(entry: LockEntry): string {
  const known = formatted.get(entry)
  if (known !== undefined) return known
  const text = JSON.stringify(inFieldOrder(entry))
  formatted.set(entry, text)
  return text
}

function joined(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line))
}

function isSame(a: LockEntry, b: Pick<LockEntry, 'sha256' | 'fingerprint'>): boolean {
  return a.sha256 === b.sha256 && a.fingerprint === b.fingerprint
}

function inFieldOrder(entry: LockEntry): Record<string, unknown> {
  return Object.fromEntries(
    ENTRY_FIELDS.flatMap((field) => {
      const value = entry[field]
      if (value === undefined) return []
      return [[field, field === 'spec' ? sortedKeys(entry.spec) : value]]
    }),
  )
}

function sortedKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => compare(a, b)))
}

function parseEntry({ path, value }: LockLine, file: string): LockEntry {
  // A lock comes from a repository, so a forged one could name any file for removal.
  const problem = pathProblem(path)
  if (problem)
    throw new LockError(`${file} holds ${JSON.stringify(path)}, which ${problem}. Remove the entry.`)
  const parsed = lockEntrySchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [{ detail }] = specIssues(parsed.error, value, [])
  throw new LockError(
    `${file} is broken at ${JSON.stringify(path)}: ${detail} Restore it from version control.`,
  )
}

/** A lock that something else has formatted. */
function readJson(
  text: string,
  file: string,
): { readonly version: number | undefined; readonly lines: readonly LockLine[]; readonly isMerged: false } {
  const value = parseJson(text, file)
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  const newer = typeof version === 'number' && version > LOCK_VERSION ? version : undefined
  if (newer !== undefined) return { version: newer, lines: [], isMerged: false }
  const parsed = lockSchema.safeParse(value)
  if (!parsed.success) {
    const [{ detail }] = specIssues(parsed.error, value, [])
    throw new LockError(`${file} is broken: ${detail} Restore it from version control.`)
  }
  const lines = Object.entries(parsed.data.images).map(([path, entry]) => ({ path, value: entry }))
  return { version: LOCK_VERSION, lines, isMerged: false }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new LockError(
      `${file} is not valid JSON (${why}). Restore it from version control, or, in a merge, keep the entries of both sides.`,
      { cause: error },
    )
  }
}
