import type { GitHubApi } from './api.ts'
import { headOf, readSnapshot } from './read-commit.ts'
import type { Change } from './file-change.ts'
import { type Committed, createCommit } from './commit.ts'
import { BranchMovedError, DeliveryError } from './delivery-error.ts'
import { messageFor, TRAILER } from './message.ts'
import { filesFor, mergeOnto } from './merge-onto-commit.ts'
import { lookedUp, type Parcel } from './changeset.ts'

/** How often a branch may move away before Easel gives up. */
const TRIES_MAX = 5

/** Before the second try, in milliseconds at most; doubled each time. */
const JITTER_MS = 1000

/** What became of the changes. */
export interface Landed {
  /** Absent when nothing was left to commit. */
  readonly commit?: Committed
  /** What is upstream now: put there by this run, or there already. */
  readonly ours: readonly Change[]
  readonly superseded: readonly Change[]
}

/**
 * Commits a run's changes to a branch, on top of whatever is there by then. The images are the ones that the run
 * made, however often the branch moves; nobody's commit is ever lost.
 *
 * @throws {DeliveryError} when there is no such branch, or it moves too often
 */
export async function deliverToBranch(api: GitHubApi, branch: string, parcel: Parcel): Promise<Landed> {
  const landed = await whileItMoves(branch, parcel, () => attemptOn(api, branch, parcel))
  if (landed.commit || landed.ours.length === 0) return landed
  // Committed all the same: by an earlier run, or by a request whose answer never arrived.
  const commit = await lastOwnCommit(api, branch, parcel.lockPath)
  return commit ? { ...landed, commit } : landed
}

/**
 * Tries again, a little later, as long as the branch moves away.
 *
 * @throws {DeliveryError} when it won't stand still
 */
export async function whileItMoves<T>(
  branch: string,
  { sleep, random, tell }: Pick<Parcel, 'sleep' | 'random' | 'tell'>,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof BranchMovedError)) throw error
      if (tries === TRIES_MAX) {
        throw new DeliveryError(
          `The branch ${branch} moved ${TRIES_MAX} times while Easel was committing to it.`,
          {
            cause: error,
          },
        )
      }
      tell(`The branch ${branch} has moved: looking again.`)
      await sleep(random() * JITTER_MS * 2 ** (tries - 1))
    }
  }
}

async function attemptOn(api: GitHubApi, branch: string, parcel: Parcel): Promise<Landed> {
  const { message, costUsd } = parcel
  const head = await headOf(api, branch)
  if (head === undefined) throw new DeliveryError(`There is no branch ${branch} to commit to.`)
  const snapshot = await readSnapshot(api, head, lookedUp(parcel))
  const merged = await mergeOnto(api, snapshot, parcel)
  const { files, removed } = await filesFor(merged, snapshot, parcel)
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
