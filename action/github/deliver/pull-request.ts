import { type GitHubApi, statusOf } from '../api/api.ts'
import { headOf, readCommit, type CommitContent } from '../api/read-commit.ts'
import type { FileChange } from '../changeset/file-change.ts'
import { createCommit, type NewCommit } from '../api/create-commit.ts'
import { BranchMovedError, DeliveryError } from '../api/delivery-error.ts'
import { messageFor, summaryOf, TRAILER } from '../changeset/message.ts'
import type { Merged } from '../changeset/merge-lock.ts'
import { filesToSend, mergeOnto } from '../changeset/merge-onto-commit.ts'
import { pathsIn, type Changeset } from '../changeset/changeset.ts'
import { bodyFor, withSection } from './pull-request-body.ts'
import { type Landed, retryWhileBranchMoves } from './commit-to-branch.ts'

/** The most commits that GitHub compares in one response. */
const COMPARED_MAX = 250

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
  readonly serverUrl: string
}

export interface LandedInPullRequest extends Landed {
  readonly pullRequest?: PullRequest
  /** Whether this run closed the pull request. */
  readonly closed: boolean
}

/**
 * Commits a changeset to a branch of its own, and opens or updates its pull request. Commits that people added to that
 * branch stay: Easel only adds to it, and never force-pushes.
 */
export function deliverAsPullRequest(
  api: GitHubApi,
  plan: PullRequestPlan,
  changeset: Changeset,
): Promise<LandedInPullRequest> {
  return retryWhileBranchMoves(plan.branch, changeset, () => attempt(api, plan, changeset))
}

async function attempt(
  api: GitHubApi,
  plan: PullRequestPlan,
  changeset: Changeset,
): Promise<LandedInPullRequest> {
  const { branch, base } = plan
  const [baseHead, branchHead, pull] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, branch, base),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request against.`)
  const onBase = await readCommit(api, baseHead, pathsIn(changeset))
  const merged = await mergeOnto(api, onBase, changeset)
  const needed = await filesToSend(merged, onBase, changeset)
  const state = branchHead === undefined ? undefined : await compare(api, baseHead, branchHead)

  if (needed.files.length + needed.removed.length === 0) {
    const mayClose = pull && plan.isComplete && !state?.hasOthers
    if (mayClose) await closePull(api, pull, branch)
    const { ours, superseded } = merged
    return { ours, superseded, ...(pull && { pullRequest: pull }), closed: mayClose === true }
  }

  const landed = await commitTo(api, plan, changeset, { onBase, merged, needed, branchHead, state })
  const tip = landed.commit?.sha ?? branchHead ?? baseHead
  const content = {
    title: summaryOf(landed.ours),
    section: bodyFor(landed.ours, {
      before: `${plan.serverUrl}/${api.owner}/${api.repo}/raw/${baseHead}`,
      after: `${plan.serverUrl}/${api.owner}/${api.repo}/raw/${tip}`,
    }),
  }
  const pullRequest = pull ? await updatePull(api, pull, content.section) : await openPull(api, plan, content)
  return { ...landed, pullRequest, closed: false }
}

interface BranchState {
  /** Whether the base has commits that the branch doesn't. */
  readonly isBehind: boolean
  /** Whether somebody else committed to it. */
  readonly hasOthers: boolean
}

/** Commits the changes to the branch, unless they are there already. */
async function commitTo(
  api: GitHubApi,
  { branch, isComplete }: PullRequestPlan,
  changeset: Changeset,
  {
    onBase,
    merged,
    needed,
    branchHead,
    state,
  }: {
    readonly onBase: CommitContent
    /** The changes merged with the base. */
    readonly merged: Merged
    readonly needed: Pick<NewCommit, 'files' | 'removed'>
    readonly branchHead: string | undefined
    readonly state: BranchState | undefined
  },
): Promise<Landed> {
  const { ours, superseded } = merged
  const message = (changes: readonly FileChange[]) =>
    messageFor(changeset.message, changes, changeset.costUsd)
  if (branchHead === undefined || !state) {
    await createBranch(api, branch, onBase.sha)
    const commit = await createCommit(api, { branch, head: onBase.sha, ...message(ours), ...needed })
    return { commit, ours, superseded }
  }

  const onBranch = await readCommit(api, branchHead, pathsIn(changeset))
  if (state.hasOthers || !isComplete) {
    const added = await mergeOnto(api, onBranch, changeset, onBase)
    const sending = await filesToSend(added, onBranch, changeset)
    const landed = { ours: added.ours, superseded: added.superseded }
    if (sending.files.length + sending.removed.length === 0) return landed
    const commit = await createCommit(api, { branch, head: branchHead, ...message(added.ours), ...sending })
    return { ...landed, commit }
  }

  // It has only Easel's own commits, so a new commit can make it the base plus the changes.
  const missing = await filesToSend(merged, onBranch, changeset)
  if (missing.files.length + missing.removed.length === 0 && !differsElsewhere(onBranch, onBase, changeset)) {
    return { ours, superseded }
  }
  const commit = await createCommit(api, {
    branch,
    head: branchHead,
    ...message(ours),
    ...needed,
    replacesTree: { sha: onBase.sha, merges: state.isBehind },
  })
  return { commit, ours, superseded }
}

/** Whether two commits differ in a file that is not in the changeset. */
function differsElsewhere(a: CommitContent, b: CommitContent, { changes, lockPath }: Changeset): boolean {
  const ours = new Set([lockPath, ...changes.map(({ path }) => path)])
  return [...new Set([...a.blobs.keys(), ...b.blobs.keys()])].some(
    (path) => !ours.has(path) && a.blobs.get(path) !== b.blobs.get(path),
  )
}

async function compare(
  { request, owner, repo }: GitHubApi,
  base: string,
  head: string,
): Promise<BranchState> {
  const { data } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    owner,
    repo,
    basehead: `${base}...${head}`,
    per_page: COMPARED_MAX,
  })
  return {
    isBehind: data.behind_by > 0,
    hasOthers:
      data.total_commits > data.commits.length ||
      data.commits.some(({ commit }) => !commit.message.includes(TRAILER)),
  }
}

async function createBranch({ request, owner, repo }: GitHubApi, branch: string, sha: string): Promise<void> {
  try {
    await request('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref: `refs/heads/${branch}`, sha })
  } catch (error) {
    // GitHub uses the second wording for two simultaneous requests.
    if (statusOf(error) === 422 && /already exists|reference update failed/i.test(String(error))) {
      throw new BranchMovedError(`${branch} was created meanwhile`, { cause: error })
    }
    throw error
  }
}

type Pull = PullRequest & { readonly body: string }

async function findPull(
  { request, owner, repo }: GitHubApi,
  branch: string,
  base: string,
): Promise<Pull | undefined> {
  const { data } = await request('GET /repos/{owner}/{repo}/pulls', {
    owner,
    repo,
    head: `${owner}:${branch}`,
    base,
    state: 'open',
  })
  const [found] = data
  return found && { number: found.number, url: found.html_url, body: found.body ?? '' }
}

async function openPull(
  { request, owner, repo }: GitHubApi,
  { branch, base }: PullRequestPlan,
  { title, section }: { readonly title: string; readonly section: string },
): Promise<PullRequest> {
  try {
    const { data } = await request('POST /repos/{owner}/{repo}/pulls', {
      owner,
      repo,
      head: branch,
      base,
      title,
      body: withSection('', section),
    })
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
  { request, owner, repo }: GitHubApi,
  { number, url, body: old }: Pull,
  section: string,
): Promise<PullRequest> {
  const body = withSection(old, section)
  if (body !== old) {
    await request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      owner,
      repo,
      pull_number: number,
      body,
    })
  }
  return { number, url }
}

async function closePull(
  { request, owner, repo }: GitHubApi,
  { number }: Pull,
  branch: string,
): Promise<void> {
  await request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    owner,
    repo,
    pull_number: number,
    state: 'closed',
  })
  await request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { owner, repo, ref: `heads/${branch}` })
}
