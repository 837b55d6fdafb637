import { specIssues } from '../../shared/spec/issues.ts'
import { compare } from '../config/diagnostic.ts'
import { pathProblem } from '../files/safe-path.ts'
import { LockError } from './lock-error.ts'
import { ENTRY_FIELDS, LOCK_VERSION, type LockEntries, type LockEntry, lockSchema } from './schema.ts'

/** Git's conflict markers, at the start of a line; `diff3` style has all four. */
const CONFLICT_MARKER = /^(<{7}|\|{7}|={7}|>{7})( |$)/m

/**
 * Parses a lock.
 *
 * @param file  its name, for errors
 * @throws {LockError} when it has a newer version, conflict markers, or mistakes
 */
export function parseLock(text: string, file: string): LockEntries {
  if (CONFLICT_MARKER.test(text)) {
    throw new LockError(
      `${file} holds conflict markers. Remove the lines with <<<<<<<, ======= and >>>>>>> and keep the entries of both sides. If both have the same path, keep the entry of the side whose file you keep.`,
    )
  }
  const value = parseJson(text, file)
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  if (typeof version === 'number' && version > LOCK_VERSION) {
    throw new LockError(
      `${file} has version ${version}, written by a newer Easel; this one supports version ${LOCK_VERSION}. Update Easel.`,
    )
  }
  const parsed = lockSchema.safeParse(value)
  if (!parsed.success) {
    const [{ detail }] = specIssues(parsed.error, value, [])
    throw new LockError(`${file} is broken: ${detail} Restore it from version control.`)
  }
  const entries = new Map(Object.entries(parsed.data.images))
  for (const path of entries.keys()) {
    // A lock comes from a repository, so a forged one could name any file for removal.
    const problem = pathProblem(path)
    if (problem)
      throw new LockError(`${file} holds ${JSON.stringify(path)}, which ${problem}. Remove the entry.`)
  }
  return entries
}

/** Entries sorted by path and fields in a fixed order, so that branches merge and diffs stay small. */
export function formatLock(entries: LockEntries): string {
  const images = Object.fromEntries(
    [...entries].toSorted(([a], [b]) => compare(a, b)).map(([path, entry]) => [path, inFieldOrder(entry)]),
  )
  return `${JSON.stringify({ version: LOCK_VERSION, images }, null, 2)}\n`
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

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new LockError(`${file} is not valid JSON (${why}). Restore it from version control.`, {
      cause: error,
    })
  }
}
