import type { GitHubApi } from './api.ts'

/** GitHub's bound for a comment. */
const COMMENT_MAX_CHARACTERS = 65_536

/**
 * Keeps one comment on a pull request: made once, changed when there is something else to say, and otherwise left
 * alone, so that nobody is notified for nothing.
 *
 * @param key   tells the comments of several configs apart
 * @param body  what it is to say; `undefined`: nothing, unless there is a comment that says something else
 */
export async function keepComment(
  api: GitHubApi,
  {
    issue,
    key,
    body,
    otherwise,
  }: {
    readonly issue: number
    readonly key: string
    readonly body: string | undefined
    /** What a comment says from then on that has nothing to say any more. */
    readonly otherwise: string
  },
): Promise<'made' | 'changed' | 'left alone'> {
  const { request, owner, repo } = api
  const marker = `<!-- easel:${encodeURIComponent(key)} -->`
  const own = await findOwn(api, issue, marker)
  if (!own && body === undefined) return 'left alone'
  const text = `${marker}\n${body ?? otherwise}`.slice(0, COMMENT_MAX_CHARACTERS)
  if (!own) {
    await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner,
      repo,
      issue_number: issue,
      body: text,
    })
    return 'made'
  }
  if (own.body.trim() === text.trim()) return 'left alone'
  await request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    owner,
    repo,
    comment_id: Number(own.id),
    body: text,
  })
  return 'changed'
}

async function findOwn(
  { request, graphql, owner, repo }: GitHubApi,
  issue: number,
  marker: string,
): Promise<{ readonly id: number | bigint; readonly body: string } | undefined> {
  // Anyone can write the marker into a comment of theirs, which a token that may write could change.
  const { viewer } = await graphql<{ viewer: { login: string } }>('{ viewer { login } }')
  for (let page = 1; ; page++) {
    const { data } = await request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner,
      repo,
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

/** GraphQL leaves out the `[bot]` that REST has. */
function sameLogin(a: string | undefined, b: string): boolean {
  return a?.replace(/\[bot\]$/, '') === b.replace(/\[bot\]$/, '')
}
