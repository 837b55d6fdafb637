import type { Report } from '../../report/json.ts'
import { summaryOf } from '../../report/markdown.ts'
import type { ActionRun } from '../action-run.ts'
import type { GitHubApi } from '../api/api.ts'
import { explainFailure } from '../api/failure.ts'

/** GitHub's limit is 65,536 characters. This leaves room for the marker. */
const COMMENT_MAX_BYTES = 60_000

const UP_TO_DATE = '## Easel\n\nEverything is up to date.\n'

/** Puts the summary into a comment on the run's pull request, if there is or was anything to do. */
export async function commentOnPullRequest(
  report: Report,
  notices: readonly string[],
  { context, api, log }: ActionRun,
): Promise<void> {
  const issue = context.pull?.number
  if (issue === undefined) return
  const { planned, drifted, orphans, generated = 0, failed = 0 } = report.totals
  const hasContent = planned + drifted + orphans + generated + failed > 0
  try {
    // Without images: their URLs change with every commit, and so would the comment.
    const summary = summaryOf(report, { notices, imageUrl: () => undefined, maxBytes: COMMENT_MAX_BYTES })
    const body = hasContent ? summary : undefined
    const outcome = await updateComment(api, { issue, key: report.config, body })
    log.line(`Comment on the pull request: ${outcome}.`)
  } catch (error) {
    // A fork’s token can only read, and a missing comment is no reason to fail.
    log.notice(`Easel could not comment: ${explainFailure(error, 'the pull request')}`)
  }
}

/**
 * Keeps one comment on a pull request up to date. Writes only when its text changes, so that nobody is notified
 * without need.
 *
 * @param key   tells the comments of several configs apart
 * @param body  its text; `undefined` creates no comment, and says in an existing one that all is done
 */
async function updateComment(
  api: GitHubApi,
  { issue, key, body }: { readonly issue: number; readonly key: string; readonly body: string | undefined },
): Promise<'created' | 'updated' | 'unchanged'> {
  const { request } = api
  const marker = `<!-- easel:${encodeURIComponent(key)} -->`
  const own = await findOwn(api, issue, marker)
  if (!own && body === undefined) return 'unchanged'
  const text = `${marker}\n${body ?? UP_TO_DATE}`
  if (!own) {
    await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      issue_number: issue,
      body: text,
    })
    return 'created'
  }
  if (own.body.trim() === text.trim()) return 'unchanged'
  await request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    comment_id: Number(own.id),
    body: text,
  })
  return 'updated'
}

async function findOwn(
  { request, graphql }: GitHubApi,
  issue: number,
  marker: string,
): Promise<{ readonly id: number | bigint; readonly body: string } | undefined> {
  // Anyone can put the marker into their own comment, and the token may be able to edit it.
  const { viewer } = await graphql<{ viewer: { login: string } }>('{ viewer { login } }')
  for (let page = 1; ; page++) {
    const { data } = await request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      issue_number: issue,
      per_page: 100,
      page,
    })
    const found = data.find(
      ({ user, body }) => sameLogin(user?.login, viewer.login) && body?.startsWith(marker),
    )
    if (found) return { id: found.id, body: found.body ?? '' }
    if (data.length < 100) return undefined
  }
}

/** REST has the suffix `[bot]`, GraphQL doesn't. */
function sameLogin(a: string | undefined, b: string): boolean {
  return a?.replace(/\[bot\]$/, '') === b.replace(/\[bot\]$/, '')
}
