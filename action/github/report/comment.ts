import type { Report } from '../../report/json.ts'
import { summaryOf } from '../../report/markdown.ts'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { explainFailure } from '../api/failure.ts'

/** GitHub's limit is 65,536 characters. This leaves room for the marker. */
const COMMENT_MAX_BYTES = 60_000

const UP_TO_DATE = '## Easel\n\nEverything is up to date.\n'

/**
 * Keeps the summary in one comment on the run's pull request, if there is or was anything to do. Writes only when its
 * text changes, so that nobody is notified without need.
 */
export async function commentOnPullRequest(
  report: Report,
  notices: readonly string[],
  { context, target, api, log }: ActionRun,
): Promise<void> {
  const issue = context.pull?.number
  if (issue === undefined) return
  const { planned, drifted, orphans, generated = 0, failed = 0 } = report.totals
  const hasContent = planned + drifted + orphans + generated + failed > 0
  // Without images: their URLs change with every commit, and so would the comment.
  const summary = summaryOf(report, { notices, imageUrl: () => undefined, maxBytes: COMMENT_MAX_BYTES })
  // Each project has a comment of its own.
  const marker = `<!-- easel:${encodeURIComponent(target.folder + report.config)} -->`
  const body = `${marker}\n${hasContent ? summary : UP_TO_DATE}`
  try {
    const own = await findOwn(api, issue, marker)
    const isSettled = own ? own.body?.trim() === body.trim() : !hasContent
    if (!isSettled && own) {
      const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
      await api.request(route, { comment_id: Number(own.id), body })
    } else if (!isSettled) {
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
      await api.request(route, { issue_number: issue, body })
    }
    log.line(`Comment on the pull request: ${isSettled ? 'unchanged' : own ? 'updated' : 'created'}.`)
  } catch (error) {
    // A fork’s token can only read, and a missing comment is no reason to fail.
    log.notice(`Easel could not comment: ${explainFailure(error, 'the pull request')}`)
  }
}

async function findOwn({ request, graphql }: GitHubApi, issue: number, marker: string) {
  // Anyone can put the marker into their own comment, and the token may be able to edit it.
  const { viewer } = await graphql<{ viewer: { login: string } }>('{ viewer { login } }')
  for (let page = 1; ; page++) {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
    const { data } = await request(route, { issue_number: issue, per_page: 100, page })
    const found = data.find(
      ({ user, body }) => sameLogin(user?.login, viewer.login) && body?.startsWith(marker),
    )
    if (found || data.length < 100) return found
  }
}

/** REST has the suffix `[bot]`, GraphQL doesn't. */
function sameLogin(a: string | undefined, b: string): boolean {
  return a?.replace(/\[bot\]$/, '') === b.replace(/\[bot\]$/, '')
}
