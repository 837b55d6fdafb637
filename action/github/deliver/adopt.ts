import type { ImageSaver } from '../../generate/save-image.ts'
import { sha256Of } from '../../files/read-file.ts'
import type { LockStore } from '../../lock/lock-store.ts'
import type { PlannedImage } from '../../plan/plan.ts'
import type { GitHubApi } from './api.ts'
import { headOf, readBlob, readSnapshot } from './read-commit.ts'
import type { Change } from './file-change.ts'

/**
 * Takes over images that were made and paid for already: those that a branch at GitHub has and the checkout hasn't,
 * because another run delivered them since, or because their pull request isn't merged yet.
 *
 * @param branches  looked at in this order
 * @param checkedOut  a branch that is still there has nothing new
 * @returns what was written to the workspace
 */
export async function adopt(
  api: GitHubApi,
  {
    branches,
    checkedOut,
    planned,
    lock,
    saver,
  }: {
    readonly branches: readonly string[]
    readonly checkedOut: string
    readonly planned: readonly PlannedImage[]
    readonly lock: LockStore
    readonly saver: Pick<ImageSaver, 'save'>
  },
): Promise<readonly Change[]> {
  const left = new Map(
    planned
      .filter(({ action, status }) => action === 'generate' && MISSING.has(status))
      .map((one) => [one.image.path, one]),
  )
  const adopted: Change[] = []
  for (const branch of branches) {
    if (left.size === 0) break
    const head = await headOf(api, branch)
    if (head === undefined || head === checkedOut) continue
    const there = await readSnapshot(api, head, { lockPath: lock.path, paths: [...left.keys()] })
    for (const [path, one] of left) {
      const entry = there.lock.get(path)
      const blob = there.blobs.get(path)
      if (!entry || blob === undefined || entry.fingerprint !== one.image.fingerprint) continue
      const bytes = await readBlob(api, blob)
      // Edited by hand since: not what the description says.
      if (sha256Of(bytes) !== entry.sha256) continue
      await saver.save(one, [bytes])
      await lock.set(path, entry)
      adopted.push({ path, before: one.entry, after: entry, removesFile: false })
      left.delete(path)
    }
  }
  return adopted
}

/** What stands in the workspace is not what is described. */
const MISSING: ReadonlySet<PlannedImage['status']> = new Set(['new', 'changed', 'missing'])
