import { setTimeout as sleep } from 'node:timers/promises'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { type Committed, createCommit, type NewCommit } from '../api/create-commit.ts'
import { BranchMovedError, DeliveryError } from '../api/failure.ts'
import { headOf } from '../api/read.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { type MergedOnto, mergeOnto } from '../changeset/merge-onto-commit.ts'
import { messageFor } from '../changeset/message.ts'
import { readProjectAt } from '../changeset/project-at.ts'

/** How often a branch may move before Easel gives up. */
const TRIES_MAX = 5

/** The longest delay before the second try, in milliseconds; doubled for each further try. */
const JITTER_MS = 1000

export interface PullRequest {
  readonly number: number
  readonly url: string
}

/** What happened to a changeset. */
export interface Landed {
  /** The commit that holds the changes, whoever made it; absent when there are none. */
  readonly commit?: Committed
  /** Changes that are on the branch now, from this run or from before. */
  readonly ours: readonly FileChange[]
  readonly superseded: readonly FileChange[]
  readonly pullRequest?: PullRequest
}

/**
 * Tries again after a short delay, as long as the branch moves. However often it does, nothing is generated again and
 * nobody's commit is lost.
 *
 * @throws {DeliveryError} when it moves too often
 */
export async function retryWhileBranchMoves<T>(
  branch: string,
  { log }: ActionRun,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof BranchMovedError)) throw error
      if (tries === TRIES_MAX) {
        const message = `The branch ${branch} moved ${TRIES_MAX} times while Easel was committing to it.`
        throw new DeliveryError(message, { cause: error })
      }
      log.line(`The branch ${branch} has moved: trying again.`)
      await sleep(Math.random() * JITTER_MS * 2 ** (tries - 1))
    }
  }
}

/**
 * Commits a changeset to a branch, on top of whatever is there by then.
 *
 * @throws {DeliveryError} when the branch doesn't exist
 * @throws {BranchMovedError} when it moves meanwhile
 */
export async function commitToBranch(
  run: ActionRun,
  branch: string,
  changes: readonly FileChange[],
): Promise<Landed> {
  const head = await headOf(run.api, branch)
  if (head === undefined) throw new DeliveryError(`There is no branch ${branch} to commit to.`)
  const merged = await mergeOnto(run, await readProjectAt(run, head, changes), changes)
  const landed = await land(run, { branch, head }, merged)
  if (landed.commit && landed.commit.sha !== head) run.log.line(`On ${branch}: ${landed.commit.url}`)
  return landed
}

/** Commits what a branch doesn't have yet. */
export async function land(
  { api, inputs: { commitMessage } }: ActionRun,
  onto: Pick<NewCommit, 'branch' | 'head' | 'replacesTree'>,
  { files, removed, sent, ours, superseded }: MergedOnto,
): Promise<Landed> {
  if (files.length + removed.length > 0) {
    const commit = await createCommit(api, { ...onto, ...messageFor(commitMessage, sent), files, removed })
    return { commit, ours, superseded }
  }
  // They are there: from an earlier run, or from a request whose response got lost.
  return { ours, superseded, ...(ours.length > 0 && { commit: await committedAt(api, onto.head) }) }
}

/** A commit that exists. */
export async function committedAt({ request }: GitHubApi, sha: string): Promise<Committed> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: sha,
  })
  return { sha, url: data.html_url, verified: data.verification.verified }
}
