import type { FileChange } from './file-change.ts'
import type { CommitContent } from '../api/read-commit.ts'

/** The files and lock entries to deliver, and how to commit them. */
export interface Changeset {
  readonly root: string
  readonly lockPath: string
  readonly configPath: string
  readonly changes: readonly FileChange[]
  /** Written by `messageFor`. */
  readonly message: string
  readonly costUsd: number
  /** The commit that the workspace was checked out from. */
  readonly checkedOut: string
  /** The fingerprints that a commit's config declares, by path; `undefined` when its config is invalid or missing. */
  readonly declaredFingerprints: (commit: CommitContent) => Promise<ReadonlyMap<string, string> | undefined>
  readonly sleep: (ms: number) => Promise<void>
  readonly random: () => number
  readonly log: (line: string) => void
}

/** What `readCommit` has to look up for a changeset. */
export function pathsIn({ lockPath, configPath, changes }: Changeset): {
  readonly lockPath: string
  readonly paths: readonly string[]
} {
  return { lockPath, paths: [configPath, ...changes.map(({ path }) => path)] }
}
