import { lstat } from 'node:fs/promises'
import pMap from 'p-map'
import { formatBytes } from '../../shared/format.ts'
import { identifyImage } from '../../shared/media/image.ts'
import { IMAGE_MAX_BYTES } from '../../shared/response/response-limits.ts'
import { extensionsOf, formatOfMediaType } from '../config/file-format.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { parseLfsPointer } from '../git/lfs-pointer.ts'
import { isText, withLineFeeds } from '../lock/file-state.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { Project } from '../plan/plan-project.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { writtenPath } from '../plan/selection.ts'

/** What became of a file that Easel did not write. */
export interface TakenIn {
  readonly path: string
  readonly entry?: LockEntry
  /** Why it is not in the lock, as a sentence. */
  readonly problem?: string
}

/** Files read at the same time; memory holds each. */
const READS_AT_ONCE = 4

/**
 * The files to take in: those that Easel did not write, or wrote before somebody edited them.
 *
 * @param only  what the user has selected; a file that is named in it is also taken when Easel wrote it for another spec
 */
export function filesToTakeIn({ images }: Plan, only: readonly string[]): readonly PlannedImage[] {
  const named = new Set([...only, ...only.map(writtenPath)])
  return images.filter(({ image: { path, id }, status, file }) => {
    const isNamed = named.has(path) || (id !== undefined && named.has(id))
    return status === 'drifted' || (isNamed && status === 'changed' && file.kind === 'same')
  })
}

/** Enters files that Easel did not write into the lock, as the images that the config describes. */
export async function takeIn(
  images: readonly PlannedImage[],
  { root, lock }: Project,
): Promise<readonly TakenIn[]> {
  const read = await pMap(images, (planned) => entryOf(root, planned), { concurrency: READS_AT_ONCE })
  await Promise.all(read.flatMap(({ path, entry }) => (entry ? [lock.set(path, entry)] : [])))
  return read
}

async function entryOf(root: string, { image }: PlannedImage): Promise<TakenIn> {
  const { path, format, fingerprint, canonical } = image
  const file = inWorkspace(root, path)
  const size = (await lstat(file).catch(() => undefined))?.size ?? 0
  if (size > IMAGE_MAX_BYTES)
    return {
      path,
      problem: `${path} has ${formatBytes(size)}: an image has at most ${formatBytes(IMAGE_MAX_BYTES)}.`,
    }
  const found = await readRegularFile(file)
  if (found.kind === 'nothing') return { path, problem: `${path} no longer exists.` }
  if (found.kind === 'other') return { path, problem: `${path} is ${found.what}.` }
  if (parseLfsPointer(found.bytes))
    return { path, problem: `${path} is only a pointer of Git LFS: fetch the file with git lfs pull.` }
  const bytes = isText(path) ? withLineFeeds(found.bytes) : found.bytes
  const header = identifyImage([bytes])
  if (!header) return { path, problem: `${path} is not an image that Easel knows.` }
  const { mediaType, width, height, byteLength } = header
  const actual = formatOfMediaType(mediaType)
  if (actual !== format) {
    const advice = actual ? ` End its path with ${extensionsOf(actual)}.` : ''
    return { path, problem: `${path} holds ${mediaType}.${advice}` }
  }
  const entry = {
    fingerprint,
    sha256: sha256Of(bytes),
    bytes: byteLength,
    media_type: mediaType,
    width,
    height,
    spec: canonical as LockEntry['spec'],
  }
  return { path, entry }
}
