import { hashRegularFile } from '../files/read-file.ts'
import { closeStateFolder } from '../files/state-folder.ts'
import type { LockEntries } from '../lock/schema.ts'
import { fileOf, readFileState } from '../lock/file-state.ts'
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
      const found = await hashRegularFile(file, (bytes) => bytes === entry.bytes)
      const isThere = found.kind === 'file' && found.sha256 === entry.sha256
      const isInPlace = (await readFileState(root, path, fileOf(entry))).kind === 'same'
      if (isInPlace ? isInLock : !isThere) await drop()
    }
    await folder.close()
  }
  await closeStateFolder(root)
}
