import { unlink } from 'node:fs/promises'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import type { LockStore } from '../lock/lock-store.ts'
import { lookAtFile } from '../plan/file-state.ts'
import type { Orphan } from '../plan/plan.ts'

export interface Pruned {
  readonly path: string
  /** What became of the file: one that Easel did not write stays. */
  readonly file: 'removed' | 'kept' | 'was not there'
}

/**
 * Removes what no image goes with any more: entries from the lock, and the files that Easel wrote for them. A file
 * that was edited since stays, and is nobody's but its editor's from then on.
 */
export async function prune(
  orphans: readonly Orphan[],
  { root, lock }: { readonly root: string; readonly lock: LockStore },
): Promise<readonly Pruned[]> {
  const links = createLinkFinder(root)
  const pruned: Pruned[] = []
  for (const { path, entry } of orphans) {
    const isBehindLink = (await links.linkIn(path)) !== undefined
    const { kind } = isBehindLink ? { kind: 'other' } : await lookAtFile(root, path, entry)
    if (kind === 'same') await unlink(inWorkspace(root, path))
    await lock.set(path, undefined)
    pruned.push({ path, file: FATE[kind] ?? 'kept' })
  }
  return pruned
}

const FATE: Readonly<Record<string, Pruned['file']>> = { same: 'removed', nothing: 'was not there' }
