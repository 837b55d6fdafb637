import { isDeepStrictEqual } from 'node:util'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { BranchMovedError, DeliveryError, statusOf } from '../api/failure.ts'
import { headOf, holds } from '../api/read-commit.ts'
import { type FileChange, readProjectAt } from '../changeset/changeset.ts'
import { mergeOnto } from '../changeset/merge-onto-commit.ts'
import { summaryOf } from '../changeset/message.ts'
import { rawUrl } from '../report/image-url.ts'
import { committedAt, land, type Landed } from './commit-to-branch.ts'
import { bodyFor, recordIn, withSection } from './pull-request-body.ts'

export interface PullRequest {
  readonly number: number
  readonly url: string
}

export interface PullRequestPlan {
  /** The branch to commit to. */
  readonly branch: string
  /** The branch to merge it into. */
  readonly base: string
  /**
   * Whether the changes are complete: no selection or failure left anything out. Only then may the branch be reduced
   * to them, and the pull request be closed when there are none.
   */
  readonly isComplete: boolean
}

/**
 * Commits a changeset to a branch of its own, and opens or updates its pull request. Commits that people added to that
 * branch or amended stay: Easel only adds to it then, and never force-pushes.
 *
 * The pull request's body records the last commit up to which the branch is Easel's alone. A branch that points
 * elsewhere has somebody's work, whatever its commits say of themselves; one without a record isn't Easel's.
 *
 * @throws {BranchMovedError} when the branch moves meanwhile
 */
export async function deliverAsPullRequest(
  run: ActionRun,
  plan: PullRequestPlan,
  changes: readonly FileChange[],
): Promise<Landed & { readonly pullRequest?: PullRequest }> {
  const { api, context, target, log } = run
  const { branch, base, isComplete } = plan
  const [baseHead, branchHead, { open, record }] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, plan),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request against.`)
  const onBase = await readProjectAt(run, baseHead)
  const merged = await mergeOnto(run, onBase, changes)
  const isOwn = branchHead === undefined || branchHead === record

  if (isDeepStrictEqual(merged.blobs, onBase.blobs)) {
    const { ours, superseded } = merged
    if (!open) return { ours, superseded }
    if (isComplete && isOwn) {
      await closePull(api, open, { branch, head: branchHead })
      log.line(`Pull request closed because nothing is left to change: ${open.url}`)
    }
    return { ours, superseded, pullRequest: open }
  }

  const landed = await commit()
  const tip = landed.commit?.sha ?? branchHead ?? baseHead
  const section = bodyFor(landed.ours, {
    before: rawUrl(context, baseHead, target.folder),
    after: rawUrl(context, tip, target.folder),
    record: isOwn ? tip : record,
  })
  const pullRequest = open
    ? await updatePull(api, open, section)
    : await openPull(api, plan, { title: summaryOf(landed.ours), body: withSection('', section) })
  log.line(`Pull request ready: ${pullRequest.url}`)
  return { ...landed, pullRequest }

  /** Commits the changes to the branch, unless they are there already. */
  async function commit(): Promise<Landed> {
    if (branchHead === undefined) {
      await createBranch(api, branch, onBase.sha)
      return land(run, { branch, head: onBase.sha }, merged)
    }
    const onBranch = await readProjectAt(run, branchHead)
    if (!isOwn || !isComplete)
      return land(run, { branch, head: branchHead }, await mergeOnto(run, onBranch, changes, onBase))
    // It has only Easel's own commits, so a new commit can make it the base plus the changes.
    if (isDeepStrictEqual(merged.blobs, onBranch.blobs))
      return { ...merged, commit: await committedAt(api, branchHead) }
    const replacesTree = { sha: onBase.sha, merges: !(await holds(api, branchHead, onBase.sha)) }
    return land(run, { branch, head: branchHead, replacesTree }, merged)
  }
}

async function createBranch({ request }: GitHubApi, branch: string, sha: string): Promise<void> {
  try {
    await request('POST /repos/{owner}/{repo}/git/refs', { ref: `refs/heads/${branch}`, sha })
  } catch (error) {
    // GitHub uses the second wording for two simultaneous requests.
    if (statusOf(error) === 422 && /already exists|reference update failed/i.test(String(error))) {
      throw new BranchMovedError(`${branch} was created meanwhile`, { cause: error })
    }
    throw error
  }
}

type Pull = PullRequest & { readonly body: string }

/** The open pull request, and what the newest one of the branch records: a merged one may have left its branch. */
async function findPull(
  { request, owner }: GitHubApi,
  { branch, base }: PullRequestPlan,
): Promise<{ readonly open: Pull | undefined; readonly record: string | undefined }> {
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
    open: open && { number: open.number, url: open.html_url, body: open.body ?? '' },
    record: recordIn((open ?? data[0])?.body ?? ''),
  }
}

async function openPull(
  { request }: GitHubApi,
  { branch, base }: PullRequestPlan,
  text: { readonly title: string; readonly body: string },
): Promise<PullRequest> {
  try {
    const { data } = await request('POST /repos/{owner}/{repo}/pulls', { head: branch, base, ...text })
    return { number: data.number, url: data.html_url }
  } catch (error) {
    // Another run was faster. The next attempt finds its pull request.
    if (statusOf(error) === 422 && /already exists/i.test(String(error))) {
      throw new BranchMovedError(`a pull request for ${branch} was opened meanwhile`, { cause: error })
    }
    throw error
  }
}

/** Changes only Easel's section of the body. Somebody may have edited the title. */
async function updatePull(
  { request }: GitHubApi,
  { number, url, body: old }: Pull,
  section: string,
): Promise<PullRequest> {
  const body = withSection(old, section)
  if (body !== old) {
    const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}'
    await request(route, { pull_number: number, body })
  }
  return { number, url }
}

async function closePull(
  api: GitHubApi,
  { number }: Pull,
  { branch, head }: { readonly branch: string; readonly head: string | undefined },
): Promise<void> {
  const { request } = api
  const now = await headOf(api, branch)
  // A deletion can't name the commit that it expects, so look right before it.
  if (now !== head) throw new BranchMovedError(`${branch} moved`)
  if (head !== undefined)
    await request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` })
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}'
  await request(route, { pull_number: number, state: 'closed' })
}
