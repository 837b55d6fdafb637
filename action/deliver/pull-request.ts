import { type GitHubApi, statusOf } from './api.ts'
import { headOf, readSnapshot, type Snapshot } from './branch.ts'
import type { Change } from './change.ts'
import { type Committed, createCommit } from './commit.ts'
import { BranchMovedError, DeliveryError } from './delivery-error.ts'
import { messageFor, summaryOf, TRAILER } from './message.ts'
import { filesFor, mergeOnto } from './onto.ts'
import type { Parcel } from './parcel.ts'
import { bodyFor, withSection } from './pull-request-body.ts'
import { type Landed, whileItMoves } from './to-branch.ts'

/** GitHub compares no more commits than this in one answer. */
const COMPARED_MAX = 250

export interface PullRequest {
  readonly number: number
  readonly url: string
}

export interface PullRequestPlan {
  /** Where the pictures go. */
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
  const paths = parcel.changes.map(({ path }) => path)
  const read = (sha: string): Promise<Snapshot> =>
    readSnapshot(api, sha, { lockPath: parcel.lockPath, paths })
  const [baseHead, branchHead, pull] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, branch, base),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request for.`)
  const onBase = await read(baseHead)
  const merged = await mergeOnto(api, onBase, parcel)
  const needed = await filesFor(merged, onBase, parcel)
  const landed = { ours: merged.ours, superseded: merged.superseded }
  const state = branchHead === undefined ? undefined : await compare(api, baseHead, branchHead)

  if (needed.files.length + needed.removed.length === 0) {
    const mayClose = pull && plan.isWhole && !state?.hasOthers
    if (mayClose) await closePull(api, pull, branch)
    return { ...landed, ...(pull && { pullRequest: pull }), closed: mayClose === true }
  }

  const commit = await commitTo(api, plan, parcel, { onBase, branchHead, state })
  const tip = commit?.sha ?? branchHead ?? baseHead
  const content = {
    title: summaryOf(merged.ours),
    section: bodyFor(merged.ours, {
      costUsd: parcel.costUsd,
      before: `${plan.serverUrl}/${api.owner}/${api.repo}/raw/${baseHead}`,
      after: `${plan.serverUrl}/${api.owner}/${api.repo}/raw/${tip}`,
    }),
  }
  const pullRequest = pull ? await updatePull(api, pull, content.section) : await openPull(api, plan, content)
  return { ...landed, ...(commit && { commit }), pullRequest, closed: false }
}

interface BranchState {
  /** Whether the base has commits that the branch hasn't. */
  readonly isBehind: boolean
  /** Whether somebody else committed to it. */
  readonly hasOthers: boolean
}

/** Makes the branch hold the changes. @returns nothing when it does already */
async function commitTo(
  api: GitHubApi,
  { branch, isWhole }: PullRequestPlan,
  parcel: Parcel,
  {
    onBase,
    branchHead,
    state,
  }: {
    readonly onBase: Snapshot
    readonly branchHead: string | undefined
    readonly state: BranchState | undefined
  },
): Promise<Committed | undefined> {
  const message = (changes: readonly Change[]) => messageFor(parcel.message, changes, parcel.costUsd)
  if (branchHead === undefined || !state) {
    const merged = await mergeOnto(api, onBase, parcel)
    const sending = await filesFor(merged, onBase, parcel)
    await createBranch(api, branch, onBase.sha)
    return createCommit(api, { branch, head: onBase.sha, ...message(merged.ours), ...sending })
  }

  const paths = parcel.changes.map(({ path }) => path)
  const onBranch = await readSnapshot(api, branchHead, { lockPath: parcel.lockPath, paths })
  if (state.hasOthers || !isWhole) {
    const merged = await mergeOnto(api, onBranch, parcel, onBase)
    const sending = await filesFor(merged, onBranch, parcel)
    if (sending.files.length + sending.removed.length === 0) return undefined
    return createCommit(api, { branch, head: branchHead, ...message(merged.ours), ...sending })
  }

  // Only Easel's own commits are on it: it becomes the base with the changes, going forward all the same.
  const merged = await mergeOnto(api, onBase, parcel)
  const missing = await filesFor(merged, onBranch, parcel)
  if (missing.files.length + missing.removed.length === 0 && !differsElsewhere(onBranch, onBase, parcel)) {
    return undefined
  }
  return createCommit(api, {
    branch,
    head: branchHead,
    ...message(merged.ours),
    ...(await filesFor(merged, onBase, parcel)),
    onFilesOf: { sha: onBase.sha, merges: state.isBehind },
  })
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
    if (statusOf(error) === 422 && /already exists/i.test(String(error))) {
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
  const { data } = await request('POST /repos/{owner}/{repo}/pulls', {
    owner,
    repo,
    head: branch,
    base,
    title,
    body: withSection('', section),
  })
  return { number: data.number, url: data.html_url }
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
