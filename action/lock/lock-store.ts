import { readRegularFile } from '../files/read-file.ts'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { LockError } from './lock-error.ts'
import { formatLock, parseLock } from './lock-file.ts'
import type { LockEntries, LockEntry } from './schema.ts'

/** The lock on disk. */
export interface LockStore {
  /** Relative to the root of the workspace. */
  readonly path: string
  /** @throws {LockError} */
  read(): Promise<LockEntries>
  /**
   * Sets or removes one entry. Resolves once the file holds it. Concurrent calls lose nothing: writes happen one after
   * the other, each on top of what the file holds at that moment.
   *
   * @throws {LockError} when the file can no longer be read
   * @throws a system error when it can't be written
   */
  set(path: string, entry: LockEntry | undefined): Promise<void>
}

export function createLockStore(root: string, path: string): LockStore {
  const links = createLinkFinder(root)
  const absolute = inWorkspace(root, path)
  /** Everything set so far. Each write applies all of it, in case another program overwrote some of it. */
  const changes = new Map<string, LockEntry | undefined>()
  let nextWrite: Promise<void> | undefined
  let lastWrite: Promise<void> = Promise.resolve()

  async function read(): Promise<LockEntries> {
    const link = await links.linkIn(path)
    if (link !== undefined) throw new LockError(`${path} goes through the symbolic link ${link}.`)
    const found = await readRegularFile(absolute)
    if (found.kind === 'nothing') return new Map()
    if (found.kind === 'other') throw new LockError(`${path} is ${found.what}.`)
    return parseLock(new TextDecoder().decode(found.bytes), path)
  }

  async function writePending(): Promise<void> {
    nextWrite = undefined
    const entries = new Map(await read())
    for (const [key, entry] of changes) {
      if (entry) entries.set(key, entry)
      else entries.delete(key)
    }
    await writeAtomic(absolute, [new TextEncoder().encode(formatLock(entries))])
  }

  return {
    path,
    read,
    set(key, entry) {
      changes.set(key, entry)
      // Entries set during a write go into the next one together.
      nextWrite ??= lastWrite.then(writePending, writePending)
      lastWrite = nextWrite
      return nextWrite
    },
  }
}
