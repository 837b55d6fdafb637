import { isDeepStrictEqual } from 'node:util'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { BranchMovedError, DeliveryError, unlessMoved, unlessUnknown } from '../api/failure.ts'
import { headOf, holds } from '../api/read.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { mergeOnto } from '../changeset/merge-onto-commit.ts'
import { summaryOf } from '../changeset/message.ts'
import { readProjectAt } from '../changeset/project-at.ts'
import { rawUrl } from '../report/image-url.ts'
import type { Destination } from '../target/target.ts'
import { committedAt, land, type Landed, type PullRequest } from './commit-to-branch.ts'
import { bodyFor, recordIn, withSection } from './pull-request-body.ts'

/** The branches of a pull request. */
type Branches = Required<Pick<Destination, 'branch' | 'base'>>

/**
 * Commits a changeset to a branch of its own, and opens or updates its pull request. Commits that people added to that
 * branch or amended stay: Easel only adds to it then, and never force-pushes.
 *
 * The pull request's body records the last commit up to which the branch is this project's alone. A branch that
 * points elsewhere has the work of somebody, or of another project in the repository, whatever its commits say of
 * themselves; one without a record isn't Easel's.
 *
 * @param isComplete  whether no selection or failure left anything out. Only then may the branch be reduced to the
 *   changes, and the pull request be closed when there are none.
 * @throws {BranchMovedError} when the branch moves meanwhile
 */
export async function deliverAsPullRequest(
  run: ActionRun,
  branches: Branches,
  changes: readonly FileChange[],
  isComplete: boolean,
): Promise<Landed> {
  const { api, context, target, log } = run
  const { branch, base } = branches
  const [baseHead, branchHead, { open, written, record }] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, branches),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request against.`)
  const onBase = await readProjectAt(run, baseHead, changes)
  const merged = await mergeOnto(run, onBase, changes)
  const project = encodeURIComponent(target.folder + run.project.configPath)
  const isOwn = branchHead === undefined || `${branchHead} ${project}` === record

  if (isDeepStrictEqual(merged.blobs, onBase.blobs)) {
    const { ours, superseded } = merged
    if (!open) return { ours, superseded }
    if (isComplete && isOwn) {
      await deleteBranch(api, branch, branchHead)
      await updatePull(api, open, { state: 'closed' })
      log.line(`Pull request closed because nothing is left to change: ${open.url}`)
    }
    return { ours, superseded, pullRequest: open }
  }

  const landed = await commit()
  const tip = landed.commit?.sha ?? branchHead ?? baseHead
  const at = (sha: string) => rawUrl(context, sha, target.folder)
  const urls = { before: at(baseHead), after: at(tip) }
  const body = withSection(written, bodyFor(landed.ours, urls, isOwn ? `${tip} ${project}` : record))
  const pullRequest = open ?? (await openPull(api, branches, { title: summaryOf(landed.ours), body }))
  // Only Easel's section: somebody may have edited the title, and what is around it.
  if (open && body !== written) await updatePull(api, open, { body })
  log.line(`Pull request ready: ${pullRequest.url}`)
  return { ...landed, pullRequest }

  /** Commits the changes to the branch, unless they are there already. */
  async function commit(): Promise<Landed> {
    if (branchHead === undefined) {
      const ref = { ref: `refs/heads/${branch}`, sha: onBase.sha }
      const created = api.request('POST /repos/{owner}/{repo}/git/refs', ref)
      // GitHub uses the second wording for two simultaneous requests.
      await unlessMoved(created, /already exists|reference update failed/i)
      return land(run, { branch, head: onBase.sha }, merged)
    }
    const onBranch = await readProjectAt(run, branchHead, changes)
    if (!isOwn || !isComplete)
      return land(run, { branch, head: branchHead }, await mergeOnto(run, onBranch, changes, onBase))
    // It has only Easel's own commits, so a new commit can make it the base plus the changes.
    if (isDeepStrictEqual(merged.blobs, onBranch.blobs))
      return { ...merged, commit: await committedAt(api, branchHead) }
    const replacesTree = { sha: onBase.sha, merges: !(await holds(api, branchHead, onBase.sha)) }
    return land(run, { branch, head: branchHead, replacesTree }, merged)
  }
}

/** The open pull request, and what the newest one of the branch records: a merged one may have left its branch. */
async function findPull({ request, owner }: GitHubApi, { branch, base }: Branches) {
  const { data } = await request('GET /repos/{owner}/{repo}/pulls', {
    head: `${owner}:${branch}`,
    base,
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 10,
  })
  const open = data.find(({ state }) => state === 'open')
  return {
    open: open && { number: open.number, url: open.html_url },
    written: open?.body ?? '',
    record: recordIn((open ?? data[0])?.body ?? ''),
  }
}

async function openPull(
  { request }: GitHubApi,
  { branch, base }: Branches,
  text: { readonly title: string; readonly body: string },
): Promise<PullRequest> {
  // Another run may be faster. The next attempt finds its pull request.
  const opened = request('POST /repos/{owner}/{repo}/pulls', { head: branch, base, ...text })
  const { data } = await unlessMoved(opened, /already exists/i)
  return { number: data.number, url: data.html_url }
}

async function updatePull(
  { request }: GitHubApi,
  { number }: PullRequest,
  change: { readonly body: string } | { readonly state: 'closed' },
): Promise<void> {
  await request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number, ...change })
}

/** @param head  what the branch is expected to point to */
async function deleteBranch(api: GitHubApi, branch: string, head: string | undefined): Promise<void> {
  // A deletion can't name the commit that it expects, so look right before it.
  if ((await headOf(api, branch)) !== head) throw new BranchMovedError(`${branch} moved`)
  if (head === undefined) return
  const deleted = api.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` })
  // Somebody else deleted it, or a rule keeps it.
  await deleted.catch(unlessUnknown)
}
