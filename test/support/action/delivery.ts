import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServeOptions } from '../../../emulator/serve.ts'
import { parseLock } from '../../../action/lock/lock-file.ts'
import type { LockEntries } from '../../../action/lock/schema.ts'
import { type ArtifactService, serveArtifacts } from '../github/artifacts.ts'
import { runGit } from '../github/bare-repository.ts'
import { type GitHub, type GitHubOptions, serveGitHub } from '../github/github.ts'
import { type ActionRun, startAction, type StartedAction } from './processes.ts'
import { KEY, startUpstream, type Upstream } from './upstream.ts'
import { config } from './workspace.ts'

export interface RunOptions {
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly event?: object
  readonly eventName?: string
}

export interface CheckoutOptions {
  /** A commit or a branch to check out instead of the run's branch. */
  readonly ref?: string
  /** The folders of a sparse checkout; files at the root are always there. */
  readonly sparse?: readonly string[]
}

/** A checkout of a branch, as `actions/checkout` leaves it. */
export interface Checkout {
  readonly root: string
  readonly sha: string
  /** The built Action, spawned in it. */
  run(options?: RunOptions): Promise<ActionRun>
  /** The same, while it runs. */
  start(options?: RunOptions): Promise<StartedAction>
  /** What `actions/checkout` with `clean: false` does to a workspace that a runner kept. */
  reset(): Promise<void>
}

/** Test doubles of GitHub, the artifact service and OpenRouter, and checkouts. */
export interface World extends AsyncDisposable {
  readonly github: GitHub
  readonly artifacts: ArtifactService
  readonly upstream: Upstream
  /** Makes Git LFS reachable: its server isn't part of the API, and no host name leads to the double. */
  readonly lfsEnv: Readonly<Record<string, string>>
  checkout(branch?: string, options?: CheckoutOptions): Promise<Checkout>
  /** The lock on a branch. */
  lock(branch?: string): Promise<LockEntries>
  /** A file on a branch; `undefined` when there is none. */
  file(path: string, branch?: string): Promise<Buffer | undefined>
  /** Subjects of a branch's commits, newest first. */
  subjects(branch?: string): Promise<string[]>
}

interface WorldOptions extends Omit<GitHubOptions, 'artifacts'>, Pick<ServeOptions, 'faults'> {
  /** Of OpenRouter. */
  readonly latencyMs?: number
}

/** An `easel.yml` with these images: prompts by path. */
export function listed(images: Readonly<Record<string, string>>): string {
  return config(...Object.entries(images).map(([path, prompt]) => ({ path, prompt })))
}

export async function startWorld(
  images: Readonly<Record<string, string>>,
  { latencyMs = 0, faults = [], files = {}, ...options }: WorldOptions = {},
): Promise<World> {
  const artifacts = await serveArtifacts()
  const [github, upstream] = await Promise.all([
    serveGitHub({
      ...options,
      artifacts: artifacts.artifacts,
      files: { 'README.md': '# Docs\n', 'easel.yml': listed(images), ...files },
    }),
    startUpstream({ latencyMs, faults }),
  ])
  const folders: string[] = []
  const file = (path: string, branch = 'main'): Promise<Buffer | undefined> =>
    github.git.git(['cat-file', 'blob', `refs/heads/${branch}:${path}`]).catch(() => undefined)

  return {
    github,
    artifacts,
    upstream,
    lfsEnv: { GITHUB_SERVER_URL: github.apiUrl },
    async checkout(branch = 'main', { ref, sparse } = {}) {
      const root = await mkdtemp(join(tmpdir(), 'easel-checkout-'))
      folders.push(root)
      const partly = sparse ? ['--sparse'] : []
      await runGit(['clone', '--quiet', '--branch', branch, ...partly, github.git.path, root])
      if (sparse) await runGit(['-C', root, 'sparse-checkout', 'set', ...sparse])
      if (ref !== undefined) {
        await runGit(['-C', root, 'fetch', '--quiet', '--depth=1', `file://${github.git.path}`, ref])
        const isBranch = (await github.head(ref)) !== ''
        const how = isBranch ? ['-B', ref] : ['--detach']
        await runGit(['-C', root, 'checkout', '--quiet', ...how, 'FETCH_HEAD'])
      }
      const sha = await github.head(branch)
      const start = ({ inputs, env, event, eventName }: RunOptions = {}): Promise<StartedAction> =>
        startAction(root, {
          inputs: { 'openrouter-api-key': KEY, 'base-url': upstream.url, ...inputs },
          ...(event && { event }),
          ...(eventName && { eventName }),
          env: {
            ...github.env,
            ...artifacts.env,
            GITHUB_SHA: sha,
            GITHUB_REF_NAME: branch,
            GITHUB_REF_TYPE: 'branch',
            ...env,
          },
        })
      return {
        root,
        sha,
        start,
        run: async (how) => (await start(how)).ended,
        reset: async () => void (await runGit(['-C', root, 'checkout', '--quiet', '--force', branch])),
      }
    },
    async lock(branch) {
      const text = await file('easel.lock.json', branch)
      return text ? parseLock(text.toString('utf8'), 'easel.lock.json') : new Map()
    },
    file,
    async subjects(branch = 'main') {
      const log = await github.git.git(['log', '--format=%s', `refs/heads/${branch}`])
      return log.toString('utf8').trim().split('\n')
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([
        github[Symbol.asyncDispose](),
        artifacts[Symbol.asyncDispose](),
        upstream[Symbol.asyncDispose](),
        ...folders.map((folder) => rm(folder, { recursive: true, force: true })),
      ])
    },
  }
}
