import { inWorkspace } from '../files/safe-path.ts'
import { closeStateFolder } from '../files/state-folder.ts'
import type { LockEntries } from '../lock/schema.ts'
import { isFileOf } from '../lock/file-state.ts'
import type { Project } from '../plan/plan-project.ts'

/** Nothing is known to be in a lock that can't be read. */
const NOTHING: LockEntries = new Map()

/**
 * Ends a run's work on its images: writes what the lock lacks, and forgets what is in its place and in the lock, and what
 * is nowhere. Call it once nothing is in flight.
 */
export async function tidyRescueFolders({ root, lock, rescue }: Project): Promise<void> {
  // What can't be written is known by now, or is only a thumbhash.
  await lock.flush().catch(() => undefined)
  for (const folder of rescue) {
    const images = await folder.list()
    const entries = images.length > 0 ? await lock.read().catch(() => NOTHING) : NOTHING
    for (const { path, entry, file, drop } of images) {
      const isInLock = entries.get(path)?.sha256 === entry.sha256
      const isInPlace = await isFileOf(inWorkspace(root, path), entry)
      if (isInPlace ? isInLock : !(await isFileOf(file, entry))) await drop()
    }
    await folder.close()
  }
  await closeStateFolder(root)
}
