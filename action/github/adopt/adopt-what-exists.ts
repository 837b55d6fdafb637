import type { AdoptionSource } from '../../adopt/adopt-images.ts'
import { UsageError } from '../../config/diagnostic.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import { explainFailure } from '../api/explain-failure.ts'
import { type CommitContent, readCommit } from '../api/read-commit.ts'
import { type FileChange, viewOf } from '../changeset/changeset.ts'
import type { ActionRun } from '../action-run.ts'
import { readCheckout } from '../../git/checkout.ts'
import { preflight } from '../target/preflight.ts'
import { createCommitSource } from './commit-source.ts'
import { rescuedSources } from './rescued-source.ts'

/**
 * Adopts images that exist although the workspace doesn't have them: delivered to the target's branches since the
 * checkout or by a pull request that isn't merged yet, left out of a sparse checkout, or rescued by an earlier run.
 *
 * @returns the plan of what is left, and what was written to the workspace and its lock
 * @throws {UsageError} when what is left could not be delivered
 */
export async function adoptWhatExists(
  planned: PlannedProject,
  tools: ActionRun,
): Promise<{ readonly planned: PlannedProject; readonly adopted: readonly FileChange[] }> {
  const { inputs, run, target, api, log, planAgain } = tools
  const { destination } = target
  let now = planned
  const adopted: FileChange[] = []
  if (!hasWork(now)) return { planned, adopted }

  const commits = await commitsOf(planned, tools)
  if (inputs.force) return { planned, adopted }
  await adoptFrom(async () => {
    if (commits.length === 0) return []
    const github = await api()
    return commits.map((commit) => createCommitSource(github, commit))
  })
  const { githubToken: token } = inputs
  if (destination && token !== undefined && run.branch !== undefined && hasWork(now)) {
    const options = { token, branch: run.branch, tempFolder: run.tempFolder, log: log.line }
    await adoptFrom(async () => rescuedSources(await api(), options))
  }
  return { planned: now, adopted }

  async function adoptFrom(find: () => Promise<AdoptionSource[]>): Promise<void> {
    try {
      const sources = await find()
      if (sources.length === 0) return
      const { adoptImages } = await import('../../adopt/adopt-images.ts')
      const found = await adoptImages(now, sources)
      for (const { planned: was, entry: after } of found) {
        const { path } = was.image
        log.line(`${path}: adopted at no cost.`)
        adopted.push({ path, before: was.entry, after, removesFile: false })
      }
      if (found.length > 0) now = await planAgain()
    } catch (error) {
      // Otherwise the run would pay for images that exist already.
      throw new UsageError(explainFailure(error, 'the branch'), { cause: error })
    }
  }
}

function hasWork({ plan }: PlannedProject): boolean {
  return plan.images.some(({ action }) => action === 'generate')
}

/** The commits that may have images, after checking that they may be added to. */
async function commitsOf(
  { plan, project }: PlannedProject,
  { target, api, log }: ActionRun,
): Promise<readonly CommitContent[]> {
  const planned = plan.images.filter(({ action }) => action === 'generate')
  const paths = planned.map(({ image }) => image.path)
  const { destination, folder } = target
  if (destination)
    return preflight(await api(), { ...target, destination }, viewOf({ project, folder }, paths))
  // The lock has them and the workspace doesn't: a sparse checkout.
  if (planned.every(({ status }) => status !== 'missing')) return []
  const checkout = await readCheckout(target.root)
  if (!checkout || checkout.isSubmodule) return []
  try {
    return [await readCommit(await api(), checkout.sha, viewOf({ project, folder: checkout.folder }, paths))]
  } catch (error) {
    log.line(`The commit of the workspace can’t be read: ${explainFailure(error, checkout.sha)}`)
    return []
  }
}
