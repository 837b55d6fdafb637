import { UsageError } from '../../config/diagnostic.ts'
import type { GitHubApi } from '../api/api.ts'
import { statusOf } from '../api/delivery-error.ts'
import { headOf } from '../api/read-commit.ts'

/**
 * Whether a commit is the tip of a branch, or below it.
 *
 * @throws {UsageError} when there is no such branch
 */
export async function isOnBranch(api: GitHubApi, sha: string, branch: string): Promise<boolean> {
  const { request } = api
  try {
    const { data } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      basehead: `${sha}...${branch}`,
      per_page: 1,
    })
    return data.status === 'identical' || data.status === 'ahead'
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    if ((await headOf(api, branch)) === undefined) throw new UsageError(`There is no branch ${branch}.`)
    return false
  }
}

/** A fork's commits are reachable in its parent as well, but no branch of the parent points to them. */
export async function isTipOfBranch({ request }: GitHubApi, sha: string): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head'
    const { data } = await request(route, { commit_sha: sha })
    return data.length > 0
  } catch (error) {
    if (![404, 422].includes(statusOf(error) ?? 0)) throw error
    return false
  }
}
