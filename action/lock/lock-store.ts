import { hashRegularFile, readRegularFile } from '../files/read-file.ts'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { LockError } from './lock-error.ts'
import { formatLock, type LockText, readLock } from './lock-file.ts'
import type { LockEntries, LockEntry } from './schema.ts'

/** The lock on disk. */
export interface LockStore {
  /** Relative to the root of the workspace. */
  readonly path: string
  /**
   * The entries. Where a merge left two for one path, the one whose file is there; otherwise ours.
   *
   * @throws {LockError}
   */
  read(): Promise<LockEntries>
  /** The same, and whether a merge left it in a form that Easel sees through and others don't. */
  load(): Promise<{ readonly entries: LockEntries; readonly isUnmerged: boolean }>
  /** Writes it as it was read. After a merge, that resolves it. @throws as `set` does */
  rewrite(): Promise<void>
  /**
   * Sets or removes one entry. Resolves once the file holds it. Concurrent calls lose nothing: writes happen one after
   * the other, each on top of what the file holds at that moment.
   *
   * @throws {LockError} when the file can no longer be read
   * @throws a system error when it can't be written
   */
  set(path: string, entry: LockEntry | undefined): Promise<void>
}

/**
 * @param temporaryFolder  where the file is until it is whole; default: next to it
 * @param survives         see `writeAtomic`
 */
export function createLockStore(
  root: string,
  path: string,
  {
    temporaryFolder,
    survives = 'power cut',
  }: { readonly temporaryFolder?: () => Promise<string>; readonly survives?: 'power cut' | 'kill' } = {},
): LockStore {
  const links = createLinkFinder(root)
  const absolute = inWorkspace(root, path)
  /** Everything set so far. Each write applies all of it, in case another program overwrote some of it. */
  const changes = new Map<string, LockEntry | undefined>()
  let nextWrite: Promise<void> | undefined
  let lastWrite: Promise<void> = Promise.resolve()

  async function readText(): Promise<LockText> {
    const link = await links.linkIn(path)
    if (link !== undefined) throw new LockError(`${path} goes through the symbolic link ${link}.`)
    const found = await readRegularFile(absolute)
    if (found.kind === 'nothing') return { entries: new Map(), isUnmerged: false }
    if (found.kind === 'other') throw new LockError(`${path} is ${found.what}.`)
    return readLock(new TextDecoder().decode(found.bytes), path)
  }

  async function load(): ReturnType<LockStore['load']> {
    const { entries, isUnmerged } = await readText()
    const chosen = await Promise.all(
      Array.from(entries, async ([key, [ours, ...others]]) => {
        if (others.length === 0) return [key, ours] as const
        return [key, (await firstOnDisk(key, [ours, ...others])) ?? ours] as const
      }),
    )
    return { entries: new Map(chosen), isUnmerged }
  }

  async function firstOnDisk(key: string, entries: readonly LockEntry[]): Promise<LockEntry | undefined> {
    for (const entry of entries) {
      const found = await hashRegularFile(inWorkspace(root, key), (bytes) => bytes === entry.bytes)
      if (found.kind === 'file' && found.sha256 === entry.sha256) return entry
    }
    return undefined
  }

  async function writePending(): Promise<void> {
    nextWrite = undefined
    const entries = new Map((await load()).entries)
    for (const [key, entry] of changes) {
      if (entry) entries.set(key, entry)
      else entries.delete(key)
    }
    const text = new TextEncoder().encode(formatLock(entries))
    const folder = await temporaryFolder?.()
    await writeAtomic(absolute, [text], {
      survives,
      ...(folder !== undefined && { temporaryFolder: folder }),
    })
  }

  /** Entries set during a write go into the next one together. */
  function write(): Promise<void> {
    nextWrite ??= lastWrite.then(writePending, writePending)
    lastWrite = nextWrite
    return nextWrite
  }

  return {
    path,
    read: async () => (await load()).entries,
    load,
    rewrite: write,
    set(key, entry) {
      changes.set(key, entry)
      return write()
    },
  }
}
