import { type Identity, identityAt, readRegularFile } from '../files/read-file.ts'
import { createLinkFinder, inWorkspace } from '../files/safe-path.ts'
import { type AtomicOptions, writeAtomic } from '../files/write-atomic.ts'
import { isFileOf } from './file-state.ts'
import { LockError } from './lock-error.ts'
import { formatLock, inPathOrder, type LockText, readLock } from './lock-file.ts'
import type { LockEntries, LockEntry } from './schema.ts'

interface Loaded {
  readonly entries: LockEntries
  readonly isUnmerged: boolean
}

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
  /**
   * The same, and whether a merge left it in a form that Easel sees through and others don't.
   *
   * @param declared  the fingerprint of an image by its path: it decides where the file there is that of two entries
   */
  load(declared?: ReadonlyMap<string, string>): Promise<Loaded>
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
  /** The same with the next write, or with `flush`: for what a run that is killed may lose. */
  setLater(path: string, entry: LockEntry | undefined): void
  /** Resolves once the file holds everything that was set. @throws as `set` does */
  flush(): Promise<void>
}

export function createLockStore(root: string, path: string, options: AtomicOptions = {}): LockStore {
  const links = createLinkFinder(root)
  const absolute = inWorkspace(root, path)
  /** Everything set so far. Each write applies all of it, in case another program overwrote some of it. */
  const changes = new Map<string, LockEntry | undefined>()
  /** How often something was set, and how much of that the file holds. */
  let revision = 0
  let written = 0
  /** What the file holds, for as long as it is this one. */
  let known: (Loaded & { readonly identity: Identity }) | undefined
  let nextWrite: Promise<void> | undefined
  let lastWrite: Promise<void> = Promise.resolve()

  async function load(declared?: ReadonlyMap<string, string>): Promise<Loaded> {
    const link = await links.linkIn(path)
    if (link !== undefined) throw new LockError(`${path} goes through the symbolic link ${link}.`)
    const identity = identityAt(absolute)
    if (known && known.identity === identity && !declared) return known
    const { entries, isUnmerged } = await readText()
    const chosen = await Promise.all(
      Array.from(entries, async ([key, [ours, ...others]]) => {
        if (others.length === 0) return [key, ours] as const
        const isDeclared = ({ fingerprint }: LockEntry): boolean => declared?.get(key) === fingerprint
        const sides = [ours, ...others].toSorted((a, b) => Number(isDeclared(b)) - Number(isDeclared(a)))
        return [key, (await firstOnDisk(key, sides)) ?? ours] as const
      }),
    )
    known = { entries: new Map(chosen), isUnmerged, identity }
    return known
  }

  async function readText(): Promise<LockText> {
    const found = await readRegularFile(absolute)
    if (found.kind === 'nothing') return { entries: new Map(), isUnmerged: false }
    if (found.kind === 'other') throw new LockError(`${path} is ${found.what}.`)
    return readLock(new TextDecoder().decode(found.bytes), path)
  }

  async function firstOnDisk(key: string, entries: readonly LockEntry[]): Promise<LockEntry | undefined> {
    for (const entry of entries) if (await isFileOf(inWorkspace(root, key), entry)) return entry
    return undefined
  }

  async function writePending(): Promise<void> {
    nextWrite = undefined
    const next = new Map((await load()).entries)
    const included = revision
    for (const [key, entry] of changes) {
      if (entry) next.set(key, entry)
      else next.delete(key)
    }
    const entries = inPathOrder(next)
    known = {
      entries,
      isUnmerged: false,
      identity: await writeAtomic(absolute, formatLock(entries), options),
    }
    written = included
  }

  /** Entries set during a write go into the next one together. */
  function write(): Promise<void> {
    nextWrite ??= lastWrite.then(writePending, writePending)
    lastWrite = nextWrite
    return nextWrite
  }

  function setLater(key: string, entry: LockEntry | undefined): void {
    changes.set(key, entry)
    revision++
  }

  return {
    path,
    read: async () => (await load()).entries,
    load,
    rewrite: write,
    set(key, entry) {
      setLater(key, entry)
      return write()
    },
    setLater,
    async flush() {
      await lastWrite.catch(() => {})
      if (written < revision) await write()
    },
  }
}
