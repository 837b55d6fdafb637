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

/** The HTTP status of an error response; `undefined` for any other error. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  // For a failed connection, Octokit throws an error with status 500.
  return typeof error.status === 'number' && 'response' in error && error.response ? error.status : undefined
}

/** What Octokit puts in front of GraphQL's own messages. */
const GRAPHQL_PREFIX = 'Request failed due to following response errors:\n - '

/** Why something failed; where GitHub refused it, in Easel's words and with what to change. */
export function explainFailure(error: unknown, where: string): string {
  if (!isGitHubError(error)) return messageOf(error)
  const { message } = error
  const [reason = ''] = message.replace(GRAPHQL_PREFIX, '').split('\n')
  for (const { pattern, say } of KNOWN) if (pattern.test(message)) return say(where)
  const status = statusOf(error)
  if (status === 401) return 'GitHub rejected the github-token: it may have expired.'
  if (status === 404)
    return `GitHub can’t find ${where} with this github-token: check the name, and what the token has access to.`
  if (status !== undefined) return `GitHub refused ${where} with ${status}: ${reason}`
  return `The request to GitHub about ${where} failed: ${reason}`
}

const KNOWN: readonly { readonly pattern: RegExp; readonly say: (where: string) => string }[] = [
  {
    pattern: /not permitted to create or approve pull requests/i,
    say: () =>
      'Workflows may not open pull requests in this repository. Turn on “Allow GitHub Actions to create and approve pull requests” under Settings, Actions, General, or pass your own github-token. The images are on their branch.',
  },
  {
    pattern:
      /through a pull request|protected branch|rule violations|required status check|approving review/i,
    say: (where) =>
      `${where} is protected: use deliver: pull-request, or pass a github-token that may bypass its rules.`,
  },
  {
    pattern: /not accessible by (integration|personal access token)/i,
    say: (where) =>
      `The github-token may not write to ${where}. The job needs permissions: contents: write, and pull-requests: write for pull requests and comments.`,
  },
  {
    pattern: /rate limit/i,
    say: (where) => `GitHub’s rate limit stopped Easel from writing to ${where}: run the job again later.`,
  },
]
