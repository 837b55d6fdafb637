import { Hono } from 'hono'
import * as z from 'zod'
import type { GitHubEnv } from './access.ts'
import { notFound, readBody, Refusal, validationFailed } from './refusal.ts'
import { accountOf, type PullRequest, verificationOf, type World } from './world.ts'

/** GitHub's limit for bodies and comments, in characters. */
const BODY_MAX_CHARACTERS = 65_536

const newBody = z.strictObject({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
  maintainer_can_modify: z.boolean().optional(),
})
const changeBody = z.strictObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
})
const commentBody = z.strictObject({ body: z.string() })

/** `/repos/{owner}/{repo}/pulls`. */
export function pullRoutes(world: World): Hono<GitHubEnv> {
  const { git, owner, name, pulls } = world
  const app = new Hono<GitHubEnv>()

  app.get('/', async (c) => {
    c.var.require('pull_requests', 'read')
    const { state = 'open', head, base } = c.req.query()
    const found = pulls.filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        // GitHub ignores it without the owner as a prefix.
        (!head?.includes(':') || `${owner}:${pull.head}` === head) &&
        (base === undefined || pull.base === base),
    )
    const page = paged(found.toReversed(), c.req.query())
    return c.json(await Promise.all(page.map(pullJson)))
  })

  app.post('/', async (c) => {
    c.var.require('pull_requests', 'write')
    const { title, head: given, base, body, draft } = await readBody(c, newBody)
    const token = c.var.token
    if (!token) throw new Refusal(401, 'Requires authentication')
    if (token.kind === 'workflow' && !world.workflowsMayOpenPulls) {
      throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.')
    }
    checkBody(body)
    const head = given.startsWith(`${owner}:`) ? given.slice(owner.length + 1) : given
    const [headSha, baseSha] = await Promise.all([
      git.readRef(`refs/heads/${head}`),
      git.readRef(`refs/heads/${base}`),
    ])
    if (headSha === undefined) {
      throw validationFailed([{ resource: 'PullRequest', field: 'head', code: 'invalid' }])
    }
    if (baseSha === undefined) {
      throw validationFailed([{ resource: 'PullRequest', field: 'base', code: 'invalid' }])
    }
    if (pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base)) {
      throw refusedPull(`A pull request already exists for ${owner}:${head}.`)
    }
    if ((await git.commitsBetween(baseSha, headSha)).length === 0) {
      throw refusedPull(`No commits between ${base} and ${head}`)
    }
    const now = new Date().toISOString()
    const pull: PullRequest = {
      number: nextNumber(world),
      title,
      body: body ?? null,
      state: 'open',
      draft,
      head,
      base,
      login: token.login,
      createdAt: now,
      updatedAt: now,
      mergedAt: null,
    }
    pulls.push(pull)
    return c.json(await pullJson(pull), 201)
  })

  app.get('/:number{[0-9]+}', async (c) => {
    c.var.require('pull_requests', 'read')
    return c.json(await pullJson(find(c.req.param('number'))))
  })

  app.patch('/:number{[0-9]+}', async (c) => {
    c.var.require('pull_requests', 'write')
    const pull = find(c.req.param('number'))
    const { title, body, state, base } = await readBody(c, changeBody)
    checkBody(body)
    if (state === 'open' && pull.state === 'closed' && !(await git.readRef(`refs/heads/${pull.head}`))) {
      throw validationFailed([
        {
          resource: 'PullRequest',
          code: 'custom',
          field: 'state',
          message: 'state cannot be changed. The branch was deleted.',
        },
      ])
    }
    if (state === 'closed') {
      const sha = await git.readRef(`refs/heads/${pull.head}`)
      if (sha !== undefined) pull.closedHeadSha = sha
    }
    Object.assign(pull, {
      ...(title !== undefined && { title }),
      ...(body !== undefined && { body }),
      ...(state !== undefined && { state }),
      ...(base !== undefined && { base }),
      updatedAt: new Date().toISOString(),
    })
    return c.json(await pullJson(pull))
  })

  app.get('/:number{[0-9]+}/commits', async (c) => {
    c.var.require('pull_requests', 'read')
    const { head, base } = find(c.req.param('number'))
    const commits = await git.commitsBetween(`refs/heads/${base}`, `refs/heads/${head}`)
    const page = await Promise.all(paged(commits, c.req.query()).map((sha) => git.readCommit(sha)))
    return c.json(
      page.map((commit) => ({
        sha: commit.sha,
        commit: {
          author: commit.author,
          committer: commit.committer,
          message: commit.message,
          verification: verificationOf(commit),
        },
        author: accountOf(commit.author),
        committer: accountOf(commit.committer),
        parents: commit.parents.map((sha) => ({ sha })),
      })),
    )
  })

  const find = (number: string): PullRequest => {
    const pull = pulls.find((one) => one.number === Number(number))
    if (!pull) throw notFound()
    return pull
  }

  const pullJson = async (pull: PullRequest): Promise<Record<string, unknown>> => {
    const [headSha, baseSha] = await Promise.all([
      git.readRef(`refs/heads/${pull.head}`),
      git.readRef(`refs/heads/${pull.base}`),
    ])
    const side = (ref: string, sha: string | undefined): Record<string, unknown> => ({
      label: `${owner}:${ref}`,
      ref,
      sha: sha ?? pull.closedHeadSha ?? null,
      repo: { name, full_name: `${owner}/${name}`, fork: false },
    })
    return {
      id: 1000 + pull.number,
      number: pull.number,
      state: pull.state,
      title: pull.title,
      body: pull.body,
      draft: pull.draft,
      locked: false,
      merged: pull.mergedAt !== null,
      merged_at: pull.mergedAt,
      user: { login: pull.login, type: pull.login.endsWith('[bot]') ? 'Bot' : 'User' },
      head: side(pull.head, headSha),
      base: side(pull.base, baseSha),
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      url: `${world.apiUrl()}/repos/${owner}/${name}/pulls/${pull.number}`,
      html_url: `${world.serverUrl()}/${owner}/${name}/pull/${pull.number}`,
    }
  }

  return app
}

/** `/repos/{owner}/{repo}/issues/…comments`. */
export function commentRoutes(world: World): Hono<GitHubEnv> {
  const app = new Hono<GitHubEnv>()
  const { comments } = world

  app.get('/:number{[0-9]+}/comments', (c) => {
    c.var.require(['issues', 'pull_requests'], 'read')
    const issue = issueOf(c.req.param('number'))
    return c.json(
      paged(
        comments.filter((one) => one.issue === issue),
        c.req.query(),
      ).map(commentJson),
    )
  })

  app.post('/:number{[0-9]+}/comments', async (c) => {
    c.var.require(['issues', 'pull_requests'], 'write')
    const issue = issueOf(c.req.param('number'))
    const { body } = await readBody(c, commentBody)
    checkBody(body)
    const now = new Date().toISOString()
    const login = c.var.token?.login ?? ''
    const comment = { id: 5000 + comments.length, issue, body, login, createdAt: now, updatedAt: now }
    comments.push(comment)
    return c.json(commentJson(comment), 201)
  })

  app.patch('/comments/:id{[0-9]+}', async (c) => {
    c.var.require(['issues', 'pull_requests'], 'write')
    const comment = comments.find((one) => one.id === Number(c.req.param('id')))
    if (!comment) throw notFound()
    const { body } = await readBody(c, commentBody)
    checkBody(body)
    comment.body = body
    comment.updatedAt = new Date().toISOString()
    return c.json(commentJson(comment))
  })

  const issueOf = (number: string): number => {
    if (!world.pulls.some((pull) => pull.number === Number(number))) throw notFound()
    return Number(number)
  }

  const commentJson = (comment: World['comments'][number]): Record<string, unknown> => ({
    id: comment.id,
    body: comment.body,
    user: { login: comment.login, type: comment.login.endsWith('[bot]') ? 'Bot' : 'User' },
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: `${world.serverUrl()}/${world.owner}/${world.name}/pull/${comment.issue}#issuecomment-${comment.id}`,
  })

  return app
}

function refusedPull(message: string): Refusal {
  return validationFailed([{ resource: 'PullRequest', code: 'custom', message }])
}

function nextNumber({ pulls }: World): number {
  return Math.max(0, ...pulls.map(({ number }) => number)) + 1
}

function checkBody(body: string | null | undefined): void {
  if ((body ?? '').length <= BODY_MAX_CHARACTERS) return
  const message = `body is too long (maximum is ${BODY_MAX_CHARACTERS} characters)`
  throw validationFailed([{ resource: 'Issue', field: 'body', code: 'custom', message }])
}

function paged<T>(all: readonly T[], query: Readonly<Record<string, string>>): readonly T[] {
  const perPage = Math.min(Number(query['per_page'] ?? 30), 100)
  const page = Number(query['page'] ?? 1)
  return all.slice((page - 1) * perPage, page * perPage)
}
