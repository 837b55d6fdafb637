import { setTimeout as sleep } from 'node:timers/promises'
import type { GitHubApi } from '../api/api.ts'
import { type Committed, createCommit } from '../api/create-commit.ts'
import { BranchMovedError, DeliveryError } from '../api/delivery-error.ts'
import { headOf } from '../api/read-commit.ts'
import type { Changeset, FileChange } from '../changeset/changeset.ts'
import { mergeOnto, readFor } from '../changeset/merge-onto-commit.ts'
import { messageFor } from '../changeset/message.ts'

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
  /** The commit that this run added it to, if it did. */
  readonly onto?: string
  /** Changes that are on the branch now, from this run or from before. */
  readonly ours: readonly FileChange[]
  readonly superseded: readonly FileChange[]
  readonly pullRequest?: PullRequest
}

/**
 * Commits a changeset to a branch, on top of whatever is there by then. However often the branch moves, nothing is
 * generated again and nobody's commit is lost.
 *
 * @throws {DeliveryError} when the branch doesn't exist, or moves too often
 */
export function commitToBranch(api: GitHubApi, branch: string, changeset: Changeset): Promise<Landed> {
  return retryWhileBranchMoves(branch, changeset.log, () => tryCommit(api, branch, changeset))
}

/**
 * Tries again after a short delay, as long as the branch moves.
 *
 * @throws {DeliveryError} when it moves too often
 */
export async function retryWhileBranchMoves<T>(
  branch: string,
  log: Changeset['log'],
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
      log(`The branch ${branch} has moved: trying again.`)
      await sleep(Math.random() * JITTER_MS * 2 ** (tries - 1))
    }
  }
}

async function tryCommit(api: GitHubApi, branch: string, changeset: Changeset): Promise<Landed> {
  const head = await headOf(api, branch)
  if (head === undefined) throw new DeliveryError(`There is no branch ${branch} to commit to.`)
  const current = await readFor(api, head, changeset)
  const { ours, superseded, ...sending } = await mergeOnto(api, current, changeset)
  if (sending.isEmpty) {
    // They are there: from an earlier run, or from a request whose response got lost.
    return { ours, superseded, ...(ours.length > 0 && { commit: await committedAt(api, head) }) }
  }
  const message = messageFor(changeset.message, sending.changes)
  const commit = await createCommit(api, { branch, head, ...message, ...sending })
  changeset.log(`On ${branch}: ${commit.url}`)
  return { commit, onto: head, ours, superseded }
}

/** A commit that exists. */
export async function committedAt({ request }: GitHubApi, sha: string): Promise<Committed> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: sha,
  })
  return { sha, url: data.html_url, verified: data.verification.verified }
}
