import { isDeepStrictEqual } from 'node:util'
import type { LockEntries, LockEntry } from '../../lock/schema.ts'
import type { Change } from './file-change.ts'

/** What is upstream by now. */
export interface Upstream {
  readonly lock: LockEntries
  /** Paths whose file somebody put there since the run began, with no entry that goes with it. */
  readonly editedByHand: ReadonlySet<string>
  /** What the config there asks for, by path; absent when it is not known. */
  readonly wanted: ReadonlyMap<string, string> | undefined
}

export interface Merged {
  /** The lock to commit: upstream's, with what is ours put in entry by entry. */
  readonly lock: LockEntries
  /** What goes in. */
  readonly ours: readonly Change[]
  /** What stays out, because somebody else's is there and is right. */
  readonly superseded: readonly Change[]
}

/**
 * Puts a run's changes on top of what others did meanwhile. An entry that nobody touched takes ours; one that somebody
 * touched takes what the config upstream describes now, and theirs where both would do: theirs is there already.
 */
export function mergeLock(changes: readonly Change[], upstream: Upstream): Merged {
  const lock = new Map(upstream.lock)
  const ours: Change[] = []
  const superseded: Change[] = []
  for (const change of changes) {
    if (!isOurs(change, upstream)) {
      superseded.push(change)
      continue
    }
    ours.push(change)
    if (change.after) lock.set(change.path, change.after)
    else lock.delete(change.path)
  }
  return { lock, ours, superseded }
}

function isOurs({ path, before, after }: Change, upstream: Upstream): boolean {
  const theirs = upstream.lock.get(path)
  if (sameEntry(theirs, after)) return true
  if (upstream.editedByHand.has(path)) return false
  if (sameEntry(theirs, before)) return true
  // Somebody changed the entry. Pruning is never worth a quarrel.
  if (!after || theirs?.fingerprint === after.fingerprint) return false
  return upstream.wanted?.get(path) === after.fingerprint
}

/** Whether somebody else touched the entry of a change since the run began. */
export function isContested({ path, before, after }: Change, lock: LockEntries): boolean {
  const theirs = lock.get(path)
  return !sameEntry(theirs, after) && !sameEntry(theirs, before)
}

function sameEntry(a: LockEntry | undefined, b: LockEntry | undefined): boolean {
  return isDeepStrictEqual(a, b)
}
