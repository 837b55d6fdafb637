import { getOctokit } from '@actions/github'
import { createEmulator } from 'emulate'
import { afterEach, describe, expect, it } from 'vitest'
import { serveGitHub } from './github.ts'

const REPO = { owner: 'octo', repo: 'docs' }

interface Served {
  readonly apiUrl: string
  readonly token: string
  readonly close: () => Promise<void>
}

/** Our double, and one that was written independently. */
const SERVERS: Readonly<Record<string, () => Promise<Served>>> = {
  'the double': async () => {
    const github = await serveGitHub()
    return { apiUrl: github.apiUrl, token: 'ghp_ada', close: async () => github[Symbol.asyncDispose]() }
  },
  emulate: async () => {
    const token = 'ghp_ada'
    const { url, close } = await createEmulator({
      service: 'github',
      port: 0,
      seed: {
        tokens: { [token]: { login: 'ada', scopes: ['repo'] } },
        github: {
          users: [{ login: 'ada', name: 'Ada' }],
          orgs: [{ login: 'octo', members: [{ login: 'ada', role: 'admin' }] }],
          repos: [{ owner: 'octo', name: 'docs', auto_init: true }],
        },
      },
    })
    return { apiUrl: url, token, close }
  },
}

let served: Served

afterEach(() => served.close())

async function start(serve: () => Promise<Served>): Promise<ReturnType<typeof getOctokit>['rest']> {
  served = await serve()
  return getOctokit(served.token, { baseUrl: served.apiUrl }).rest
}

describe.each(Object.entries(SERVERS))('%s', (_name, serve) => {
  it('commits object by object, and returns what was committed', async () => {
    const { git, repos } = await start(serve)
    const head = (await git.getRef({ ...REPO, ref: 'heads/main' })).data.object.sha
    const before = (await git.getCommit({ ...REPO, commit_sha: head })).data
    const content = Buffer.from('image').toString('base64')
    const blob = await git.createBlob({ ...REPO, content, encoding: 'base64' })

    const tree = await git.createTree({
      ...REPO,
      base_tree: before.tree.sha,
      tree: [{ path: 'docs/img/a.png', mode: '100644', type: 'blob', sha: blob.data.sha }],
    })
    const commit = await git.createCommit({ ...REPO, message: 'm', tree: tree.data.sha, parents: [head] })
    const moved = await git.updateRef({ ...REPO, ref: 'heads/main', sha: commit.data.sha, force: false })

    expect(moved.data.object).toMatchObject({ type: 'commit', sha: commit.data.sha })
    const stored = await repos.getContent({ ...REPO, path: 'docs/img/a.png' })
    expect(stored.data).toMatchObject({ type: 'file', path: 'docs/img/a.png', size: 5 })
    const all = await git.getTree({ ...REPO, tree_sha: commit.data.sha, recursive: '1' })
    expect(all.data.tree.map(({ path }) => path)).toContain('docs/img/a.png')
  })

  it('refuses to move a branch to a commit that drops others', async () => {
    const { git } = await start(serve)
    const head = (await git.getRef({ ...REPO, ref: 'heads/main' })).data.object.sha
    const { tree } = (await git.getCommit({ ...REPO, commit_sha: head })).data
    const child = (message: string) => git.createCommit({ ...REPO, message, tree: tree.sha, parents: [head] })
    const [one, two] = [await child('one'), await child('two')]
    await git.updateRef({ ...REPO, ref: 'heads/main', sha: one.data.sha })

    await expect(
      git.updateRef({ ...REPO, ref: 'heads/main', sha: two.data.sha, force: false }),
    ).rejects.toMatchObject({ status: 422 })
    await expect(git.getRef({ ...REPO, ref: 'heads/nowhere' })).rejects.toMatchObject({ status: 404 })
    await expect(git.createRef({ ...REPO, ref: 'refs/heads/main', sha: head })).rejects.toMatchObject({
      status: 422,
    })
  })

  it('opens a pull request, updates it, comments on it and closes it', async () => {
    const { git, pulls, issues } = await start(serve)
    const head = (await git.getRef({ ...REPO, ref: 'heads/main' })).data.object.sha
    const before = (await git.getCommit({ ...REPO, commit_sha: head })).data
    const tree = await git.createTree({
      ...REPO,
      base_tree: before.tree.sha,
      tree: [{ path: 'a.png', mode: '100644', type: 'blob', content: 'a' }],
    })
    const commit = await git.createCommit({ ...REPO, message: 'm', tree: tree.data.sha, parents: [head] })
    await git.createRef({ ...REPO, ref: 'refs/heads/topic', sha: commit.data.sha })

    const opened = await pulls.create({
      ...REPO,
      head: 'topic',
      base: 'main',
      title: 'Images',
      body: 'one',
    })
    const number = opened.data.number
    await pulls.update({ ...REPO, pull_number: number, body: 'two' })
    const comment = await issues.createComment({ ...REPO, issue_number: number, body: 'three' })
    await issues.updateComment({ ...REPO, comment_id: comment.data.id, body: 'four' })
    const comments = await issues.listComments({ ...REPO, issue_number: number })
    const found = await pulls.list({ ...REPO, head: 'octo:topic', state: 'open' })
    const closed = await pulls.update({ ...REPO, pull_number: number, state: 'closed' })

    expect(found.data.map((pull) => [pull.number, pull.body, pull.head.ref])).toEqual([
      [number, 'two', 'topic'],
    ])
    expect(comments.data.map(({ body }) => body)).toEqual(['four'])
    expect(closed.data).toMatchObject({ number, state: 'closed' })
  })
})
