import { unlink } from 'node:fs/promises'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import { fileOf, readFileState } from '../lock/file-state.ts'
import type { Project } from '../plan/plan-project.ts'
import { type Orphan, withReasons } from '../plan/orphans.ts'

/** What happened to an orphan. */
export interface Pruned {
  readonly path: string
  /**
   * - `removed`: file and lock entry
   * - `kept`: the entry is removed; Easel did not write the file, so it stays
   * - `missing`: the entry is removed; there was no file
   * - `spared`: nothing is removed, for a reason
   */
  readonly file: 'removed' | 'kept' | 'missing' | 'spared'
  /** Why it is spared, as the end of a sentence. */
  readonly why?: string
}

/**
 * Removes orphans: their lock entries, and the files that Easel wrote for them. A file that was edited since stays,
 * and Easel knows nothing about it from then on. What may be in use is spared.
 *
 * @param dryRun  only returns what it would do
 */
export async function prune(
  orphans: readonly Orphan[],
  project: Project,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<readonly Pruned[]> {
  const { root, lock } = project
  const links = createLinkFinder(root)
  const pruned: Pruned[] = []
  // Once more: what was generated or adopted since the plan is no longer needed elsewhere.
  for (const { path, entry, why } of await withReasons(orphans, await lock.read(), project)) {
    if (why !== undefined) {
      pruned.push({ path, file: 'spared', why })
      continue
    }
    const isBehindLink = (await links.linkIn(path)) !== undefined
    const { kind } = isBehindLink
      ? { kind: 'other' }
      : await readFileState(inWorkspace(root, path), fileOf(entry))
    if (!dryRun) {
      if (kind === 'same') await unlink(inWorkspace(root, path))
      await lock.set(path, undefined)
    }
    pruned.push({ path, file: RESULT[kind] ?? 'kept' })
  }
  return pruned
}

const RESULT: Readonly<Record<string, Pruned['file']>> = { same: 'removed', nothing: 'missing' }
