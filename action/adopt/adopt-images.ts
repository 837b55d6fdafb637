import { sha256Of } from '../files/read-file.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { Adoption, PlannedImage } from '../plan/plan.ts'
import { createCodecs } from './create-codecs.ts'
import { keepCopy } from './keep-copy.ts'
import { keepNeeded } from './keep-needed.ts'
import { createImageSaver, type ImageSaver, type PlacedImage } from './image-saver.ts'
import { SaveError } from './save-error.ts'
import { tidyRescueFolders } from './tidy-rescue-folders.ts'

/** An image that exists already. */
export interface FoundImage {
  readonly entry: LockEntry
  /** Its bytes. What is not as `entry` says is not adopted. */
  read(): Promise<Uint8Array>
}

/** A place outside the workspace that may have images: a commit, an artifact, a folder. */
export interface AdoptionSource {
  find(fingerprint: string): Promise<FoundImage | undefined>
}

/** An image that was adopted. */
export interface AdoptedImage {
  readonly planned: PlannedImage
  readonly entry: LockEntry
}

/**
 * Writes those images of a plan that would be generated and that a source knows, and enters them into the lock. The
 * plan is out of date afterwards.
 *
 * @throws {SaveError} when one can't be written; what was written before stays
 * @throws what a source throws
 */
export async function adoptImages(
  { plan, project }: PlannedProject,
  sources: readonly AdoptionSource[],
): Promise<readonly AdoptedImage[]> {
  const saver = createImageSaver({ ...project, ...createCodecs() })
  const adopted: AdoptedImage[] = []
  let needed: ReturnType<typeof keepNeeded> | undefined
  for (const planned of plan.images) {
    if (planned.action !== 'generate' || !ADOPTABLE.has(planned.status)) continue
    const kept = await keepFrom(sources, planned, saver)
    if (!kept) continue
    const { blocked } = await (needed ??= keepNeeded({ plan, project }, saver))
    if (blocked.has(planned.image.path)) continue
    const { finished, lockProblem } = await saver.place(planned, kept)
    if (lockProblem !== undefined) throw new SaveError(lockProblem)
    adopted.push({ planned, entry: await finished })
  }
  if (adopted.length > 0) await tidyRescueFolders(project)
  return adopted
}

/** The workspace does not have the image that the config describes. */
const ADOPTABLE: ReadonlySet<PlannedImage['status']> = new Set(['new', 'changed', 'missing'])

async function keepFrom(
  sources: readonly AdoptionSource[],
  { image: { path, fingerprint } }: PlannedImage,
  saver: ImageSaver,
): Promise<RescuedImage | undefined> {
  for (const source of sources) {
    const found = await source.find(fingerprint)
    if (found?.entry.fingerprint !== fingerprint) continue
    const bytes = await found.read()
    if (sha256Of(bytes) === found.entry.sha256) return saver.keep(path, found.entry, [bytes])
  }
  return undefined
}

/**
 * Does what a plan says about an image whose bytes exist in the workspace.
 *
 * @param copy  of its bytes, when its file is already another one
 * @throws {SaveError} when the file is no longer what it was, or the image can't be written
 */
export async function adoptPlanned(
  planned: PlannedImage,
  adoption: Exclude<Adoption, { readonly kind: 'shared' }>,
  copy: RescuedImage | undefined,
  { saver, project: { lock } }: { readonly saver: ImageSaver; readonly project: PlannedProject['project'] },
): Promise<PlacedImage> {
  const { path } = planned.image
  if (adoption.kind === 'in-place') {
    await lock.set(path, adoption.entry)
    return { entry: adoption.entry, finished: Promise.resolve(adoption.entry) }
  }
  const { known } = adoption
  const own = known.rescued?.path === path ? known.rescued : undefined
  return saver.place(planned, own ?? copy ?? (await keepCopy(path, known, saver)))
}
