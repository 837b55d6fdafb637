import { hashRegularFile } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import type { LockEntry } from '../lock/schema.ts'

/** What is on disk, compared with the lock. */
export type FileState =
  | { readonly kind: 'nothing' }
  /** The file that Easel wrote. */
  | { readonly kind: 'same' }
  /** A file that Easel did not write: edited by hand, or not in the lock. */
  | { readonly kind: 'different' }
  | { readonly kind: 'other'; readonly what: string }

export async function readFileState(
  root: string,
  path: string,
  entry: LockEntry | undefined,
): Promise<FileState> {
  const found = await hashRegularFile(inWorkspace(root, path), entry?.bytes ?? 0)
  if (found.kind !== 'file') return found
  return { kind: entry !== undefined && found.sha256 === entry.sha256 ? 'same' : 'different' }
}
