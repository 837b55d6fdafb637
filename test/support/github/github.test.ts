import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commit, octokit, REPO, type TokenName } from './client.ts'
import { type GitHub, type GitHubOptions, serveGitHub } from './github.ts'

let github: GitHub

beforeEach(async () => {
  github = await serveGitHub()
})

afterEach(() => github[Symbol.asyncDispose]())

async function start(options: GitHubOptions): Promise<void> {
  await github[Symbol.asyncDispose]()
  github = await serveGitHub(options)
}

async function openPull(head: string, token: TokenName = 'ghs_test'): Promise<number> {
  const request = { ...REPO, head, base: 'main', title: 'Images' }
  return (await octokit(github, token).rest.pulls.create(request)).data.number
}

describe('reading', () => {
  it('serves contents as JSON and raw, at any ref', async () => {
    const old = await github.head()
    await github.push({ 'easel.yml': 'version: 1\n', 'docs/a.md': '# A\n' })
    const { repos } = octokit(github).rest

    const raw = await repos.getContent({ ...REPO, path: 'easel.yml', mediaType: { format: 'raw' } })
    const { data: json } = await repos.getContent({ ...REPO, path: 'docs/a.md', ref: 'main' })
    const { data: folder } = await repos.getContent({ ...REPO, path: 'docs' })

    expect(raw.data).toBe('version: 1\n')
    expect(json).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: Buffer.from('# A\n').toString('base64'),
    })
    expect(folder).toMatchObject([{ path: 'docs/a.md', type: 'file' }])
    await expect(repos.getContent({ ...REPO, path: 'easel.yml', ref: old })).rejects.toMatchObject({
      status: 404,
    })
  })

  it('compares two branches, and names the authors of the commits between them', async () => {
    await github.push({ 'a.txt': 'a' }, { branch: 'topic', by: 'grace' })
    await github.push({ 'b.txt': 'b' })

    const { data } = await octokit(github).rest.repos.compareCommitsWithBasehead({
      ...REPO,
      basehead: 'main...topic',
    })

    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 })
    expect(data.commits.map(({ commit: { author } }) => author?.name)).toEqual(['grace'])
    expect(data.files).toMatchObject([{ filename: 'a.txt', status: 'added' }])
  })
})

describe('rules', () => {
  it('tells those of a ruleset and who may bypass it, and of classic protections only who may push', async () => {
    await github.push({}, { branch: 'queued' })
    await github.push({}, { branch: 'secret' })
    github.protectedBranches.set('main', 'bypassed').set('queued', 'queue').set('secret', 'protection')
    const { rest, graphql } = octokit(github)
    const rules = async (branch: string) => (await rest.repos.getBranchRules({ ...REPO, branch })).data
    const mayPush = async (branch: string) =>
      graphql<object>(
        `{ repository(owner: "octo", name: "docs") { ref(qualifiedName: "refs/heads/${branch}") { refUpdateRule { viewerCanPush } } } }`,
      )

    const [pulls] = await rules('main')
    const { data } = await rest.repos.getRepoRuleset({ ...REPO, ruleset_id: pulls?.ruleset_id ?? 0 })

    expect([pulls?.type, data.current_user_can_bypass]).toEqual(['pull_request', 'always'])
    expect((await rules('queued')).map(({ type }) => type)).toEqual(['merge_queue'])
    expect(await rules('secret')).toEqual([])
    expect(await mayPush('secret')).toEqual({ repository: { ref: { refUpdateRule: null } } })
    github.protectedBranches.set('secret', 'restricted')
    expect(await mayPush('secret')).toEqual({
      repository: { ref: { refUpdateRule: { viewerCanPush: false } } },
    })
  })

  it('knows which branches point to a commit; a fork’s commit is on none', async () => {
    const tip = await github.push({ 'a.txt': 'a' }, { branch: 'topic' })
    const fork = await github.pushFork({ 'b.txt': 'b' })
    const branches = async (commit_sha: string) =>
      (await octokit(github).rest.repos.listBranchesForHeadCommit({ ...REPO, commit_sha })).data

    expect((await branches(tip)).map(({ name }) => name)).toEqual(['topic'])
    expect(await branches(fork)).toEqual([])
  })
})

describe('pull requests', () => {
  it('are opened, found, updated, commented on and closed', async () => {
    await github.push({ 'a.png': 'a' }, { branch: 'easel/images' })
    const { pulls, issues } = octokit(github).rest

    const opened = await pulls.create({ ...REPO, head: 'easel/images', base: 'main', title: 'Images' })
    const number = opened.data.number
    const found = await pulls.list({ ...REPO, head: 'octo:easel/images', base: 'main' })
    const comment = await issues.createComment({ ...REPO, issue_number: number, body: 'one' })
    await issues.updateComment({ ...REPO, comment_id: comment.data.id, body: 'two' })
    const comments = await issues.listComments({ ...REPO, issue_number: number })
    const closed = await pulls.update({ ...REPO, pull_number: number, state: 'closed' })

    expect(opened.data.html_url).toBe(`${github.serverUrl}/octo/docs/pull/${number}`)
    expect(found.data.map((pull) => pull.head.sha)).toEqual([await github.head('easel/images')])
    expect(comments.data.map(({ body, user }) => [body, user?.login])).toEqual([
      ['two', 'github-actions[bot]'],
    ])
    expect(closed.data.state).toBe('closed')
    expect((await pulls.list({ ...REPO })).data).toEqual([])
  })

  it('are refused when one exists, when they are empty, and without the setting', async () => {
    await github.push({ 'a.png': 'a' }, { branch: 'topic' })
    await openPull('topic')

    await expect(openPull('topic')).rejects.toThrow('A pull request already exists for octo:topic.')
    await expect(openPull('main')).rejects.toThrow('No commits between main and main')
    await expect(openPull('nowhere')).rejects.toThrow('Validation Failed')
    await start({ workflowsMayOpenPulls: false })
    await github.push({ 'a.png': 'a' }, { branch: 'topic' })
    await expect(openPull('topic')).rejects.toThrow('GitHub Actions is not permitted to create')
    await expect(openPull('topic', 'ghp_ada')).resolves.toBeDefined()
  })

  it('refuse a comment longer than GitHub accepts', async () => {
    await github.push({ 'a.png': 'a' }, { branch: 'topic' })
    const { pulls, issues } = octokit(github).rest
    const { data } = await pulls.create({ ...REPO, head: 'topic', base: 'main', title: 'Images' })

    await expect(
      issues.createComment({ ...REPO, issue_number: data.number, body: 'x'.repeat(65_537) }),
    ).rejects.toMatchObject({ status: 422 })
  })
})

describe('rights', () => {
  it('a token without rights can’t write, in either API', async () => {
    const before = await github.head()

    await expect(
      octokit(github, 'ghs_reader').rest.git.createBlob({ ...REPO, content: 'x' }),
    ).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration') as string,
    })
    await expect(commit(github, { 'a.png': 'a' }, { token: 'ghs_reader' })).rejects.toMatchObject({
      errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }],
    })
    await expect(octokit(github, 'ghs_wrong').rest.repos.get(REPO)).rejects.toMatchObject({ status: 401 })

    expect(await github.head()).toBe(before)
  })

  it.each(['protection', 'ruleset'] as const)('a branch under %s takes no direct change', async (rule) => {
    const before = await github.head()
    const { tree } = await github.git.readCommit(before)
    github.protectedBranches.set('main', rule)
    const { git } = octokit(github).rest
    const created = await git.createCommit({ ...REPO, message: 'm', tree, parents: [before] })

    await expect(commit(github, { 'a.png': 'a' })).rejects.toThrow(
      'Changes must be made through a pull request.',
    )
    await expect(git.updateRef({ ...REPO, ref: 'heads/main', sha: created.data.sha })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Changes must be made through a pull request.') as string,
    })

    expect(await github.head()).toBe(before)
  })
})

describe('limits and faults', () => {
  it('limits write requests, and says how long to wait', async () => {
    await start({ limits: { writes: 2, status: 429, retryAfterSeconds: 7 } })
    const blob = () => octokit(github).rest.git.createBlob({ ...REPO, content: 'x' })
    await blob()
    await blob()

    await expect(blob()).rejects.toMatchObject({
      status: 429,
      response: { headers: { 'retry-after': '7' } },
      message: expect.stringContaining('secondary rate limit') as string,
    })

    await octokit(github).rest.repos.get(REPO)
    expect(github.limited()).toBe(1)
  })

  it('limits the requests of a token', async () => {
    await start({ limits: { requests: 1 } })
    await octokit(github).rest.repos.get(REPO)

    await expect(octokit(github).rest.repos.get(REPO)).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-ratelimit-remaining': '0' } },
    })
  })

  it('applies a fault to the next n matching requests, and no others', async () => {
    github.add({ method: 'POST', path: /blobs/, times: 1, response: { status: 502, body: 'Bad Gateway' } })
    const blob = () => octokit(github).rest.git.createBlob({ ...REPO, content: 'x' })

    await octokit(github).rest.repos.get(REPO)
    await expect(blob()).rejects.toMatchObject({ status: 502 })
    await expect(blob()).resolves.toBeDefined()
  })

  it('cuts a connection before a commit is created, or after', async () => {
    const before = await github.head()
    github.add({ path: /graphql/, times: 1, cut: 'before' })
    await expect(commit(github, { 'a.png': 'a' })).rejects.toThrow()
    expect(await github.head()).toBe(before)

    github.add({ path: /graphql/, times: 1, cut: 'after' })
    await expect(commit(github, { 'a.png': 'a' })).rejects.toThrow()
    expect(await github.head()).not.toBe(before)
  })

  it('lets somebody else push right before a request', async () => {
    github.add({ path: /graphql/, times: 1, meanwhile: () => github.push({ 'other.txt': 'x' }) })

    await expect(commit(github, { 'a.png': 'a' })).rejects.toMatchObject({ errors: [{ type: 'STALE_DATA' }] })
  })

  it('keeps a journal', async () => {
    await commit(github, { 'a.png': 'a' })

    expect(github.requests).toMatchObject([
      { method: 'POST', path: '/graphql', status: 200, authorization: 'token ghs_test' },
    ])
  })
})
