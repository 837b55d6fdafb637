import { hashRegularFile, readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import type { LockEntry } from '../lock/schema.ts'

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
  const found = await hashRegularFile(file, known.hasSize)
  if (found.kind !== 'file') return found
  const entry = found.sha256 === undefined ? undefined : known.find(found.sha256)
  if (entry) return { kind: 'same', entry }
  return (await asGitStores(file, path, known)) ?? { kind: 'different' }
}

/** Recognises only the file of this entry. */
export function fileOf(entry: LockEntry | undefined): Recognised {
  return {
    hasSize: (bytes) => bytes === entry?.bytes,
    find: (sha256) => (sha256 === entry?.sha256 ? entry : undefined),
  }
}

/** On Windows, git may check text out with other line ends: SVG is the only format that is text. */
async function asGitStores(file: string, path: string, known: Recognised): Promise<FileState | undefined> {
  if (!/\.svg$/i.test(path)) return undefined
  const found = await readRegularFile(file)
  if (found.kind !== 'file') return undefined
  const entry = known.find(sha256Of(withLineFeeds(found.bytes)))
  return entry && { kind: 'same', entry }
}

/** Text with the line ends that git stores. */
export function withLineFeeds(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.filter((byte, index) => byte !== 13 || bytes[index + 1] !== 10)
}
