import type { GitHubApi } from '../api/api.ts'
import { DeliveryError, statusOf } from '../api/delivery-error.ts'

/** Rules that refuse a commit which is not merged through a pull request. */
const REFUSING: Readonly<Record<string, string>> = {
  pull_request: 'changes go through pull requests',
  merge_queue: 'changes go through a merge queue',
  update: 'updates are restricted',
  required_status_checks: 'status checks must have passed before',
  required_deployments: 'a deployment must have succeeded before',
  workflows: 'workflows must have passed before',
  code_scanning: 'a code scan must have passed before',
}

const MAY_PUSH = `query ($owner: String!, $repo: String!, $ref: String!) {
  repository(owner: $owner, name: $repo) { ref(qualifiedName: $ref) { refUpdateRule { viewerCanPush } } }
}`

interface MayPush {
  readonly repository: {
    readonly ref: { readonly refUpdateRule: { readonly viewerCanPush: boolean } | null } | null
  } | null
}

/**
 * Refuses a branch to which a rule lets this token commit nothing. A protection that the token may not read shows
 * itself only when the commit is refused.
 *
 * @param exists  whether there is such a branch
 * @throws {DeliveryError} naming the rule
 */
export async function refuseRules(
  api: GitHubApi,
  branch: string,
  { exists }: { readonly exists: boolean },
): Promise<void> {
  const [rules, mayPush] = await Promise.all([rulesOf(api, branch), exists ? canPush(api, branch) : true])
  const refusing = exists ? REFUSING : { ...REFUSING, creation: 'creating it is restricted' }
  for (const { type, ruleset_id } of rules) {
    const why = refusing[type]
    if (why !== undefined && !(await mayBypass(api, ruleset_id))) throw refusal(branch, why)
  }
  if (!mayPush) throw refusal(branch, 'pushes are restricted')
}

function refusal(branch: string, why: string): DeliveryError {
  return new DeliveryError(
    `${branch} is protected (${why}), so nothing was generated: use deliver: pull-request, or pass a github-token that may bypass its rules.`,
  )
}

async function rulesOf(
  { request }: GitHubApi,
  branch: string,
): Promise<readonly { readonly type: string; readonly ruleset_id?: number }[]> {
  try {
    const route = 'GET /repos/{owner}/{repo}/rules/branches/{branch}'
    const { data } = await request(route, { branch, per_page: 100 })
    return data
  } catch (error) {
    // An older GitHub Enterprise Server.
    if (statusOf(error) !== 404) throw error
    return []
  }
}

async function canPush({ graphql, owner, repo }: GitHubApi, branch: string): Promise<boolean> {
  try {
    const { repository } = await graphql<MayPush>(MAY_PUSH, {
      owner,
      repo,
      ref: `refs/heads/${branch}`,
    })
    return repository?.ref?.refUpdateRule?.viewerCanPush ?? true
  } catch {
    // The token may not read it: then only the commit itself can tell.
    return true
  }
}

async function mayBypass({ request }: GitHubApi, id: number | undefined): Promise<boolean> {
  if (id === undefined) return false
  try {
    const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}'
    const { data } = await request(route, { ruleset_id: id })
    return data.current_user_can_bypass === 'always'
  } catch {
    return false
  }
}
