import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { access, GITHUB_LIMITS, type GitHubEnv, type Limits, rateLimits, type Token } from './access.ts'
import { createBareRepository, type BareRepository } from './bare-repository.ts'
import { createFaults, type Faults } from './faults.ts'
import { graphqlRoutes } from './graphql.ts'
import { lfsRoutes } from './lfs.ts'
import { actionsRoutes, artifactStorage } from './rest-actions.ts'
import { respondWithRefusal, notFound, Refusal } from './refusal.ts'
import { gitRoutes } from './rest-git.ts'
import { commentRoutes, pullRoutes } from './rest-pulls.ts'
import { repositoryRoutes } from './rest-repository.ts'
import type { PullRequest, World } from './world.ts'

/** The tokens of the tests, and their rights. */
export const TOKENS = {
  ghs_test: bot({ contents: 'write', pull_requests: 'write', issues: 'write', actions: 'read' }),
  ghs_contents: bot({ contents: 'write' }),
  ghs_pulls: bot({ contents: 'read', pull_requests: 'write' }),
  ghs_reader: bot({ contents: 'read', pull_requests: 'read', issues: 'read' }),
  ghp_ada: {
    login: 'ada',
    kind: 'personal',
    rights: { contents: 'write', pull_requests: 'write', issues: 'write' },
  },
} as const satisfies Record<string, Token>

export interface GitHubOptions {
  /** `owner/name`. */
  readonly repository?: string
  /** The first commit on `main`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly limits?: Partial<Limits>
  readonly workflowsMayOpenPulls?: boolean
  /** Whether the repository has Git LFS. */
  readonly hasLfs?: boolean
  /** What earlier runs uploaded. */
  readonly artifacts?: World['artifacts']
}

/** GitHub's REST and GraphQL APIs for one repository, backed by a real bare one, on a free port. */
export interface GitHub extends Pick<Faults, 'requests' | 'add'>, AsyncDisposable {
  readonly apiUrl: string
  readonly serverUrl: string
  readonly git: BareRepository
  readonly pulls: readonly PullRequest[]
  readonly comments: World['comments']
  readonly protectedBranches: World['protectedBranches']
  /** What Git LFS has, by SHA-256. */
  readonly lfs: World['lfs']
  readonly mostAtOnce: () => number
  /** Requests refused by a secondary limit. */
  readonly limited: () => number
  /** The environment that the runner gives to an action. */
  readonly env: Readonly<Record<string, string>>
  /**
   * Commits to a branch with git, as somebody else. `null` removes a file; a number adds a submodule.
   *
   * @returns the commit
   */
  push(
    files: Readonly<Record<string, string | Uint8Array | null | 0>>,
    options?: { readonly branch?: string; readonly by?: string; readonly message?: string },
  ): Promise<string>
  /** Replaces the last commit of a branch, as `git commit --amend` does: its author stays. @returns the new commit */
  amend(files: Readonly<Record<string, string>>, options: { readonly branch: string }): Promise<string>
  /** A commit of a fork on top of `main`, reachable as the head of a pull request and on no branch. */
  pushFork(files: Readonly<Record<string, string>>): Promise<string>
  /** What a branch points to. */
  head(branch?: string): Promise<string>
  /** Merges a pull request with a merge commit, like the button does. */
  merge(number: number): Promise<void>
}

export async function serveGitHub({
  repository = 'octo/docs',
  files = { 'README.md': '# Docs\n' },
  limits = {},
  workflowsMayOpenPulls = true,
  hasLfs = false,
  artifacts = [],
}: GitHubOptions = {}): Promise<GitHub> {
  const [owner = '', name = ''] = repository.split('/')
  const git = await createBareRepository()
  let port = 0
  const world: World = {
    owner,
    name,
    git,
    defaultBranch: 'main',
    pulls: [],
    comments: [],
    protectedBranches: new Map(),
    workflowsMayOpenPulls,
    lfs: hasLfs ? new Map() : undefined,
    artifacts,
    // The artifact client only accepts such host names.
    serverUrl: () => `http://github.localhost:${port}`,
    apiUrl: () => `http://127.0.0.1:${port}`,
  }
  const faults = createFaults()
  const limiter = rateLimits({ ...GITHUB_LIMITS, ...limits })
  const server = createAdaptorServer({
    fetch: gitHubApp(world, faults, limiter).fetch,
    overrideGlobalObjects: false,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  const push = pusher(world)
  await push(files, { by: 'ada', message: 'Begin' })

  return {
    apiUrl: world.apiUrl(),
    serverUrl: world.serverUrl(),
    git,
    pulls: world.pulls,
    comments: world.comments,
    protectedBranches: world.protectedBranches,
    lfs: world.lfs,
    requests: faults.requests,
    add: faults.add,
    mostAtOnce: () => faults.mostAtOnce,
    limited: () => limiter.refused,
    env: {
      GITHUB_API_URL: world.apiUrl(),
      GITHUB_GRAPHQL_URL: `${world.apiUrl()}/graphql`,
      GITHUB_SERVER_URL: world.serverUrl(),
      GITHUB_REPOSITORY: repository,
    },
    push,
    amend: (changes, { branch }) => amend(world, changes, branch),
    async pushFork(changes) {
      const commit = await push(changes, { branch: 'fork', by: 'mallory' })
      await git.moveRef('refs/pull/9/head', commit, await git.readRef('refs/pull/9/head'))
      await git.moveRef('refs/heads/fork', undefined, commit)
      return commit
    },
    head: async (branch = 'main') => (await git.readRef(`refs/heads/${branch}`)) ?? '',
    merge: (number) => merge(world, number),
    async [Symbol.asyncDispose]() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await git[Symbol.asyncDispose]()
    },
  }
}

function gitHubApp(world: World, faults: Faults, limiter: ReturnType<typeof rateLimits>): Hono<GitHubEnv> {
  const app = new Hono<GitHubEnv>()
  const repo = `/repos/${world.owner}/${world.name}`
  app.onError((error, c) => {
    if (error instanceof Refusal) return respondWithRefusal(c, error)
    // A bug in the double must not look like a refusal.
    console.error(error)
    return c.json({ message: `The double failed: ${error.message}` }, 500)
  })
  app.notFound((c) => respondWithRefusal(c, notFound()))
  app.route(`/${world.owner}/${world.name}.git/info/lfs`, lfsRoutes(world, faults, TOKENS))
  app.route('/artifact-storage', artifactStorage(world))
  app.use(faults.middleware, access(TOKENS))
  app.get('/rate_limit', (c) => c.json({ resources: { core: { limit: 1000 } }, rate: { limit: 1000 } }))
  app.use(limiter.middleware)
  app.route(`${repo}/git`, gitRoutes(world))
  app.route(`${repo}/pulls`, pullRoutes(world))
  app.route(`${repo}/issues`, commentRoutes(world))
  app.route('/graphql', graphqlRoutes(world))
  app.route(`${repo}/actions`, actionsRoutes(world))
  app.route(repo, repositoryRoutes(world))
  return app
}

function pusher(world: World): GitHub['push'] {
  return async (files, { branch = 'main', by = 'ada', message = 'Change something' } = {}) => {
    const { git } = world
    const ref = `refs/heads/${branch}`
    const head = await git.readRef(ref)
    // A new branch starts at the default branch.
    const parent = head ?? (await git.readRef(`refs/heads/${world.defaultBranch}`))
    const changes = await Promise.all(
      Object.entries(files).map(async ([path, content]) => ({
        path,
        mode: content === 0 ? '160000' : '100644',
        sha:
          content === 0
            ? (parent ?? '')
            : content === null
              ? null
              : await git.writeBlob(Buffer.from(content)),
      })),
    )
    const person = { name: by, email: `${by}@example.com`, date: new Date().toISOString() }
    const commit = await git.writeCommit({
      tree: await git.writeTree(parent, changes),
      parents: parent === undefined ? [] : [parent],
      message,
      author: person,
      committer: person,
      signed: false,
    })
    if (!(await git.moveRef(ref, commit, head))) throw new Error(`${branch} moved while ${by} pushed`)
    return commit
  }
}

async function amend(
  { git }: World,
  files: Readonly<Record<string, string>>,
  branch: string,
): Promise<string> {
  const ref = `refs/heads/${branch}`
  const head = (await git.readRef(ref)) ?? ''
  const { parents, author, message } = await git.readCommit(head)
  const changes = await Promise.all(
    Object.entries(files).map(async ([path, text]) => ({
      path,
      mode: '100644',
      sha: await git.writeBlob(Buffer.from(text)),
    })),
  )
  const tree = await git.writeTree(head, changes)
  const committer = { name: 'grace', email: 'grace@example.com', date: new Date().toISOString() }
  const commit = await git.writeCommit({ tree, parents, message, author, committer, signed: false })
  await git.moveRef(ref, commit, head)
  return commit
}

async function merge({ git, pulls }: World, number: number): Promise<void> {
  const pull = pulls.find((one) => one.number === number)
  if (!pull) throw new Error(`There is no pull request ${number}`)
  const base = await git.readRef(`refs/heads/${pull.base}`)
  const head = await git.readRef(`refs/heads/${pull.head}`)
  if (base === undefined || head === undefined) throw new Error('A branch is gone')
  const tree = (await git.git(['merge-tree', '--write-tree', base, head])).toString().trim()
  const date = new Date().toISOString()
  const person = { name: 'ada', email: 'ada@example.com', date }
  const message = `Merge pull request #${number}`
  const commit = await git.writeCommit({
    tree,
    parents: [base, head],
    message,
    author: person,
    committer: person,
    signed: false,
  })
  await git.moveRef(`refs/heads/${pull.base}`, commit, base)
  Object.assign(pull, { state: 'closed', mergedAt: date, closedHeadSha: head })
}

function bot(rights: Token['rights']): Token {
  return { login: 'github-actions[bot]', kind: 'workflow', rights }
}
