import { isDeepStrictEqual } from 'node:util'
import type { LockEntries } from '../../lock/schema.ts'
import type { FileChange } from './changeset.ts'

/** What the commit to merge with holds. */
export interface MergeBase {
  readonly lock: LockEntries
  /** Paths whose file somebody else has changed since the run started, without a matching lock entry. */
  readonly editedByHand: ReadonlySet<string>
  /** The fingerprints that its config declares, by path; `undefined` when they are unknown. */
  readonly declared: ReadonlyMap<string, string> | undefined
}

export interface Merged {
  /** The lock to commit: theirs, with our entries added. */
  readonly lock: LockEntries
  /** Changes to commit. */
  readonly ours: readonly FileChange[]
  /** Changes to leave out, because somebody else's version is there and valid. */
  readonly superseded: readonly FileChange[]
}

/**
 * Merges a run's changes with what others did meanwhile, entry by entry. An entry that nobody touched takes ours. An
 * entry that somebody touched takes the one that the config there declares, and stays theirs when both match it.
 */
export function mergeLock(changes: readonly FileChange[], base: MergeBase): Merged {
  const { ours = [], superseded = [] } = Object.groupBy(changes, (change) =>
    isOurs(change, base) ? 'ours' : 'superseded',
  )
  const lock = new Map(base.lock)
  for (const { path, after } of ours) {
    if (after) lock.set(path, after)
    else lock.delete(path)
  }
  return { lock, ours, superseded }
}

function isOurs({ path, before, after }: FileChange, base: MergeBase): boolean {
  const theirs = base.lock.get(path)
  if (isDeepStrictEqual(theirs, after)) return true
  if (base.editedByHand.has(path)) return false
  if (isDeepStrictEqual(theirs, before)) return true
  // Somebody changed the entry. Pruning never overrides that.
  if (!after || theirs?.fingerprint === after.fingerprint) return false
  return base.declared?.get(path) === after.fingerprint
}

/** Whether somebody else has touched a change's entry since the run started. */
export function isContested({ path, before, after }: FileChange, lock: LockEntries): boolean {
  const theirs = lock.get(path)
  return !isDeepStrictEqual(theirs, after) && !isDeepStrictEqual(theirs, before)
}
