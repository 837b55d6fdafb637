/** What Git LFS keeps in a repository instead of a file. */
export interface LfsPointer {
  /** SHA-256 of the file. */
  readonly sha256: string
  readonly bytes: number
}

/** A pointer is shorter than this, whatever extensions it has. */
export const LFS_POINTER_MAX_BYTES = 1024

const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.+\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n$/

/** @returns `undefined` when it is any other file */
export function parseLfsPointer(content: Uint8Array): LfsPointer | undefined {
  if (content.byteLength > LFS_POINTER_MAX_BYTES) return undefined
  const [, sha256, bytes] = POINTER.exec(new TextDecoder().decode(content)) ?? []
  return sha256 === undefined ? undefined : { sha256, bytes: Number(bytes) }
}

export function formatLfsPointer({ sha256, bytes }: LfsPointer): Uint8Array {
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes}\n`
  return new TextEncoder().encode(text)
}
