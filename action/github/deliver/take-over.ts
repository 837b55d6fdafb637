import { UsageError } from '../../config/diagnostic.ts'
import { sha256Of } from '../../files/read-file.ts'
import { createImageSaver } from '../../generate/save-image.ts'
import type { PlannedImage } from '../../plan/plan.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError } from '../api/delivery-error.ts'
import { apiFor, type DeliveryRun } from './delivery-run.ts'
import { explainFailure } from '../api/explain-failure.ts'
import type { FileChange } from '../changeset/file-change.ts'
import { headOf, readBlob, readCommit } from '../api/read-commit.ts'
import type { Target } from '../target/target.ts'

/** The workspace does not have the image that the config describes. */
const MISSING: ReadonlySet<PlannedImage['status']> = new Set(['new', 'changed', 'missing'])

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
    readonly rescueFolder: string
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
  {
    planned: { plan, project },
    runner,
    rescueFolder,
  }: Pick<DeliveryRun, 'planned' | 'runner'> & { readonly rescueFolder: string },
  taken: ReadonlySet<string>,
): Promise<FileChange[]> {
  const { root, lock } = project
  const missing = plan.images.filter(
    ({ action, status, image }) => action === 'generate' && MISSING.has(status) && !taken.has(image.path),
  )
  if (missing.length === 0) return []
  const head = await headOf(api, branch)
  if (head === undefined || head === runner.checkedOut) return []
  const paths = missing.map(({ image }) => image.path)
  const commit = await readCommit(api, head, { lockPath: lock.path, paths })
  const saver = createImageSaver(root, rescueFolder)
  const adopted: FileChange[] = []
  for (const planned of missing) {
    const { path, fingerprint } = planned.image
    const entry = commit.lock.get(path)
    const blob = commit.blobs.get(path)
    if (!entry || blob === undefined || entry.fingerprint !== fingerprint) continue
    const bytes = await readBlob(api, blob)
    // Edited by hand since, so it is not what the spec describes.
    if (sha256Of(bytes) !== entry.sha256) continue
    await saver.save(planned, [bytes])
    await lock.set(path, entry)
    adopted.push({ path, before: planned.entry, after: entry, removesFile: false })
  }
  return adopted
}
