import { isDeepStrictEqual } from 'node:util'
import type { PlannedImage } from '../../plan/plan.ts'
import type { ActionRun } from '../action-run.ts'
import { type CommitContent, declaredIn } from '../changeset/project-at.ts'

/**
 * Images that would be paid for and then not delivered, by their paths: the config on the branch describes them
 * otherwise or no longer since the checkout, or a person removed them from the branch of the pull request.
 *
 * @param commits  what the destination's branches hold, last the one that the images are for
 */
export async function unwantedImages(
  run: ActionRun,
  commits: readonly CommitContent[],
): Promise<ReadonlySet<string>> {
  const { plan, project, target, log } = run
  const head = commits.at(-1)
  if (!target.destination || !head) return new Set()
  const declared = head.sha === target.destination.checkedOut ? undefined : await declaredIn(run, head)

  function reasonFor({ image: { path, fingerprint, where } }: PlannedImage): string | undefined {
    // Of pages, only those in the workspace are known.
    const isListed = where(['path']).file === project.configPath
    if (declared && isListed && declared.get(path) !== fingerprint)
      return `${project.configPath} has changed on the branch, and describes it otherwise or no longer`
    const isRemoved = commits.some(({ lock, blobs }) => {
      const entry = lock.get(path)
      const isTheirs = entry?.fingerprint === fingerprint && !isDeepStrictEqual(entry, head?.lock.get(path))
      return isTheirs && !blobs.has(path)
    })
    return isRemoved ? 'somebody removed it from the branch of the pull request' : undefined
  }

  const unwanted = new Set<string>()
  for (const planned of plan.images.filter(isPaid)) {
    const reason = reasonFor(planned)
    if (reason === undefined) continue
    unwanted.add(planned.image.path)
    log.line(`${planned.image.path}: left out, because ${reason}.`)
  }
  return unwanted
}

/** Keeps some images out of a plan. One that shares its payment with a wanted image stays. */
export function leaveOut(run: ActionRun, unwanted: ReadonlySet<string>): ActionRun {
  const isWanted = (one: PlannedImage): boolean => isPaid(one) && !unwanted.has(one.image.path)
  const wanted = new Set(run.plan.images.filter(isWanted).map(({ image }) => image.fingerprint))
  const images = run.plan.images.map((planned): PlannedImage => {
    return isPaid(planned) && !wanted.has(planned.image.fingerprint)
      ? { ...planned, action: 'keep' }
      : planned
  })
  return { ...run, plan: { ...run.plan, images } }
}

function isPaid({ action, adoption }: PlannedImage): boolean {
  return action === 'generate' || adoption?.kind === 'shared'
}
