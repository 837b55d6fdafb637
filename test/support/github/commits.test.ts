import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloned, commit, CREATE_COMMIT, octokit, REPO } from './client.ts'
import { type GitHub, serveGitHub } from './github.ts'

let github: GitHub

beforeEach(async () => {
  github = await serveGitHub()
})

afterEach(() => github[Symbol.asyncDispose]())

describe('committing in one request', () => {
  it('creates a real commit that a clone has, signed and verified', async () => {
    const before = await github.head()

    const { oid, url, signature } = await commit(github, {
      'docs/img/a.png': 'image a',
      'b.png': 'image b',
    })

    expect(signature).toMatchObject({ isValid: true })
    expect(url).toBe(`${github.serverUrl}/octo/docs/commit/${oid}`)
    await cloned(github, async (folder, git) => {
      expect(await readFile(join(folder, 'docs/img/a.png'), 'utf8')).toBe('image a')
      const log = await git('log', '-1', '--format=%H %P%n%an%n%B')
      expect(log.split('\n')).toEqual([
        `${oid} ${before}`,
        'github-actions[bot]',
        'Update images',
        '',
        'Two of them.',
      ])
    })
    const { data } = await octokit(github).rest.git.getCommit({ ...REPO, commit_sha: oid })
    expect(data.verification).toMatchObject({ verified: true, reason: 'valid' })
  })

  it('refuses a branch that has moved as STALE_DATA, and changes nothing', async () => {
    const seen = await github.head()
    const moved = await github.push({ 'other.txt': 'someone else' })

    await expect(commit(github, { 'a.png': 'a' }, { head: seen })).rejects.toMatchObject({
      errors: [{ type: 'STALE_DATA', path: ['createCommitOnBranch'] }],
      message: expect.stringContaining('Expected branch to point to') as string,
    })

    expect(await github.head()).toBe(moved)
  })

  it('lets only one of two concurrent commits win', async () => {
    const outcomes = await Promise.allSettled([
      commit(github, { 'a.png': 'a' }),
      commit(github, { 'b.png': 'b' }),
    ])

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await cloned(github, async (_folder, git) => {
      expect(await git('rev-list', '--count', 'HEAD')).toBe('2')
    })
  })

  it('removes files, and refuses to remove a missing one', async () => {
    await github.push({ 'old/a.png': 'a', 'old/b.png': 'b' })

    await commit(github, { 'new.png': 'c' }, { deletions: ['old/a.png'] })
    await expect(commit(github, {}, { deletions: ['old/a.png'] })).rejects.toThrow('requested for deletion')

    const { data } = await octokit(github).rest.git.getTree({ ...REPO, tree_sha: 'main', recursive: '1' })
    expect(data.tree.filter(({ type }) => type === 'blob').map(({ path }) => path)).toEqual([
      'README.md',
      'new.png',
      'old/b.png',
    ])
  })

  it('refuses fields that GitHub does not have', async () => {
    await expect(
      octokit(github).graphql(CREATE_COMMIT, { input: { branch: { branch: 'main' } } }),
    ).rejects.toThrow('Field "branch" is not defined')
    await expect(octokit(github).graphql('{ viewer { password } }')).rejects.toThrow('Cannot query field')
  })

  it('refuses a request of more than 40 MB', async () => {
    const contents = 'A'.repeat(41 * 1024 * 1024)

    await expect(
      octokit(github).graphql(CREATE_COMMIT, {
        input: { fileChanges: { additions: [{ path: 'a', contents }] } },
      }),
    ).rejects.toMatchObject({ status: 413 })
  })
})

describe('committing object by object', () => {
  it('builds blobs, chained trees, a signed commit and a ref that a clone has', async () => {
    const { git } = octokit(github).rest
    const parent = await github.head()
    const bytes = randomBytes(3000)
    const blob = await git.createBlob({ ...REPO, content: bytes.toString('base64'), encoding: 'base64' })
    const entry = (path: string) => ({ path, mode: '100644', type: 'blob', sha: blob.data.sha }) as const
    const first = await git.createTree({ ...REPO, base_tree: parent, tree: [entry('img/a/1.png')] })
    const second = await git.createTree({ ...REPO, base_tree: first.data.sha, tree: [entry('img/2.png')] })

    const created = await git.createCommit({
      ...REPO,
      message: 'Update images',
      tree: second.data.sha,
      parents: [parent],
    })
    await git.updateRef({ ...REPO, ref: 'heads/main', sha: created.data.sha, force: false })

    expect(created.data.verification.verified).toBe(true)
    await cloned(github, async (folder) => {
      expect(await readFile(join(folder, 'img/a/1.png'))).toEqual(bytes)
      expect(await readFile(join(folder, 'img/2.png'))).toEqual(bytes)
      expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('# Docs\n')
    })
  })

  it('does not sign for a person, nor for a bot that names an author', async () => {
    const head = await github.head()
    const { tree } = await github.git.readCommit(head)
    const request = { ...REPO, message: 'm', tree, parents: [head] }

    const personal = await octokit(github, 'ghp_ada').rest.git.createCommit(request)
    const named = await octokit(github).rest.git.createCommit({
      ...request,
      author: { name: 'Easel', email: 'easel@example.com' },
    })

    expect([personal.data.verification.reason, named.data.verification.reason]).toEqual([
      'unsigned',
      'unsigned',
    ])
  })

  it('refuses an update that is not a fast-forward, unless forced', async () => {
    const head = await github.head()
    const { tree } = await github.git.readCommit(head)
    const { git } = octokit(github).rest
    const created = await git.createCommit({ ...REPO, message: 'm', tree, parents: [head] })
    await github.push({ 'other.txt': 'someone else' })
    const update = { ...REPO, ref: 'heads/main', sha: created.data.sha }

    await expect(git.updateRef({ ...update, force: false })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Update is not a fast-forward') as string,
    })
    await git.updateRef({ ...update, force: true })

    expect(await github.head()).toBe(created.data.sha)
  })

  it('refuses what git can’t store: malformed paths, removal of missing files, too many entries', async () => {
    const { git } = octokit(github).rest
    const head = await github.head()
    const tree = (...paths: string[]) =>
      git.createTree({
        ...REPO,
        base_tree: head,
        tree: paths.map((path) => ({ path, mode: '100644', type: 'blob', content: 'x' })),
      })

    await expect(tree('a/../b')).rejects.toThrow('malformed path component')
    await expect(tree('.git/config')).rejects.toThrow('malformed path component')
    await expect(tree(...Array.from({ length: 201 }, (_, at) => `${at}.png`))).rejects.toThrow('timed out')
    await expect(
      git.createTree({
        ...REPO,
        base_tree: head,
        tree: [{ path: 'gone.png', mode: '100644', type: 'blob', sha: null }],
      }),
    ).rejects.toThrow('BadObjectState')
    await expect(git.createBlob({ ...REPO, content: 'no base64!', encoding: 'base64' })).rejects.toThrow(
      'not valid Base64',
    )
    await expect(
      octokit(github).request('POST /repos/octo/docs/git/refs', {
        ref: 'refs/heads/x',
        sha: head,
        branch: 'x',
      }),
    ).rejects.toThrow('"branch" is not a permitted key')
  })
})
