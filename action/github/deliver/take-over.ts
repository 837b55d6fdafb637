import { UsageError } from '../../config/diagnostic.ts'
import { type AdoptionSource, adoptImages } from '../../adopt/adopt-images.ts'
import type { GitHubApi } from './api.ts'
import { DeliveryError } from './delivery-error.ts'
import { apiFor, type DeliveryRun } from './delivery-run.ts'
import { explainFailure } from './explain-failure.ts'
import type { FileChange } from './file-change.ts'
import { headOf, readBlob, readCommit } from './read-commit.ts'
import type { Target } from './target.ts'

/**
 * Takes over images that earlier runs generated and delivered: those that the target's branches have and the checkout
 * doesn't, because they were committed since, or because their pull request isn't merged yet.
 *
 * @returns what was written to the workspace and its lock
 * @throws {UsageError} when GitHub can't be read or the target doesn't exist
 */
export async function takeOverFromBranches(
  run: Pick<DeliveryRun, 'planned' | 'inputs' | 'runner' | 'log'> & {
    readonly target: Target
  },
): Promise<readonly FileChange[]> {
  const { target, log } = run
  try {
    const api = apiFor(run)
    const existing = target.kind === 'commit' ? target.branch : target.base
    if ((await headOf(api, existing)) === undefined)
      throw new DeliveryError(`There is no branch ${existing}.`)
    const adopted: FileChange[] = []
    for (const branch of new Set([target.branch, existing])) {
      const taken = new Set(adopted.map(({ path }) => path))
      adopted.push(...(await takeOverFrom(api, branch, run, taken)))
    }
    for (const { path } of adopted) log(`${path}: taken over from an earlier run.`)
    return adopted
  } catch (error) {
    // Otherwise the run would pay for images that exist already, or that could not be delivered.
    throw new UsageError(explainFailure(error, 'the branch'), { cause: error })
  }
}

async function takeOverFrom(
  api: GitHubApi,
  branch: string,
  { planned, runner }: Pick<DeliveryRun, 'planned' | 'runner'>,
  taken: ReadonlySet<string>,
): Promise<FileChange[]> {
  const { plan, project } = planned
  const images = plan.images.filter(({ action, image }) => action === 'generate' && !taken.has(image.path))
  if (images.length === 0) return []
  const head = await headOf(api, branch)
  if (head === undefined || head === runner.checkedOut) return []
  const paths = images.map(({ image }) => image.path)
  const { lock, blobs } = await readCommit(api, head, { lockPath: project.lock.path, paths })
  const source: AdoptionSource = {
    find(fingerprint) {
      for (const [path, entry] of lock) {
        const blob = blobs.get(path)
        if (entry.fingerprint === fingerprint && blob !== undefined)
          return Promise.resolve({ entry, read: () => readBlob(api, blob) })
      }
      return Promise.resolve(undefined)
    },
  }
  const adopted = await adoptImages({ project, plan: { ...plan, images } }, [source])
  return adopted.map(({ planned: { image, entry: before }, entry }) => ({
    path: image.path,
    before,
    after: entry,
    removesFile: false,
  }))
}
