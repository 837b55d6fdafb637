import { identifyImage } from '../../shared/media/image.ts'
import { extensionsOf, formatOfMediaType } from '../config/file-format.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { PlannedImage } from '../plan/plan.ts'

/** What became of a file that Easel did not write. */
export interface TakenIn {
  readonly path: string
  readonly entry?: LockEntry
  /** Why it is not in the lock, as a sentence. */
  readonly problem?: string
}

/** Enters files that Easel did not write into the lock, as the images that the config describes. */
export async function takeIn({ plan, project }: PlannedProject): Promise<readonly TakenIn[]> {
  const { root, lock } = project
  const drifted = plan.images.filter(({ status }) => status === 'drifted')
  const read = await Promise.all(drifted.map((planned) => entryOf(root, planned)))
  await Promise.all(read.flatMap(({ path, entry }) => (entry ? [lock.set(path, entry)] : [])))
  return read
}

async function entryOf(root: string, { image }: PlannedImage): Promise<TakenIn> {
  const { path, format, fingerprint, canonical } = image
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind === 'nothing') return { path, problem: `${path} no longer exists.` }
  if (found.kind === 'other') return { path, problem: `${path} is ${found.what}.` }
  const header = identifyImage([found.bytes])
  if (!header) return { path, problem: `${path} is not an image that Easel knows.` }
  const { mediaType, width, height, byteLength } = header
  const actual = formatOfMediaType(mediaType)
  if (actual !== format) {
    const advice = actual ? ` End its path with ${extensionsOf(actual)}.` : ''
    return { path, problem: `${path} holds ${mediaType}.${advice}` }
  }
  const entry = {
    fingerprint,
    sha256: sha256Of(found.bytes),
    bytes: byteLength,
    media_type: mediaType,
    width,
    height,
    spec: canonical as LockEntry['spec'],
  }
  return { path, entry }
}
