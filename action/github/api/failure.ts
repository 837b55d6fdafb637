/** The images could not be delivered. The message says why, and what to change. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

/** The branch has moved since it was read: try again. */
export class BranchMovedError extends Error {
  override readonly name = 'BranchMovedError'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Whether GitHub refused a request, or it could not be sent. */
export function isGitHubError(error: unknown): error is Error {
  return error instanceof Error && 'request' in error
}

/** GitHub's response, as Octokit's errors have it: for GraphQL, its body. */
interface Refusal {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly data?: unknown
  readonly errors?: unknown
}

/** The response that refused a request; `undefined` for any other error. */
export function responseOf(error: unknown): Refusal | undefined {
  return isGitHubError(error) && 'response' in error ? (error.response as Refusal | undefined) : undefined
}

/** The HTTP status of the response; `undefined` for any other error. */
export function statusOf(error: unknown): number | undefined {
  return responseOf(error)?.status
}

/** For `catch`: `undefined` when GitHub doesn't know what was asked for, such as a commit that was removed since. */
export function unlessUnknown(error: unknown): undefined {
  if (![404, 409, 422].includes(statusOf(error) ?? 0)) throw error
}

/**
 * A request that somebody else may have made pointless.
 *
 * @param sign  what GitHub's response holds then
 * @throws {BranchMovedError} when it does
 */
export async function unlessMoved<T>(request: Promise<T>, sign: RegExp): Promise<T> {
  try {
    return await request
  } catch (error) {
    const { data, errors } = responseOf(error) ?? {}
    if (!sign.test(JSON.stringify([data, errors]))) throw error
    throw new BranchMovedError('Somebody was faster', { cause: error })
  }
}

/** What Octokit puts in front of GraphQL's own messages. */
const GRAPHQL_PREFIX = 'Request failed due to following response errors:\n - '

/** What to do about a branch whose rules refuse a commit. */
export function protectedAdvice(isPull: boolean): string {
  const other = isPull ? 'set branch to another name' : 'use deliver: pull-request'
  return `${other}, or pass a github-token that may bypass its rules.`
}

/** Why something failed; where GitHub refused it, in Easel's words and with what to change. */
export function explainFailure(error: unknown, where: string, isPull = false): string {
  if (!isGitHubError(error)) return messageOf(error)
  const { message } = error
  const [reason = ''] = message.replace(GRAPHQL_PREFIX, '').split('\n')
  for (const [pattern, say] of KNOWN) if (pattern.test(message)) return say(where, isPull)
  const status = statusOf(error)
  if (status === 401) return 'GitHub rejected the github-token: it may have expired.'
  if (status === 404)
    return `GitHub can’t find ${where} with this github-token: check the name, and what the token has access to.`
  if (status !== undefined) return `GitHub refused ${where} with ${status}: ${reason}`
  return `The request to GitHub about ${where} failed: ${reason}`
}

const KNOWN: readonly (readonly [RegExp, (where: string, isPull: boolean) => string])[] = [
  [
    /not permitted to create or approve pull requests/i,
    () =>
      'Workflows may not open pull requests in this repository. Turn on “Allow GitHub Actions to create and approve pull requests” under Settings, Actions, General, or pass your own github-token.',
  ],
  [
    /through a pull request|protected branch|rule violations|required status check|approving review/i,
    (where, isPull) => `${where} is protected: ${protectedAdvice(isPull)}`,
  ],
  [
    /not accessible by (integration|personal access token)/i,
    (where) =>
      `The github-token may not write to ${where}. The job needs permissions: contents: write, and pull-requests: write for pull requests and comments.`,
  ],
  [
    /rate limit/i,
    (where) => `GitHub’s rate limit stopped Easel from writing to ${where}: run the job again later.`,
  ],
]
