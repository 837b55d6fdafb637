import type { GitHubApi } from '../api/api.ts'
import { DeliveryError, protectedAdvice } from '../api/failure.ts'
import type { Destination } from './target.ts'

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
 * Refuses a branch to which a rule lets this token commit nothing. A rule that can't be read shows itself only when the
 * commit is refused: classic protection needs more rights, and private repositories of GitHub's free plan answer 403.
 *
 * @param exists  whether there is such a branch
 * @throws {DeliveryError} naming the rule
 */
export async function refuseRules(
  { request, graphql, owner, repo }: GitHubApi,
  { branch, base }: Pick<Destination, 'branch' | 'base'>,
  { exists }: { readonly exists: boolean },
): Promise<void> {
  const [rules, mayPush] = await Promise.all([
    known(request('GET /repos/{owner}/{repo}/rules/branches/{branch}', { branch, per_page: 100 })),
    exists && known(graphql<MayPush>(MAY_PUSH, { owner, repo, ref: `refs/heads/${branch}` })),
  ])
  const refusing = exists ? REFUSING : { ...REFUSING, creation: 'creating it is restricted' }
  for (const { type, ruleset_id } of rules?.data ?? []) {
    const why = refusing[type]
    if (why !== undefined && !(await mayBypass(ruleset_id))) throw refusal(why)
  }
  const { viewerCanPush = true } = (mayPush && mayPush.repository?.ref?.refUpdateRule) || {}
  if (!viewerCanPush) throw refusal('pushes are restricted')

  function refusal(why: string): DeliveryError {
    const advice = protectedAdvice(base !== undefined)
    return new DeliveryError(`${branch} is protected (${why}), so nothing was generated: ${advice}`)
  }

  async function mayBypass(id: number | undefined): Promise<boolean> {
    if (id === undefined) return false
    const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}'
    const ruleset = await known(request(route, { ruleset_id: id }))
    return ruleset?.data.current_user_can_bypass === 'always'
  }
}

/** The response; `undefined` when GitHub refuses it. */
function known<T>(response: Promise<T>): Promise<T | undefined> {
  return response.catch(() => undefined)
}
