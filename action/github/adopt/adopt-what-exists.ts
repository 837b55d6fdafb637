import { adoptImages, type AdoptionSource } from '../../adopt/adopt-images.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import { writeAtomic } from '../../files/write-atomic.ts'
import { readCheckout } from '../../git/checkout.ts'
import { parseLfsPointer } from '../../git/lfs-pointer.ts'
import type { PlannedImage } from '../../plan/plan.ts'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError, explainFailure } from '../api/failure.ts'
import { downloadFromLfs } from '../api/lfs.ts'
import { readBlob } from '../api/read.ts'
import { changeOf, type FileChange } from '../changeset/changeset.ts'
import { pathsEditedByHand } from '../changeset/merge-onto-commit.ts'
import { type CommitContent, readProjectAt } from '../changeset/project-at.ts'
import { refuseWithoutArtifacts } from '../deliver/artifact.ts'
import { preflight } from '../target/preflight.ts'
import { rescuedSources } from './rescued-artifacts.ts'

/**
 * Adopts images that exist although the workspace doesn't have them: delivered to the target's branches since the
 * checkout or by a pull request that isn't merged yet, left out of a sparse checkout, or rescued by an earlier run.
 *
 * @returns the run with the plan of what is left, and what was written to the workspace and its lock
 * @throws {DeliveryError} when what is left could not be delivered
 */
export async function adoptWhatExists(
  first: ActionRun,
): Promise<{ readonly run: ActionRun; readonly adopted: readonly FileChange[] }> {
  const { inputs, target, api, log } = first
  let run = first
  const adopted: FileChange[] = []
  try {
    const commits = await commitsWithImages(run)
    if (inputs.force) return { run, adopted }
    await adoptFrom(commits.map((commit) => commitSource(api, commit)))
    for (const commit of commits) if (await fetchEdited(run, commit)) await planAgain()
    if (toGenerate(run).length > 0) await adoptFrom(await rescuedSources(run))
    return { run, adopted }
  } catch (error) {
    // Otherwise the run would pay for images that exist already, or that can't be delivered.
    const { branch = 'the repository' } = target.destination ?? {}
    throw new DeliveryError(explainFailure(error, branch), { cause: error })
  }

  async function adoptFrom(sources: readonly AdoptionSource[]): Promise<void> {
    const found = await adoptImages(run, sources)
    for (const image of found) {
      log.line(`${image.planned.image.path}: adopted at no cost.`)
      adopted.push(changeOf(image))
    }
    if (found.length > 0) await planAgain()
  }

  async function planAgain(): Promise<void> {
    run = { ...run, ...(await run.planAgain()) }
  }
}

function toGenerate({ plan }: ActionRun): readonly PlannedImage[] {
  return plan.images.filter(({ action }) => action === 'generate')
}

/** The commits that may have images, after checking that what is generated can be delivered. */
async function commitsWithImages(run: ActionRun): Promise<readonly CommitContent[]> {
  const { target, log } = run
  const planned = toGenerate(run)
  if (planned.length === 0) return []
  if (target.deliver.includes('artifact')) refuseWithoutArtifacts(run)
  const images = planned.map(({ image }) => image)
  if (target.destination) return preflight(run, target.destination, images)
  // The lock has them and the workspace doesn't: a sparse checkout.
  if (planned.every(({ status }) => status !== 'missing')) return []
  const checkout = await readCheckout(target.root)
  if (!checkout || checkout.isSubmodule) return []
  const { sha, folder } = checkout
  try {
    return [await readProjectAt({ ...run, target: { ...target, folder } }, sha, images)]
  } catch (error) {
    log.line(`The commit of the workspace can’t be read: ${explainFailure(error, sha)}`)
    return []
  }
}

/** The images of a commit at GitHub: what other runs delivered, or what a sparse checkout left out. */
function commitSource(api: GitHubApi, { lock, blobs }: CommitContent): AdoptionSource {
  return {
    async find(fingerprint) {
      for (const [path, entry] of lock) {
        const blob = blobs.get(path)
        if (entry.fingerprint !== fingerprint || blob === undefined) continue
        return {
          entry,
          async read() {
            const bytes = await readBlob(api, blob)
            const pointer = parseLfsPointer(bytes)
            return pointer ? downloadFromLfs(api.lfs, pointer) : bytes
          },
        }
      }
      return undefined
    },
  }
}

/**
 * Fetches files that would not be replaced because somebody else put them there: a sparse checkout left them out, or
 * they are on the branch of the pull request. The plan then treats them as every file that was edited by hand.
 *
 * @returns whether there are any
 */
async function fetchEdited(run: ActionRun, commit: CommitContent): Promise<boolean> {
  const wanted = toGenerate(run).map(({ image: { path }, file }) => {
    return { path, hadFile: file.kind !== 'nothing', after: undefined }
  })
  const edited = await pathsEditedByHand(run, commit, wanted)
  for (const path of edited) {
    const bytes = await readBlob(run.api, commit.blobs.get(path) ?? '')
    await writeAtomic(inWorkspace(run.project.root, path), bytes)
  }
  return edited.size > 0
}
