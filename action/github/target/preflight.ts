import { lfsPaths, namesOtherLfsServer } from '../../git/checkout.ts'
import { checkLfs } from '../../git/lfs-server.ts'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError, statusOf } from '../api/failure.ts'
import { headOf } from '../api/read.ts'
import { type CommitContent, readProjectAt } from '../changeset/project-at.ts'
import { refuseRules } from './rules.ts'
import type { Destination } from './target.ts'

/**
 * Checks everything at GitHub that would refuse a run's images, before they are paid for.
 *
 * @returns what the destination's branches hold: the one to commit to, if it exists, and last the one that the images
 *   are for
 * @throws {DeliveryError} saying what to change
 */
export async function preflight(
  run: ActionRun,
  destination: Destination,
  images: readonly { readonly path: string }[],
): Promise<readonly CommitContent[]> {
  const { api } = run
  const { branch, base } = destination
  await refuseLfs(run, images)
  const names = base === undefined ? [branch] : [branch, base]
  const [heads] = await Promise.all([
    Promise.all(names.map((name) => headOf(api, name))),
    refuseReadOnly(api, base),
  ])
  if (heads.at(-1) === undefined) throw new DeliveryError(`There is no branch ${names.at(-1)}.`)
  const shas = new Set(heads.filter((sha) => sha !== undefined))
  const [commits] = await Promise.all([
    Promise.all(Array.from(shas, (sha) => readProjectAt(run, sha, images))),
    refuseRules(api, destination, { exists: heads[0] !== undefined }),
    heads[0] === undefined && refuseTaken(api, branch),
  ])
  return commits
}

/** Refuses what can't be in Git LFS: the lock, and images whose server isn't the repository's own, or has no room. */
async function refuseLfs(
  { api, project, target: { root } }: ActionRun,
  images: readonly { readonly path: string }[],
): Promise<void> {
  const { path: lock } = project.lock
  const inLfs = await lfsPaths(root, [lock, ...images.map(({ path }) => path)])
  if (inLfs.has(lock)) {
    throw new DeliveryError(
      `${lock} is in Git LFS, where branches can’t be merged: add the line "${lock} -filter" to the end of .gitattributes, and commit the file itself.`,
    )
  }
  if (inLfs.size === 0) return
  if (await namesOtherLfsServer(root, api.lfs.url)) {
    throw new DeliveryError(
      'The images are in Git LFS, and .lfsconfig names another server than GitHub: Easel can’t upload to it.',
    )
  }
  await checkLfs(api.lfs)
}

/** Writes what changes nothing: an empty blob, and a pull request from a branch to itself, which GitHub never opens. */
async function refuseReadOnly({ request }: GitHubApi, base: string | undefined): Promise<void> {
  await request('POST /repos/{owner}/{repo}/git/blobs', { content: '', encoding: 'utf-8' })
  if (base === undefined) return
  const pull = { head: base, base, title: 'May Easel open pull requests?' }
  await request('POST /repos/{owner}/{repo}/pulls', pull).catch((error: unknown) => {
    if (statusOf(error) === 403) throw error
  })
}

/** In git, a branch `easel` and a branch `easel/main` exclude each other. */
async function refuseTaken({ request }: GitHubApi, branch: string): Promise<void> {
  const [top] = branch.split('/')
  const { data } = await request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ref: `heads/${top}` })
  const names = data.map(({ ref }) => ref.replace('refs/heads/', ''))
  const taken = names.find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`))
  if (taken === undefined) return
  throw new DeliveryError(
    `There is a branch ${taken}, and beside it git can’t have a branch ${branch}: set branch to another name.`,
  )
}
