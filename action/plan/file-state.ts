import { digest, readRegularFile } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import type { LockEntry } from '../lock/schema.ts'

/** What is on disk, held against the lock. */
export type FileState =
  | { readonly kind: 'nothing' }
  /** The file that Easel wrote. */
  | { readonly kind: 'same' }
  /** A file that Easel did not write: edited by hand, or not in the lock at all. */
  | { readonly kind: 'different' }
  | { readonly kind: 'other'; readonly what: string }

export async function lookAtFile(
  root: string,
  path: string,
  entry: LockEntry | undefined,
): Promise<FileState> {
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind !== 'file') return found
  const isSame =
    entry !== undefined &&
    found.bytes.byteLength === entry.bytes &&
    (await digest(found.bytes)).sha256 === entry.sha256
  return { kind: isSame ? 'same' : 'different' }
}
