import type { LockEntries, LockEntry } from '../lock/schema.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import { inWorkspace } from '../files/safe-path.ts'

/** An image that is paid for, and the file that should hold it. */
export interface KnownImage {
  readonly entry: LockEntry
  /** Absolute. */
  readonly file: string
  /** Where it belongs, or belonged. */
  readonly path: string
  /** Set when a rescue folder has it. */
  readonly rescued?: RescuedImage
}

/** Every image that the lock or a rescue folder knows. What a file is called says nothing about what it is. */
export interface KnownImages {
  hasSize(bytes: number): boolean
  /** What a file of this hash is; of several entries, the first whose fingerprint is one of these. */
  bySha256(sha256: string, fingerprints: readonly (string | undefined)[]): LockEntry | undefined
  /** Those in their place before those that were only rescued, but for the one that was rescued for this path. */
  byFingerprint(fingerprint: string, path: string): readonly KnownImage[]
  /** The file at a path, absolute. */
  fileAt(path: string): string
}

export function createKnownImages(
  root: string,
  lock: LockEntries,
  rescued: readonly RescuedImage[],
): KnownImages {
  const fileAt = (path: string): string => inWorkspace(root, path)
  const all: KnownImage[] = [
    ...rescued.map((image) => ({ path: image.path, entry: image.entry, file: image.file, rescued: image })),
    ...Array.from(lock, ([path, entry]) => ({ path, entry, file: fileAt(path) })),
  ]
  const sizes = new Set(all.map(({ entry }) => entry.bytes))
  const bySha256 = Map.groupBy(all, ({ entry }) => entry.sha256)
  const byFingerprint = Map.groupBy(all, ({ entry }) => entry.fingerprint)
  return {
    fileAt,
    hasSize: (bytes) => sizes.has(bytes),
    bySha256(sha256, fingerprints) {
      const found = bySha256.get(sha256) ?? []
      const wanted = fingerprints.flatMap((one) => found.find(({ entry }) => entry.fingerprint === one) ?? [])
      return (wanted[0] ?? found[0])?.entry
    },
    byFingerprint(fingerprint, path) {
      const rank = (one: KnownImage): number => (one.rescued ? (one.path === path ? 0 : 2) : 1)
      return (byFingerprint.get(fingerprint) ?? []).toSorted((a, b) => rank(a) - rank(b))
    },
  }
}
