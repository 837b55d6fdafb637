import { unlink } from 'node:fs/promises'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import type { LockStore } from '../lock/lock-store.ts'
import { fileOf, readFileState } from '../plan/file-state.ts'
import type { Orphan } from '../plan/plan.ts'

export interface Pruned {
  readonly path: string
  /** What happened to the file: `kept` is one that Easel did not write. */
  readonly file: 'removed' | 'kept' | 'missing'
}

/**
 * Removes orphans: their lock entries, and the files that Easel wrote for them. A file that was edited since stays,
 * and Easel knows nothing about it from then on.
 *
 * @param dryRun  only returns what it would do
 */
export async function prune(
  orphans: readonly Orphan[],
  {
    root,
    lock,
    dryRun = false,
  }: { readonly root: string; readonly lock: LockStore; readonly dryRun?: boolean },
): Promise<readonly Pruned[]> {
  const links = createLinkFinder(root)
  const pruned: Pruned[] = []
  for (const { path, entry } of orphans) {
    const isBehindLink = (await links.linkIn(path)) !== undefined
    const { kind } = isBehindLink ? { kind: 'other' } : await readFileState(root, path, fileOf(entry))
    if (!dryRun) {
      if (kind === 'same') await unlink(inWorkspace(root, path))
      await lock.set(path, undefined)
    }
    pruned.push({ path, file: RESULT[kind] ?? 'kept' })
  }
  return pruned
}

const RESULT: Readonly<Record<string, Pruned['file']>> = { same: 'removed', nothing: 'missing' }
