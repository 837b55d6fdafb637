import { adoptImages, type AdoptionSource } from '../../adopt/adopt-images.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import { writeAtomic } from '../../files/write-atomic.ts'
import { parseLfsPointer } from '../../git/lfs-pointer.ts'
import { downloadFromLfs } from '../../git/lfs-server.ts'
import type { PlannedImage } from '../../plan/plan.ts'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError, explainFailure } from '../api/failure.ts'
import { readBlob } from '../api/read.ts'
import { changeOf, type FileChange } from '../changeset/changeset.ts'
import { pathsEditedByHand } from '../changeset/merge-onto-commit.ts'
import { type CommitContent, readProjectAt } from '../changeset/project-at.ts'
import { refuseWithoutArtifacts } from '../deliver/artifact.ts'
import { preflight } from '../target/preflight.ts'
import { leaveOut, unwantedImages } from './leave-out.ts'
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
  let unwanted: ReadonlySet<string> = new Set()
  const adopted: FileChange[] = []
  try {
    const commits = await commitsWithImages(run)
    unwanted = await unwantedImages(run, commits)
    run = leaveOut(run, unwanted)
    if (!inputs.force) await adoptFrom(commits.map((commit) => commitSource(api, commit)))
    for (const commit of commits) {
      const fetched = await fetchEdited(run, commit)
      if (fetched.size === 0) continue
      run = { ...run, fetched: new Map([...(run.fetched ?? []), ...fetched]) }
      await planAgain()
    }
    if (!inputs.force && toGenerate(run).length > 0) await adoptFrom(await rescuedSources(run))
    return { run, adopted }
  } catch (error) {
    // Otherwise the run would pay for images that exist already, or that can't be delivered.
    const { branch = 'the repository', base } = target.destination ?? {}
    throw new DeliveryError(explainFailure(error, branch, base !== undefined), { cause: error })
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
    run = leaveOut({ ...run, ...(await run.planAgain()) }, unwanted)
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
  // The lock has them and the workspace doesn't, or it doesn't have the lock either: a sparse checkout.
  const isWhole =
    planned.every(({ status }) => status !== 'missing') && (await run.project.lock.read()).size > 0
  const { checkout } = target
  if (isWhole || !checkout || checkout.isSubmodule) return []
  try {
    return [await readProjectAt(run, checkout.sha, images)]
  } catch (error) {
    log.line(`The commit of the workspace can’t be read: ${explainFailure(error, checkout.sha)}`)
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
 * @returns their blobs by path
 */
async function fetchEdited(run: ActionRun, commit: CommitContent): Promise<ReadonlyMap<string, string>> {
  const { root, lock } = run.project
  const wanted = toGenerate(run).map(({ image: { path }, file }) => {
    return { path, hadFile: file.kind !== 'nothing', after: undefined }
  })
  const fetched = new Map<string, string>()
  for (const path of await pathsEditedByHand(run, commit, wanted)) {
    const blob = commit.blobs.get(path) ?? ''
    await writeAtomic(inWorkspace(root, path), await readBlob(run.api, blob))
    // Whoever replaces the file later replaces what this entry says.
    const entry = commit.lock.get(path)
    if (entry) await lock.set(path, entry)
    fetched.set(path, blob)
  }
  return fetched
}
