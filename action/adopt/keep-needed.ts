import { inWorkspace } from '../files/safe-path.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { PlannedImage } from '../plan/plan.ts'
import { type CopySource, keepCopy } from './keep-copy.ts'
import type { ImageSaver } from './image-saver.ts'

/**
 * Keeps copies of images that a run is about to replace or to move, and that others need: two that swap their paths, a
 * row of them that moves up by one, one that gets a new spec while another image, selected or not, now has its old one.
 *
 * @returns the copies, by the path that needs each
 * @throws {SaveError} when one can't be kept; then nothing must be replaced
 */
export async function keepNeeded(
  { plan, project }: PlannedProject,
  saver: ImageSaver,
): Promise<ReadonlyMap<string, RescuedImage>> {
  const replaced = new Map(plan.images.flatMap((planned) => replacedBy(planned, project.root)))
  const kept = new Map<string, RescuedImage>()
  const keep = async (path: string, source: CopySource): Promise<void> =>
    void kept.set(path, await keepCopy(path, source, saver))

  for (const { image, adoption } of plan.images) {
    if (adoption?.kind !== 'file') continue
    const { known } = adoption
    const goesAway = known.rescued ? known.rescued.path !== image.path : replaced.has(known.path)
    if (goesAway) await keep(image.path, known)
  }
  if (replaced.size === 0) return kept
  const selected = new Set(plan.images.map(({ image }) => image.path))
  const lock = await project.lock.read()
  for (const { path, fingerprint } of project.images) {
    if (selected.has(path) || lock.get(path)?.fingerprint === fingerprint) continue
    const source = [...replaced.values()].find(({ entry }) => entry.fingerprint === fingerprint)
    if (source) await keep(path, source)
  }
  return kept
}

/** The file that a run replaces, as a list of one or none. */
function replacedBy(
  { image: { path }, action, adoption, file }: PlannedImage,
  root: string,
): [path: string, source: CopySource][] {
  const isReplaced = action === 'generate' || (adoption !== undefined && adoption.kind !== 'in-place')
  if (!isReplaced || file.kind !== 'same') return []
  return [[path, { entry: file.entry, file: inWorkspace(root, path) }]]
}
