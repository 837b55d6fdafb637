import { createHash, randomBytes } from 'node:crypto'
import { createEmulator } from 'emulate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, type GitHubApi } from '../../../../action/github/api/api.ts'
import { type CommitFile, createCommit } from '../../../../action/github/api/create-commit.ts'
import { BranchMovedError } from '../../../../action/github/api/failure.ts'
import { headOf, listFiles, readBlob } from '../../../../action/github/api/read.ts'
import { cloned } from '../../../support/github/client.ts'
import { type GitHub, type GitHubOptions, serveGitHub } from '../../../support/github/github.ts'

let github: GitHub
/** How long the API waited, in milliseconds. It doesn't really wait: its clock is moved forward. */
let waits: number[]
let clock: number

beforeEach(async () => {
  github = await serveGitHub()
  waits = []
  clock = Date.now()
})

afterEach(() => github[Symbol.asyncDispose]())

async function start(options: GitHubOptions): Promise<void> {
  await github[Symbol.asyncDispose]()
  github = await serveGitHub(options)
}

function api(token = 'ghs_test', apiUrl = github.apiUrl): GitHubApi {
  const { serverUrl } = github
  return connect(
    token,
    { apiUrl, serverUrl, repository: 'octo/docs' },
    {
      async sleep(ms) {
        waits.push(ms)
        clock += ms
      },
      now: () => clock,
      log: () => {},
    },
  )
}

function file(path: string, bytes: Uint8Array): CommitFile {
  return { path, size: bytes.length, read: () => Promise.resolve(bytes) }
}

async function commit(files: readonly CommitFile[], removed: readonly string[] = []) {
  const head = await github.head()
  return createCommit(api(), { branch: 'main', head, headline: 'Images', body: 'Some', files, removed })
}

function paths(method: string): string[] {
  return github.requests.filter((one) => one.method === method).map(({ path }) => path)
}

describe('a commit', () => {
  it('is one request up to 28 MB', async () => {
    const bytes = randomBytes(27_000_000)

    const { sha, verified } = await commit([file('a.png', bytes)])

    expect(paths('POST')).toEqual(['/graphql'])
    expect([sha, verified]).toEqual([await github.head(), true])
  })

  it('is sent object by object above that, concurrently, in trees of 100, and is still one signed commit', async () => {
    await start({ limits: { writes: 1000 } })
    await github.push({ 'old.png': 'old' })
    const files = Array.from({ length: 120 }, (_, at) =>
      file(`img/${at % 7}/${at}.png`, randomBytes(250_000)),
    )

    const { sha, verified, url } = await commit(files, ['old.png'])

    expect([sha, verified]).toEqual([await github.head(), true])
    expect(url).toBe(`${github.serverUrl}/octo/docs/commit/${sha}`)
    expect(paths('POST').filter((path) => path.endsWith('/blobs'))).toHaveLength(120)
    expect(paths('POST').filter((path) => path.endsWith('/trees'))).toHaveLength(2)
    expect(github.mostAtOnce()).toBeGreaterThan(4)
    // 124 writes: the 76th is sent a minute after the first.
    expect(waits.some((ms) => ms >= 60_000 && ms < 61_000)).toBe(true)
    await cloned(github, async (_folder, git) => {
      expect((await git('ls-files')).split('\n')).toHaveLength(121)
      expect(await git('rev-list', '--count', 'HEAD')).toBe('3')
      const hash = await git('rev-parse', 'HEAD:img/6/6.png')
      const bytes = await files[6]?.read()
      const expected = createHash('sha1')
        .update(`blob 250000\0`)
        .update(bytes ?? '')
        .digest('hex')
      expect(hash).toBe(expected)
    })
  }, 120_000)

  it.each([
    ['in one request', 1000],
    ['object by object', 30_000_000],
  ])('%s, reports that the branch has moved, and leaves it alone', async (_how, size) => {
    const head = await github.head()
    const moved = await github.push({ 'other.txt': 'x' })

    await expect(
      createCommit(api(), {
        branch: 'main',
        head,
        headline: 'Images',
        body: '',
        files: [file('a.png', randomBytes(size))],
        removed: [],
      }),
    ).rejects.toBeInstanceOf(BranchMovedError)

    expect(await github.head()).toBe(moved)
  })
})

describe('object by object against emulate, which is independent of our double', () => {
  it('commits images to the tip of the branch, and refuses a branch that has moved', async () => {
    const { url, close } = await createEmulator({
      service: 'github',
      port: 0,
      seed: {
        tokens: { ghp_ada: { login: 'ada', scopes: ['repo'] } },
        github: {
          users: [{ login: 'ada', name: 'Ada' }],
          orgs: [{ login: 'octo', members: [{ login: 'ada', role: 'admin' }] }],
          repos: [{ owner: 'octo', name: 'docs', auto_init: true }],
        },
      },
    })
    try {
      const client = api('ghp_ada', url)
      const head = (await headOf(client, 'main')) ?? ''
      const bytes = randomBytes(1000)
      const wanted = { branch: 'main', head, headline: 'Images', body: '', removed: [] }
      // Declared bigger than it is, because emulate has no createCommitOnBranch.
      const files = [{ ...file('img/a.png', bytes), size: 30_000_000 }]

      const { sha } = await createCommit(client, { ...wanted, files })

      expect(await headOf(client, 'main')).toBe(sha)
      const there = (await listFiles(client, sha, [])).find(({ path }) => path === 'img/a.png')
      expect(Buffer.from(await readBlob(client, there?.sha ?? ''))).toEqual(bytes)
      await expect(createCommit(client, { ...wanted, headline: 'Late', files })).rejects.toThrow()
      expect(await headOf(client, 'main')).toBe(sha)
    } finally {
      await close()
    }
  })
})

describe('rate limits and retries', () => {
  it('waits as long as a secondary rate limit says, and loses nothing', async () => {
    await start({
      limits: { writes: 5, windowMs: 1000, retryAfterSeconds: 1, status: 403, now: () => clock },
    })
    // Declared bigger than they are, so that they are sent object by object.
    const files = Array.from({ length: 8 }, (_, at) => ({
      ...file(`${at}.png`, randomBytes(1000)),
      size: 4_000_000,
    }))

    await commit(files)

    expect(github.limited()).toBeGreaterThan(0)
    expect(waits.some((ms) => ms >= 1000 && ms < 2000)).toBe(true)
    await cloned(github, async (_folder, git) => {
      expect((await git('ls-files')).split('\n')).toHaveLength(9)
    })
  })

  it('waits for the rate limit of GraphQL, which it says with a status of 200', async () => {
    const body = { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }
    const response = { status: 200, headers: { 'retry-after': '2' }, body }
    github.add({ path: /graphql/, times: 1, response })

    await commit([file('a.png', randomBytes(10))])

    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeGreaterThanOrEqual(2000)
  })

  it('waits for at most five minutes', async () => {
    await start({ limits: { writes: 0, retryAfterSeconds: 3600 } })

    await expect(commit([file('a.png', randomBytes(10))])).rejects.toThrow('secondary rate limit')

    expect(waits).toEqual([])
  })

  it('retries a 502 or a cut connection if that is safe, and posts no comment twice', async () => {
    github.add({ path: /graphql/, times: 1, response: { status: 502, body: 'Bad Gateway' } })
    github.add({ path: /graphql/, times: 1, cut: 'before' })
    github.add({ path: /comments/, response: { status: 502, body: 'Bad Gateway' } })

    const message = 'Something went wrong while executing your query on 2026-11-26.'
    github.add({ path: /graphql/, times: 1, response: { status: 200, body: { errors: [{ message }] } } })

    await commit([file('a.png', randomBytes(10))])
    await expect(
      api().request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        issue_number: 1,
        body: 'x',
      }),
    ).rejects.toMatchObject({ status: 502 })

    expect(paths('POST')).toEqual([
      ...Array.from({ length: 4 }, () => '/graphql'),
      '/repos/octo/docs/issues/1/comments',
    ])
  })

  it('does not retry a refusal', async () => {
    await expect(
      createCommit(api('ghs_reader'), {
        branch: 'main',
        head: await github.head(),
        headline: 'Images',
        body: '',
        files: [file('a.png', randomBytes(10))],
        removed: [],
      }),
    ).rejects.toThrow('Resource not accessible by integration')

    expect(paths('POST')).toHaveLength(1)
  })
})
