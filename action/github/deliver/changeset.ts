import type { Snapshot } from './read-commit.ts'
import type { Change } from './file-change.ts'

/** What is delivered, and how. */
export interface Parcel {
  readonly root: string
  readonly lockPath: string
  readonly configPath: string
  readonly changes: readonly Change[]
  /** Written by `messageFor`. */
  readonly message: string
  readonly costUsd: number
  /** The commit that the workspace was checked out from. */
  readonly checkedOut: string
  /** Which fingerprints the config of a commit asks for; `undefined` when it can't be read. */
  readonly fingerprintsOf: (snapshot: Snapshot) => Promise<ReadonlyMap<string, string> | undefined>
  readonly sleep: (ms: number) => Promise<void>
  readonly random: () => number
  readonly tell: (message: string) => void
}

/** Files that say what a commit is about, for `readSnapshot`. */
export function lookedUp({ lockPath, configPath, changes }: Parcel): {
  readonly lockPath: string
  readonly paths: readonly string[]
} {
  return { lockPath, paths: [configPath, ...changes.map(({ path }) => path)] }
}
