import { readRegularFile } from '../../files/read-file.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import type { RunResult } from '../../generate/results.ts'
import type { LockEntry } from '../../lock/schema.ts'
import { DeliveryError } from './delivery-error.ts'

/** What a run changed at one path. */
export interface FileChange {
  readonly path: string
  /** The lock entry at the start of the run. */
  readonly before: LockEntry | undefined
  /** The entry of the new file; `undefined` when the image was removed. */
  readonly after: LockEntry | undefined
  /** Whether the file is removed too, when `after` is `undefined`. */
  readonly removesFile: boolean
}

/** What a run changed: the images it generated and the orphans it pruned. */
export function fileChangesOf(
  { images, pruned }: RunResult,
  orphans: ReadonlyMap<string, LockEntry>,
): FileChange[] {
  return [
    ...images.flatMap((image): FileChange[] => {
      if (image.outcome !== 'generated' && image.outcome !== 'adopted') return []
      const { planned, entry } = image
      return [{ path: planned.image.path, before: planned.entry, after: entry, removesFile: false }]
    }),
    ...pruned
      .filter(({ file }) => file !== 'spared')
      .map(({ path, file }) => ({
        path,
        before: orphans.get(path),
        after: undefined,
        removesFile: file === 'removed',
      })),
  ]
}

/** The bytes of an image in the workspace. */
export async function readImage(root: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind === 'file') return found.bytes
  throw new DeliveryError(`${path} no longer exists, so it can’t be delivered.`)
}
