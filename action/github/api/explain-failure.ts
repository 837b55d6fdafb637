import { LfsError } from '../../git/lfs.ts'
import { LockError } from '../../lock/lock-error.ts'
import { DeliveryError, statusOf } from './delivery-error.ts'

/** Why GitHub refused a delivery, and what to change. */
export function explainFailure(error: unknown, where: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof DeliveryError || error instanceof LfsError || error instanceof LockError)
    return message
  for (const { pattern, say } of KNOWN) if (pattern.test(message)) return say(where)
  const status = statusOf(error)
  if (status === 401) return 'GitHub rejected the github-token: it may have expired.'
  if (status === 404)
    return `GitHub can’t find ${where} with this github-token: check the name, and what the token has access to.`
  if (status !== undefined) return `GitHub refused ${where} with ${status}: ${firstLine(message)}`
  return `The request to GitHub about ${where} failed: ${firstLine(message)}`
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

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
