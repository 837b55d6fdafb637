import { Hono } from 'hono'
import type { GitHubEnv } from './access.ts'
import { notFound, Refusal } from './refusal.ts'
import { accountOf, type Protection, verificationOf, type World } from './world.ts'

/** Larger contents come without their bytes, except raw. */
const CONTENTS_MAX_BYTES = 1024 * 1024

/** `/repos/{owner}/{repo}`, its branches, commits, comparisons and contents. Read-only. */
export function repositoryRoutes(world: World): Hono<GitHubEnv> {
  const { git, owner, name } = world
  const app = new Hono<GitHubEnv>()
  const api = (): string => `${world.apiUrl()}/repos/${owner}/${name}`
  const html = (): string => `${world.serverUrl()}/${owner}/${name}`

  app.use(async (c, next) => {
    c.var.require('contents', 'read')
    await next()
  })

  app.get('/', (c) =>
    c.json({
      id: 1,
      name,
      full_name: `${owner}/${name}`,
      private: false,
      owner: { login: owner, type: 'Organization' },
      html_url: html(),
      url: api(),
      default_branch: world.defaultBranch,
      fork: false,
    }),
  )

  app.get('/branches', async (c) => {
    const refs = await git.listRefs('refs/heads')
    return c.json(refs.map(({ ref, sha }) => branchJson(ref.replace('refs/heads/', ''), sha)))
  })

  app.get('/branches/:branch{.+}', async (c) => {
    const branch = c.req.param('branch')
    const sha = await git.readRef(`refs/heads/${branch}`)
    if (sha === undefined) return c.json({ message: 'Branch not found', status: '404' }, 404)
    return c.json(branchJson(branch, sha))
  })

  const branchJson = (branch: string, sha: string): Record<string, unknown> => ({
    name: branch,
    commit: { sha, url: `${api()}/commits/${sha}` },
    protected: world.protectedBranches.has(branch),
  })

  const RULES: Readonly<Partial<Record<Protection, string>>> = {
    ruleset: 'pull_request',
    bypassed: 'pull_request',
    queue: 'merge_queue',
  }
  const rulesetId = (branch: string): number => [...world.protectedBranches.keys()].indexOf(branch) + 1

  app.get('/rules/branches/:branch{.+}', (c) => {
    const branch = c.req.param('branch')
    const type = RULES[world.protectedBranches.get(branch) ?? 'protection']
    const source = { ruleset_source_type: 'Repository', ruleset_source: `${owner}/${name}` }
    return c.json(type === undefined ? [] : [{ type, ...source, ruleset_id: rulesetId(branch) }])
  })

  app.get('/rulesets/:id{[0-9]+}', (c) => {
    const id = Number(c.req.param('id'))
    const found = [...world.protectedBranches].find(([branch]) => rulesetId(branch) === id)
    if (!found) throw notFound()
    const current_user_can_bypass = found[1] === 'bypassed' ? 'always' : 'never'
    return c.json({ id, name: found[0], target: 'branch', enforcement: 'active', current_user_can_bypass })
  })

  app.get('/commits/:sha{[0-9a-f]{40}}/branches-where-head', async (c) => {
    const sha = c.req.param('sha')
    if ((await git.typeOf(sha)) !== 'commit') throw new Refusal(422, `No commit found for SHA: ${sha}`)
    const refs = await git.listRefs('refs/heads')
    return c.json(
      refs
        .filter((one) => one.sha === sha)
        .map(({ ref }) => ({ name: ref.replace('refs/heads/', ''), commit: { sha }, protected: false })),
    )
  })

  app.get('/commits', async (c) => {
    const head = await resolve(c.req.query('sha') ?? world.defaultBranch)
    if (head === undefined) throw notFound()
    const perPage = Number(c.req.query('per_page') ?? 30)
    const page = Number(c.req.query('page') ?? 1)
    const path = c.req.query('path')
    const args = ['rev-list', `--skip=${(page - 1) * perPage}`, `--max-count=${perPage}`, head]
    const out = await git.git(path === undefined ? args : [...args, '--', path])
    return c.json(await Promise.all(out.toString().split('\n').filter(Boolean).map(commitJson)))
  })

  app.get('/commits/:ref{.+}', async (c) => {
    const sha = await resolve(c.req.param('ref'))
    if (sha === undefined) throw notFound()
    return c.json(await commitJson(sha))
  })

  const commitJson = async (sha: string): Promise<Record<string, unknown>> => {
    const commit = await git.readCommit(sha)
    const { author, committer, message, tree, parents } = commit
    return {
      sha,
      url: `${api()}/commits/${sha}`,
      html_url: `${html()}/commit/${sha}`,
      commit: { author, committer, message, tree: { sha: tree }, verification: verificationOf(commit) },
      author: accountOf(author),
      committer: accountOf(committer),
      parents: parents.map((parent) => ({ sha: parent })),
    }
  }

  app.get('/compare/:range{.+}', async (c) => {
    const [from = '', to = ''] = c.req.param('range').split('...')
    const [base, head] = await Promise.all([resolve(from), resolve(to)])
    if (base === undefined || head === undefined) throw notFound()
    const mergeBase = await git.mergeBase(base, head)
    if (mergeBase === undefined) throw notFound()
    const [ahead, behind] = await Promise.all([
      git.commitsBetween(base, head),
      git.commitsBetween(head, base),
    ])
    const status =
      base === head ? 'identical' : behind.length === 0 ? 'ahead' : ahead.length === 0 ? 'behind' : 'diverged'
    const perPage = Math.min(Number(c.req.query('per_page') ?? 250), 250)
    const page = Number(c.req.query('page') ?? 1)
    return c.json({
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: await commitJson(base),
      merge_base_commit: await commitJson(mergeBase),
      commits: await Promise.all(ahead.slice((page - 1) * perPage, page * perPage).map(commitJson)),
      files: await changedFiles(mergeBase, head),
    })
  })

  const changedFiles = async (from: string, to: string): Promise<Record<string, string>[]> => {
    const out = await git.git(['diff-tree', '-r', '-z', '--no-renames', '--raw', '--abbrev=40', from, to])
    const parts = out.toString().split('\0').filter(Boolean)
    const statuses: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'removed' }
    return parts.flatMap((part, at) => {
      if (!part.startsWith(':')) return []
      const [, , , sha = '', status = ''] = part.split(' ')
      return [{ sha, filename: parts[at + 1] ?? '', status: statuses[status] ?? 'changed' }]
    })
  }

  app.get('/contents/:path{.*}?', async (c) => {
    const path = c.req.param('path') ?? ''
    const commit = await resolve(c.req.query('ref') ?? world.defaultBranch)
    if (commit === undefined) {
      return c.json(
        { message: `No commit found for the ref ${c.req.query('ref') ?? ''}`, status: '404' },
        404,
      )
    }
    const [entry] = path === '' ? [] : await git.listTree(commit, { path })
    if (path !== '' && !entry) throw notFound()
    if (!entry || entry.type !== 'blob') {
      const entries = await git.listTree(entry?.sha ?? commit)
      return c.json(
        entries.map((one) =>
          contentJson(path ? `${path}/${one.path}` : one.path, one.sha, one.size ?? 0, one.type),
        ),
      )
    }
    const bytes = await git.readBlob(entry.sha)
    if (/application\/vnd\.github(\.v3)?\.raw/.test(c.req.header('accept') ?? '')) {
      return c.body(new Uint8Array(bytes), 200, {
        'Content-Type': 'application/vnd.github.raw+json; charset=utf-8',
      })
    }
    const isSmall = bytes.length <= CONTENTS_MAX_BYTES
    return c.json({
      ...contentJson(path, entry.sha, bytes.length, 'blob'),
      encoding: isSmall ? 'base64' : 'none',
      content: isSmall ? bytes.toString('base64').replaceAll(/.{60}/g, '$&\n') : '',
    })
  })

  const contentJson = (path: string, sha: string, size: number, type: string): Record<string, unknown> => ({
    type: type === 'tree' ? 'dir' : 'file',
    name: path.split('/').at(-1),
    path,
    sha,
    size,
    url: `${api()}/contents/${path}`,
    git_url: `${api()}/git/${type}s/${sha}`,
    html_url: `${html()}/blob/${world.defaultBranch}/${path}`,
    download_url: type === 'tree' ? null : `${html()}/raw/${world.defaultBranch}/${path}`,
  })

  /** A branch, a tag, a full ref, or a commit. */
  const resolve = async (asked: string): Promise<string | undefined> => {
    for (const ref of [`refs/heads/${asked}`, `refs/tags/${asked}`, `refs/${asked}`, asked]) {
      const sha = await git.readRef(ref)
      if (sha !== undefined) return sha
    }
    return undefined
  }

  return app
}
