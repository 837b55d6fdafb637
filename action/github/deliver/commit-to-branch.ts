import type { GitHubApi } from '../api/api.ts'
import { type Changeset, pathsIn } from '../changeset/changeset.ts'
import { type Committed, createCommit } from '../api/create-commit.ts'
import { BranchMovedError, DeliveryError } from '../api/delivery-error.ts'
import type { FileChange } from '../changeset/file-change.ts'
import { filesToSend, mergeOnto } from '../changeset/merge-onto-commit.ts'
import { messageFor, TRAILER } from '../changeset/message.ts'
import { headOf, readCommit } from '../api/read-commit.ts'

/** How often a branch may move before Easel gives up. */
const TRIES_MAX = 5

/** The longest delay before the second try, in milliseconds; doubled for each further try. */
const JITTER_MS = 1000

/** What happened to a changeset. */
export interface Landed {
  /** Absent when there was nothing left to commit. */
  readonly commit?: Committed
  /** Changes that are on the branch now, from this run or from before. */
  readonly ours: readonly FileChange[]
  readonly superseded: readonly FileChange[]
}

/**
 * Commits a changeset to a branch, on top of whatever is there by then. However often the branch moves, nothing is
 * generated again and nobody's commit is lost.
 *
 * @throws {DeliveryError} when the branch doesn't exist, or moves too often
 */
export async function commitToBranch(api: GitHubApi, branch: string, changeset: Changeset): Promise<Landed> {
  const landed = await retryWhileBranchMoves(branch, changeset, () => tryCommit(api, branch, changeset))
  if (landed.commit || landed.ours.length === 0) return landed
  // The changes are there: from an earlier run, or from a request whose response got lost.
  const commit = await lastOwnCommit(api, branch, changeset.lockPath)
  return commit ? { ...landed, commit } : landed
}

/**
 * Tries again after a short delay, as long as the branch moves.
 *
 * @throws {DeliveryError} when it moves too often
 */
export async function retryWhileBranchMoves<T>(
  branch: string,
  { sleep, random, log }: Pick<Changeset, 'sleep' | 'random' | 'log'>,
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
      await sleep(random() * JITTER_MS * 2 ** (tries - 1))
    }
  }
}

async function tryCommit(api: GitHubApi, branch: string, changeset: Changeset): Promise<Landed> {
  const { message, costUsd } = changeset
  const head = await headOf(api, branch)
  if (head === undefined) throw new DeliveryError(`There is no branch ${branch} to commit to.`)
  const current = await readCommit(api, head, pathsIn(changeset))
  const merged = await mergeOnto(api, current, changeset)
  const { files, removed } = await filesToSend(merged, current, changeset)
  const { ours, superseded } = merged
  if (files.length + removed.length === 0) return { ours, superseded }
  const commit = await createCommit(api, {
    branch,
    head,
    ...messageFor(message, ours, costUsd),
    files,
    removed,
  })
  return { commit, ours, superseded }
}

async function lastOwnCommit(
  { request, owner, repo }: GitHubApi,
  branch: string,
  lockPath: string,
): Promise<Committed | undefined> {
  const { data } = await request('GET /repos/{owner}/{repo}/commits', {
    owner,
    repo,
    sha: branch,
    path: lockPath,
    per_page: 1,
  })
  const [last] = data
  if (!last?.commit.message.includes(TRAILER)) return undefined
  return { sha: last.sha, url: last.html_url, verified: last.commit.verification?.verified ?? false }
}
