import { UsageError } from '../../config/diagnostic.ts'
import { hasOwnLfsServer, lfsPaths } from '../../git/checkout.ts'
import { checkLfs } from '../../git/lfs.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError } from '../api/delivery-error.ts'
import { explainFailure } from '../api/explain-failure.ts'
import { type CommitContent, type CommitView, headOf, readCommit } from '../api/read-commit.ts'
import { refuseRules } from './rules.ts'
import type { Destination, Target } from './target.ts'

/**
 * Checks everything at GitHub that would refuse a run's images, before they are paid for.
 *
 * @returns what the destination's branches hold: the one to commit to, if it exists, and that of a pull request's base
 * @throws {UsageError} saying what to change
 */
export async function preflight(
  api: GitHubApi,
  { root, destination }: Pick<Target, 'root'> & { readonly destination: Destination },
  view: CommitView,
): Promise<readonly CommitContent[]> {
  const { branch, base } = destination
  try {
    const names = base === undefined ? [branch] : [branch, base]
    const [heads] = await Promise.all([
      Promise.all(names.map((name) => headOf(api, name))),
      refuseReadOnly(api),
    ])
    if (heads.at(-1) === undefined) throw new DeliveryError(`There is no branch ${names.at(-1)}.`)
    const shas = new Set(heads.filter((sha) => sha !== undefined))
    const [commits, lfs] = await Promise.all([
      Promise.all(Array.from(shas, (sha) => readCommit(api, sha, view))),
      lfsPaths(root, view.paths),
      refuseRules(api, branch, { exists: heads[0] !== undefined }),
    ])
    for (const { submodules } of commits) refuseSubmodules(submodules, view)
    if (lfs.size > 0 && (await hasOwnLfsServer(root))) {
      throw new DeliveryError(
        'The images are in Git LFS, and .lfsconfig names another server than GitHub: Easel can’t upload to it.',
      )
    }
    if (lfs.size > 0) await checkLfs(api.lfs)
    return commits
  } catch (error) {
    throw new UsageError(explainFailure(error, branch), { cause: error })
  }
}

function refuseSubmodules(submodules: readonly string[], { folder, paths }: CommitView): void {
  for (const module of submodules) {
    const inside = paths.find((path) => (folder + path).startsWith(`${module}/`))
    if (inside === undefined) continue
    throw new DeliveryError(
      `${inside} is inside the submodule ${module}, which is another repository: move the image, or run Easel in that repository.`,
    )
  }
}

/** Writes an empty blob, which no commit will ever point to: only tokens with write access may. */
async function refuseReadOnly({ request }: GitHubApi): Promise<void> {
  await request('POST /repos/{owner}/{repo}/git/blobs', { content: '', encoding: 'utf-8' })
}
