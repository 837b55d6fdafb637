import type { GitHubApi } from '../api/api.ts'
import { BranchMovedError, DeliveryError, statusOf } from '../api/delivery-error.ts'
import { type Committed, createCommit, type NewCommit } from '../api/create-commit.ts'
import { type CommitContent, headOf } from '../api/read-commit.ts'
import type { Changeset } from '../changeset/changeset.ts'
import { filesToSend, mergeOnto, readFor, type Sending } from '../changeset/merge-onto-commit.ts'
import { messageFor, summaryOf } from '../changeset/message.ts'
import type { RunContext } from '../target/run-context.ts'
import { rawUrl } from '../report/image-url.ts'
import { committedAt, type Landed, type PullRequest, retryWhileBranchMoves } from './commit-to-branch.ts'
import { bodyFor, recordIn, withSection } from './pull-request-body.ts'

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
  readonly run: RunContext
}

/**
 * Commits a changeset to a branch of its own, and opens or updates its pull request. Commits that people added to that
 * branch or amended stay: Easel only adds to it then, and never force-pushes.
 *
 * The pull request's body records the last commit up to which the branch is Easel's alone. A branch that points
 * elsewhere has somebody's work, whatever its commits say of themselves; one without a record isn't Easel's.
 */
export function deliverAsPullRequest(
  api: GitHubApi,
  plan: PullRequestPlan,
  changeset: Changeset,
): Promise<Landed> {
  return retryWhileBranchMoves(plan.branch, changeset.log, () => attempt(api, plan, changeset))
}

async function attempt(api: GitHubApi, plan: PullRequestPlan, changeset: Changeset): Promise<Landed> {
  const { branch, base, isComplete, run } = plan
  const [baseHead, branchHead, { open, record }] = await Promise.all([
    headOf(api, base),
    headOf(api, branch),
    findPull(api, branch, base),
  ])
  if (baseHead === undefined)
    throw new DeliveryError(`There is no branch ${base} to open a pull request against.`)
  const onBase = await readFor(api, baseHead, changeset)
  const merged = await mergeOnto(api, onBase, changeset)
  const { ours, superseded } = merged
  const isOwn = branchHead === undefined || branchHead === record

  if (merged.isEmpty) {
    if (!open) return { ours, superseded }
    if (isComplete && isOwn) {
      await closePull(api, open, branch)
      changeset.log(`Pull request closed because nothing is left to change: ${open.url}`)
    }
    return { ours, superseded, pullRequest: open }
  }

  const landed = await commit()
  const tip = landed.commit?.sha ?? branchHead ?? baseHead
  const section = bodyFor(landed.ours, {
    before: rawUrl(run, baseHead, changeset.folder),
    after: rawUrl(run, tip, changeset.folder),
    record: isOwn ? tip : record,
  })
  const pullRequest = open
    ? await updatePull(api, open, section)
    : await openPull(api, plan, { title: summaryOf(landed.ours), section })
  changeset.log(`Pull request ready: ${pullRequest.url}`)
  return { ...landed, pullRequest }

  /** Commits the changes to the branch, unless they are there already. */
  async function commit(): Promise<Landed> {
    if (branchHead === undefined) {
      await createBranch(api, branch, onBase.sha)
      return { commit: await send(merged, onBase.sha), ours, superseded }
    }
    const onBranch = await readFor(api, branchHead, changeset)
    if (!isOwn || !isComplete) {
      const added = await mergeOnto(api, onBranch, changeset, onBase)
      const holder = added.isEmpty ? committedAt(api, branchHead) : send(added, branchHead)
      return { commit: await holder, ours: added.ours, superseded: added.superseded }
    }
    // It has only Easel's own commits, so a new commit can make it the base plus the changes.
    const missing = await filesToSend(merged, onBranch, changeset)
    if (missing.isEmpty && !differsElsewhere(onBranch, onBase, changeset))
      return { commit: await committedAt(api, branchHead), ours, superseded }
    const replacesTree = { sha: onBase.sha, merges: await isBehind(api, onBase.sha, branchHead) }
    return { commit: await send(merged, branchHead, { replacesTree }), ours, superseded }
  }

  function send(
    sending: Sending,
    head: string,
    options: Pick<NewCommit, 'replacesTree'> = {},
  ): Promise<Committed> {
    const message = messageFor(changeset.message, sending.changes)
    return createCommit(api, { branch, head, ...message, ...sending, ...options })
  }
}

/** Whether two commits differ in a file that is not in the changeset. */
function differsElsewhere(
  a: CommitContent,
  b: CommitContent,
  { changes, project: { lock } }: Changeset,
): boolean {
  const ours = new Set([lock.path, ...changes.map(({ path }) => path)])
  return [...new Set([...a.blobs.keys(), ...b.blobs.keys()])].some(
    (path) => !ours.has(path) && a.blobs.get(path) !== b.blobs.get(path),
  )
}

/** Whether the base has commits that the branch doesn't. */
async function isBehind({ request }: GitHubApi, base: string, head: string): Promise<boolean> {
  const basehead = `${base}...${head}`
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}'
  const { data } = await request(route, { basehead, per_page: 1 })
  return data.behind_by > 0
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
  branch: string,
  base: string,
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
  { title, section }: { readonly title: string; readonly section: string },
): Promise<PullRequest> {
  try {
    const { data } = await request('POST /repos/{owner}/{repo}/pulls', {
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

async function closePull({ request }: GitHubApi, { number }: Pull, branch: string): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}'
  await request(route, { pull_number: number, state: 'closed' })
  await request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` })
}
