import { LockError } from '../../lock/lock-error.ts'
import { statusOf } from './api.ts'
import { DeliveryError } from './delivery-error.ts'

/** Why GitHub took nothing, and what to change, as sentences. */
export function explainFailure(error: unknown, where: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof DeliveryError || error instanceof LockError) return message
  for (const { pattern, say } of KNOWN) if (pattern.test(message)) return say(where)
  const status = statusOf(error)
  if (status === 401) return 'GitHub does not accept the github-token: it may have expired.'
  if (status === 404)
    return `GitHub does not find ${where} with this github-token: check the name, and what the token may see.`
  if (status !== undefined) return `GitHub refused ${where} with ${status}: ${firstLine(message)}`
  return `GitHub could not be asked about ${where}: ${firstLine(message)}`
}

const KNOWN: readonly { readonly pattern: RegExp; readonly say: (where: string) => string }[] = [
  {
    pattern: /not permitted to create or approve pull requests/i,
    say: () =>
      'Workflows may not open pull requests here: allow it under Settings, Actions, General, “Allow GitHub Actions to create and approve pull requests”, or pass a github-token of your own. The branch with the images is there.',
  },
  {
    pattern:
      /through a pull request|protected branch|rule violations|required status check|approving review/i,
    say: (where) =>
      `Rules protect ${where}: use deliver: pull-request, or pass a github-token of somebody who may bypass them.`,
  },
  {
    pattern: /not accessible by (integration|personal access token)/i,
    say: (where) =>
      `The github-token may not write to ${where}: give the job permissions: contents: write, and pull-requests: write for pull requests and comments.`,
  },
  {
    pattern: /rate limit/i,
    say: (where) => `GitHub’s rate limit keeps Easel from writing to ${where}: run the job again later.`,
  },
]

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
