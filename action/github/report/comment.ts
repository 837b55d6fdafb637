import type { GitHubApi } from '../api/api.ts'

/** GitHub's limit for a comment. */
const COMMENT_MAX_CHARACTERS = 65_536

/**
 * Keeps one comment on a pull request up to date. Writes only when its text changes, so that nobody is notified
 * without need.
 *
 * @param key   tells the comments of several configs apart
 * @param body  its text; `undefined` creates no comment, and gives an existing one `emptyBody`
 */
export async function updateComment(
  api: GitHubApi,
  {
    issue,
    key,
    body,
    emptyBody,
  }: {
    readonly issue: number
    readonly key: string
    readonly body: string | undefined
    readonly emptyBody: string
  },
): Promise<'created' | 'updated' | 'unchanged'> {
  const { request } = api
  const marker = `<!-- easel:${encodeURIComponent(key)} -->`
  const own = await findOwn(api, issue, marker)
  if (!own && body === undefined) return 'unchanged'
  const text = `${marker}\n${body ?? emptyBody}`.slice(0, COMMENT_MAX_CHARACTERS)
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
