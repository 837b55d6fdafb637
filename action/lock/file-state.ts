import { hashRegularFile, readRegularFile, sha256Of } from '../files/read-file.ts'
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

/** @param file  absolute */
export async function readFileState(file: string, known: Recognised): Promise<FileState> {
  let size = 0
  const found = await hashRegularFile(file, (bytes) => known.hasSize((size = bytes)))
  if (found.kind !== 'file') return found
  const entry = found.sha256 === undefined ? undefined : known.find(found.sha256)
  if (entry) return { kind: 'same', entry }
  const isPointer = size <= LFS_POINTER_MAX_BYTES
  const stored = isPointer || isText(file) ? await asGitStores(file, known) : undefined
  return stored ?? { kind: 'different' }
}

/** Whether a file is the one of an entry. */
export async function isFileOf(file: string, entry: LockEntry): Promise<boolean> {
  return (await readFileState(file, fileOf(entry))).kind === 'same'
}

/** Recognises only the file of this entry. */
export function fileOf(entry: LockEntry | undefined): Recognised {
  return {
    hasSize: (bytes) => bytes === entry?.bytes,
    find: (sha256) => (sha256 === entry?.sha256 ? entry : undefined),
  }
}

/** Whether git may check it out with other line ends: SVG is the only format that is text. */
export function isText(file: string): boolean {
  return /\.svg$/i.test(file)
}

/** Without Git LFS, git checks out the pointer to a file. */
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
