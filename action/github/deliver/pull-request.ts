import { type GitHubApi, statusOf } from './api.ts'
import { headOf, readSnapshot, type Snapshot } from './read-commit.ts'
import type { Change } from './file-change.ts'
import { createCommit, type NewCommit } from './commit.ts'
import { BranchMovedError, DeliveryError } from './delivery-error.ts'
import { messageFor, summaryOf, TRAILER } from './message.ts'
import type { Merged } from './merge-lock.ts'
import { filesFor, mergeOnto } from './merge-onto-commit.ts'
import { lookedUp, type Parcel } from './changeset.ts'
import { bodyFor, withSection } from './pull-request-body.ts'
import { type Landed, whileItMoves } from './commit-to-branch.ts'

/** GitHub compares no more commits than this in one answer. */
const COMPARED_MAX = 250

export interface PullRequest {
  readonly number: number
  readonly url: string
}

export interface PullRequestPlan {
  /** Where the images go. */
  readonly branch: string
  /** Where they are to be merged. */
  readonly base: string
  /**
   * Whether the changes are all there is to change: nothing was left out by a selection or a failure. Only then is
   * the branch made to hold just them, and the pull request closed when there are none.
   */
  readonly isWhole: boolean
  readonly serverUrl: string
}

export interface LandedInPull extends Landed {
  readonly pullRequest?: PullRequest
  /** Whether this run closed it. */
  readonly closed: boolean
}

/**
 * Puts a run's changes on a branch of their own, with one pull request, opened or brought up to date. What people
 * committed to that branch stays: Easel adds to it, and never moves it back.
 */
export function deliverAsPull(api: GitHubApi, plan: PullRequestPlan, parcel: Parcel): Promise<LandedInPull> {
  return whileItMoves(plan.branch, parcel, () => attempt(api, plan, parcel))
}

async function attempt(api: GitHubApi, plan: PullRequestPlan, parcel: Parcel): Promise<LandedInPull> {
  const { branch, base } = plan
  const [baseHead, branchHead, pull] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, branch, base),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request for.`)
  const onBase = await readSnapshot(api, baseHead, lookedUp(parcel))
  const merged = await mergeOnto(api, onBase, parcel)
  const needed = await filesFor(merged, onBase, parcel)
  const state = branchHead === undefined ? undefined : await compare(api, baseHead, branchHead)

  if (needed.files.length + needed.removed.length === 0) {
    const mayClose = pull && plan.isWhole && !state?.hasOthers
    if (mayClose) await closePull(api, pull, branch)
    const { ours, superseded } = merged
    return { ours, superseded, ...(pull && { pullRequest: pull }), closed: mayClose === true }
  }

  const landed = await commitTo(api, plan, parcel, { onBase, merged, needed, branchHead, state })
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
  /** Whether the base has commits that the branch hasn't. */
  readonly isBehind: boolean
  /** Whether somebody else committed to it. */
  readonly hasOthers: boolean
}

/** Makes the branch hold the changes; commits nothing when it does already. */
async function commitTo(
  api: GitHubApi,
  { branch, isWhole }: PullRequestPlan,
  parcel: Parcel,
  {
    onBase,
    merged,
    needed,
    branchHead,
    state,
  }: {
    readonly onBase: Snapshot
    /** The changes on top of the base, and what they need there. */
    readonly merged: Merged
    readonly needed: Pick<NewCommit, 'files' | 'removed'>
    readonly branchHead: string | undefined
    readonly state: BranchState | undefined
  },
): Promise<Landed> {
  const { ours, superseded } = merged
  const message = (changes: readonly Change[]) => messageFor(parcel.message, changes, parcel.costUsd)
  if (branchHead === undefined || !state) {
    await createBranch(api, branch, onBase.sha)
    const commit = await createCommit(api, { branch, head: onBase.sha, ...message(ours), ...needed })
    return { commit, ours, superseded }
  }

  const onBranch = await readSnapshot(api, branchHead, lookedUp(parcel))
  if (state.hasOthers || !isWhole) {
    const added = await mergeOnto(api, onBranch, parcel, onBase)
    const sending = await filesFor(added, onBranch, parcel)
    const kept = { ours: added.ours, superseded: added.superseded }
    if (sending.files.length + sending.removed.length === 0) return kept
    const commit = await createCommit(api, { branch, head: branchHead, ...message(added.ours), ...sending })
    return { ...kept, commit }
  }

  // Only Easel's own commits are on it: it becomes the base with the changes, going forward all the same.
  const missing = await filesFor(merged, onBranch, parcel)
  if (missing.files.length + missing.removed.length === 0 && !differsElsewhere(onBranch, onBase, parcel)) {
    return { ours, superseded }
  }
  const commit = await createCommit(api, {
    branch,
    head: branchHead,
    ...message(ours),
    ...needed,
    onFilesOf: { sha: onBase.sha, merges: state.isBehind },
  })
  return { commit, ours, superseded }
}

/** Whether two commits differ in a file that no change is about. */
function differsElsewhere(a: Snapshot, b: Snapshot, { changes, lockPath }: Parcel): boolean {
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
    // The second wording is of two requests at the very same time.
    if (statusOf(error) === 422 && /already exists|reference update failed/i.test(String(error))) {
      throw new BranchMovedError(`${branch} came into being`, { cause: error })
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
    // Another run was faster: the next look finds it.
    if (statusOf(error) === 422 && /already exists/i.test(String(error))) {
      throw new BranchMovedError(`a pull request for ${branch} came into being`, { cause: error })
    }
    throw error
  }
}

/** Only Easel's part of the body changes; the title may be somebody's by now. */
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
