import { readRegularFile } from '../../files/read-file.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import type { RunResult, SavedImage } from '../../generate/results.ts'
import type { LockEntry } from '../../lock/schema.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import { DeliveryError } from '../api/failure.ts'

/** What a run changed at one path. A changeset is a list of them. */
export interface FileChange {
  readonly path: string
  /** The lock entry at the start of the run. */
  readonly before: LockEntry | undefined
  /** The entry of the new file; `undefined` when the image was removed. */
  readonly after: LockEntry | undefined
  /** Whether the workspace had a file there. The plan looked at that one, and may have decided to replace it. */
  readonly hadFile: boolean
  /** Whether the file is removed too, when `after` is `undefined`. */
  readonly removesFile: boolean
}

/** The change that an image brings. */
export function changeOf({ planned, entry }: Pick<SavedImage, 'planned' | 'entry'>): FileChange {
  const { image, entry: before, file } = planned
  return { path: image.path, before, after: entry, hadFile: file.kind !== 'nothing', removesFile: false }
}

/** What a run removed. */
export function prunedChanges({ pruned }: RunResult, { plan }: PlannedProject): readonly FileChange[] {
  const orphans = new Map(plan.orphans.map(({ path, entry }) => [path, entry]))
  return pruned.flatMap(({ path, file }): FileChange[] => {
    if (file === 'spared') return []
    const had = { hadFile: file !== 'missing', removesFile: file === 'removed' }
    return [{ path, before: orphans.get(path), after: undefined, ...had }]
  })
}

/** The bytes of an image in the workspace. */
export async function readImage(root: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind === 'file') return found.bytes
  throw new DeliveryError(`${path} no longer exists, so it can’t be delivered.`)
}
