import { hashRegularFile, readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { LFS_POINTER_MAX_BYTES, parseLfsPointer } from '../git/lfs-pointer.ts'
import type { LockEntry } from './schema.ts'

/** What is on disk, compared with what Easel knows. */
export type FileState =
  | { readonly kind: 'nothing' }
  /** A file that Easel wrote, here or elsewhere. */
  | { readonly kind: 'same'; readonly entry: LockEntry }
  /** A file that Easel did not write, or that was edited by hand. */
  | { readonly kind: 'different' }
  | { readonly kind: 'other'; readonly what: string }

/** The files to recognise. */
export interface Recognised {
  hasSize(bytes: number): boolean
  find(sha256: string): LockEntry | undefined
}

export async function readFileState(root: string, path: string, known: Recognised): Promise<FileState> {
  const file = inWorkspace(root, path)
  let size = 0
  const found = await hashRegularFile(file, (bytes) => known.hasSize((size = bytes)))
  if (found.kind !== 'file') return found
  const entry = found.sha256 === undefined ? undefined : known.find(found.sha256)
  if (entry) return { kind: 'same', entry }
  const isPointer = size <= LFS_POINTER_MAX_BYTES
  const stored = isPointer || /\.svg$/i.test(path) ? await asGitStores(file, known) : undefined
  return stored ?? { kind: 'different' }
}

/** Recognises only the file of this entry. */
export function fileOf(entry: LockEntry | undefined): Recognised {
  return {
    hasSize: (bytes) => bytes === entry?.bytes,
    find: (sha256) => (sha256 === entry?.sha256 ? entry : undefined),
  }
}

/**
 * On Windows, git may check text out with other line ends: SVG is the only format that is text. Without Git LFS, it
 * checks out the pointer to a file.
 */
async function asGitStores(file: string, known: Recognised): Promise<FileState | undefined> {
  const found = await readRegularFile(file)
  if (found.kind !== 'file') return undefined
  const entry = known.find(parseLfsPointer(found.bytes)?.sha256 ?? sha256Of(withLineFeeds(found.bytes)))
  return entry && { kind: 'same', entry }
}

/** Text with the line ends that git stores. */
export function withLineFeeds(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.filter((byte, index) => byte !== 13 || bytes[index + 1] !== 10)
}
