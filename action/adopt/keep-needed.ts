import { inWorkspace } from '../files/safe-path.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { PlannedImage } from '../plan/plan.ts'
import { type CopySource, keepCopy } from './keep-copy.ts'
import type { ImageSaver } from './image-saver.ts'
import { SaveError, systemErrorText } from './save-error.ts'

interface Needed {
  /** Copies, by the path that needs each. */
  readonly kept: ReadonlyMap<string, RescuedImage>
  /** Paths whose file must not be replaced, because a copy of it can't be kept. */
  readonly blocked: ReadonlyMap<string, SaveError>
}

/**
 * Keeps copies of images that a run is about to replace or to move, and that others need: two that swap their paths, a
 * row of them that moves up by one, one that gets a new spec while another image, selected or not, now has its old one.
 */
export async function keepNeeded({ plan, project }: PlannedProject, saver: ImageSaver): Promise<Needed> {
  const replaced = new Map(plan.images.flatMap((planned) => replacedBy(planned, project.root)))
  const kept = new Map<string, RescuedImage>()
  const blocked = new Map<string, SaveError>()

  async function keep(path: string, source: CopySource, from: string): Promise<void> {
    try {
      kept.set(path, await keepCopy(path, source, saver))
    } catch (error) {
      const problem =
        error instanceof SaveError ? error : new SaveError(systemErrorText(error), undefined, error)
      blocked.set(from, problem)
    }
  }

  for (const { image, adoption } of plan.images) {
    if (adoption?.kind !== 'file') continue
    const { known } = adoption
    const goesAway = known.rescued ? known.rescued.path !== image.path : replaced.has(known.path)
    if (goesAway) await keep(image.path, known, known.path)
  }
  if (replaced.size === 0) return { kept, blocked }
  const selected = new Set(plan.images.map(({ image }) => image.path))
  const lock = await project.lock.read()
  for (const { path, fingerprint } of project.images) {
    if (selected.has(path) || lock.get(path)?.fingerprint === fingerprint) continue
    const [from, source] = [...replaced].find(([, { entry }]) => entry.fingerprint === fingerprint) ?? []
    if (from !== undefined && source) await keep(path, source, from)
  }
  return { kept, blocked }
}

/** The file that a run replaces with one of another spec, as a list of one or none. */
function replacedBy(
  { image: { path, fingerprint }, action, adoption, file }: PlannedImage,
  root: string,
): [path: string, source: CopySource][] {
  const isReplaced = action === 'generate' || (adoption !== undefined && adoption.kind !== 'in-place')
  // One of the same spec takes its place for everybody.
  if (!isReplaced || file.kind !== 'same' || file.entry.fingerprint === fingerprint) return []
  return [[path, { entry: file.entry, file: inWorkspace(root, path) }]]
}
