import { readRegularFile } from '../../files/read-file.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import type { RunResult } from '../../generate/results.ts'
import type { LockEntry } from '../../lock/schema.ts'
import { DeliveryError } from './delivery-error.ts'

/** What a run did about one path. */
export interface Change {
  readonly path: string
  /** The lock's entry that the run began with. */
  readonly before: LockEntry | undefined
  /** The one that goes with the new file; `undefined`: it is no image any more. */
  readonly after: LockEntry | undefined
  /** Whether the file goes too, where `after` is `undefined`. */
  readonly removesFile: boolean
}

/** What a run changed: images it made, and what it pruned. */
export function changesOf({ images, pruned }: RunResult, orphans: ReadonlyMap<string, LockEntry>): Change[] {
  return [
    ...images.flatMap((image): Change[] => {
      if (image.outcome !== 'generated') return []
      const { planned, entry } = image
      return [{ path: planned.image.path, before: planned.entry, after: entry, removesFile: false }]
    }),
    ...pruned.map(({ path, file }) => ({
      path,
      before: orphans.get(path),
      after: undefined,
      removesFile: file === 'removed',
    })),
  ]
}

/** The bytes of an image, as the run left them in the workspace. */
export async function readImage(root: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind === 'file') return found.bytes
  throw new DeliveryError(`${path} is not there any more, so it can’t be delivered.`)
}
