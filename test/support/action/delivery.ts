import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseLock } from '../../../action/lock/lock-file.ts'
import type { LockEntries } from '../../../action/lock/schema.ts'
import { type ArtifactService, serveArtifacts } from '../github/artifacts.ts'
import { runGit } from '../github/bare-repository.ts'
import { type GitHub, type GitHubOptions, serveGitHub } from '../github/github.ts'
import { type ActionRun, runAction } from './processes.ts'
import { KEY, startUpstream, type Upstream } from './upstream.ts'
import { config } from './workspace.ts'

export interface RunOptions {
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly event?: object
  readonly eventName?: string
}

/** A checkout of a branch, as `actions/checkout` leaves it. */
export interface Checkout {
  readonly root: string
  readonly sha: string
  /** The built Action, spawned in it. */
  run(options?: RunOptions): Promise<ActionRun>
}

/** Test doubles of GitHub, the artifact service and OpenRouter, and checkouts. */
export interface World extends AsyncDisposable {
  readonly github: GitHub
  readonly artifacts: ArtifactService
  readonly upstream: Upstream
  checkout(branch?: string): Promise<Checkout>
  /** The lock on a branch. */
  lock(branch?: string): Promise<LockEntries>
  /** A file on a branch; `undefined` when there is none. */
  file(path: string, branch?: string): Promise<Buffer | undefined>
  /** Subjects of a branch's commits, newest first. */
  subjects(branch?: string): Promise<string[]>
}

/** An `easel.yml` with these images: prompts by path. */
export function listed(images: Readonly<Record<string, string>>): string {
  return config(...Object.entries(images).map(([path, prompt]) => ({ path, prompt })))
}

export async function startWorld(
  images: Readonly<Record<string, string>>,
  { latencyMs = 0, ...options }: Omit<GitHubOptions, 'files'> & { readonly latencyMs?: number } = {},
): Promise<World> {
  const [github, artifacts, upstream] = await Promise.all([
    serveGitHub({ ...options, files: { 'README.md': '# Docs\n', 'easel.yml': listed(images) } }),
    serveArtifacts(),
    startUpstream({ latencyMs }),
  ])
  const folders: string[] = []
  const file = (path: string, branch = 'main'): Promise<Buffer | undefined> =>
    github.git.git(['cat-file', 'blob', `refs/heads/${branch}:${path}`]).catch(() => undefined)

  return {
    github,
    artifacts,
    upstream,
    async checkout(branch = 'main') {
      const root = await mkdtemp(join(tmpdir(), 'easel-checkout-'))
      folders.push(root)
      await runGit(['clone', '--quiet', '--branch', branch, github.git.path, root])
      const sha = await github.head(branch)
      return {
        root,
        sha,
        run: ({ inputs, env, event, eventName } = {}) =>
          runAction(root, {
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
          }),
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
