import { inWorkspace } from '../files/safe-path.ts'
import { closeStateFolder } from '../files/state-folder.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'
import { isFileOf } from '../lock/file-state.ts'
import type { Project } from '../plan/plan-project.ts'

/** Nothing is known to be in a lock that can't be read. */
const NOTHING: LockEntries = new Map()

/**
 * Ends a run's work on its images: writes what the lock lacks, and forgets what is in its place and in the lock, what
 * is nowhere, and copies that no image needs any more. Call it once nothing is in flight.
 */
export async function tidyRescueFolders({ root, lock, rescue, images: declared }: Project): Promise<void> {
  // What can't be written is known by now, or is only a thumbhash.
  await lock.flush().catch(() => undefined)
  for (const folder of rescue) {
    const images = await folder.list()
    const entries = images.length > 0 ? await lock.read().catch(() => NOTHING) : NOTHING
    for (const { path, entry, file, drop } of images) {
      const isInLock = entries.get(path)?.sha256 === entry.sha256
      const isInPlace = await isFileOf(inWorkspace(root, path), entry)
      const isNeeded = declared.some(
        (image) => image.path === path && image.fingerprint === entry.fingerprint,
      )
      const isDone = isInPlace ? isInLock : !isNeeded && (await isElsewhere(entry, entries))
      if (isDone || (!isInPlace && !(await isFileOf(file, entry)))) await drop()
    }
    await folder.close()
  }
  await closeStateFolder(root)

  async function isElsewhere(entry: LockEntry, entries: LockEntries): Promise<boolean> {
    for (const [path, { sha256 }] of entries)
      if (sha256 === entry.sha256 && (await isFileOf(inWorkspace(root, path), entry))) return true
    return false
  }
}
