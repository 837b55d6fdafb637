import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Checkout,
  listed,
  type RunOptions,
  startWorld,
  type World,
} from '../../../support/action/delivery.ts'
import { createWorkspace, config } from '../../../support/action/workspace.ts'
import { runAction } from '../../../support/action/processes.ts'
import { inputsFor } from '../../../support/action/upstream.ts'
import { runGit } from '../../../support/github/bare-repository.ts'

const OWN = { full_name: 'octo/docs' }
const COMMIT = { deliver: 'commit' }

let world: World
/** Commits that the cases check out, by name. */
let commits: Readonly<Record<string, string>>

beforeAll(async () => {
  world = await startWorld({ 'fox.png': 'A fox' })
  const { github } = world
  const main = await github.head()
  const topic = await github.push({ 'topic.md': 'x' }, { branch: 'topic' })
  const develop = await github.push({ 'develop.md': 'x' }, { branch: 'develop' })
  const fork = await github.pushFork({ 'easel.yml': config({ path: 'evil.png', prompt: 'evil' }) })
  const merge = await mergeCommit(main, topic)
  commits = { main, topic, fork, merge, stale: await mergeCommit(main, develop) }
  await github.push({}, { branch: 'gh-readonly-queue/main/pr-1-abc' })
})

afterAll(() => world[Symbol.asyncDispose]())

/** What GitHub makes of a pull request for its runs. */
async function mergeCommit(base: string, head: string): Promise<string> {
  const { git } = world.github
  const person = { name: 'GitHub', email: 'noreply@github.com', date: new Date().toISOString() }
  const commit = await git.writeCommit({
    tree: (await git.git(['merge-tree', '--write-tree', base, head])).toString().trim(),
    parents: [base, head],
    message: 'Merge',
    author: person,
    committer: person,
    signed: false,
  })
  await git.moveRef(`refs/pull/${commit.slice(0, 7)}/merge`, commit, undefined)
  return commit
}

function pullRequest(sha: string, ref = 'topic', repo: object | null = OWN): RunOptions {
  return { eventName: 'pull_request', event: { pull_request: { number: 1, head: { sha, ref, repo } } } }
}

interface Case {
  /** The branch of the run. */
  readonly branch?: string
  /** What is checked out, if it is something else. */
  readonly ref?: string
  /** What the workflow does with the checkout. */
  readonly prepare?: (checkout: Checkout) => Promise<unknown>
  readonly run: (commits: Readonly<Record<string, string>>) => RunOptions
}

/** Fetches the fork's commit into a checkout, and the checkout of a folder in it. */
async function fetchFork(root: string): Promise<void> {
  await runGit(['-C', root, 'fetch', '--quiet', world.github.git.path, 'refs/pull/9/head'])
}

async function cloneFork({ root }: Checkout): Promise<void> {
  const folder = `${root}/fork`
  await runGit(['clone', '--quiet', world.github.git.path, folder])
  await fetchFork(folder)
  await runGit(['-C', folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD'])
}

async function start({ branch = 'main', ref, prepare, run }: Case) {
  const checkout = await world.checkout(branch, { ...(ref !== undefined && { ref: commits[ref] ?? ref }) })
  await prepare?.(checkout)
  const before = world.upstream.prompts().length
  const finished = await checkout.run(run(commits))
  return { ...finished, checkout, prompts: world.upstream.prompts().slice(before) }
}

describe('a run that may not deliver what it would generate', () => {
  const cases: readonly [string, string, Case][] = [
    [
      'a schedule that checks out another branch',
      'The workspace holds [0-9a-f]{7} of develop, and the images would go to main.*set branch to develop',
      { ref: 'develop', run: () => ({ eventName: 'schedule', inputs: COMMIT }) },
    ],
    [
      'a comment on the pull request of a fork, that checks out its head',
      'Anyone can cause issue_comment',
      { ref: 'fork', run: () => ({ eventName: 'issue_comment', inputs: { deliver: 'none' } }) },
    ],
    [
      'the same that would commit',
      'the images would go to main',
      { ref: 'fork', run: () => ({ eventName: 'issue_comment', inputs: COMMIT }) },
    ],
    [
      'the same that would commit, and names the branch',
      'the images would go to main',
      { ref: 'fork', run: () => ({ eventName: 'issue_comment', inputs: { ...COMMIT, branch: 'main' } }) },
    ],
    ...['commit', 'none'].map((deliver): [string, string, Case] => [
      `a comment, where the fork is checked out in a folder, with deliver: ${deliver}`,
      'Anyone can cause issue_comment, and fork/easel.yml isn’t in the commit of the workspace',
      {
        prepare: cloneFork,
        run: () => ({ eventName: 'issue_comment', inputs: { deliver, config: 'fork/easel.yml' } }),
      },
    ]),
    [
      'a comment, where the fork’s config replaces the repository’s',
      'Anyone can cause issue_comment, and easel.yml isn’t in the commit of the workspace, or was changed',
      {
        async prepare({ root }) {
          await fetchFork(root)
          await runGit(['-C', root, 'checkout', '--quiet', 'FETCH_HEAD', '--', 'easel.yml'])
        },
        run: () => ({ eventName: 'issue_comment', inputs: COMMIT }),
      },
    ],
    [
      'a workflow_run for a fork',
      'A run for a fork started this workflow',
      {
        ref: 'fork',
        run: () => ({
          eventName: 'workflow_run',
          event: { workflow_run: { head_repository: { full_name: 'mallory/docs' } } },
          inputs: COMMIT,
        }),
      },
    ],
    [
      'a merge queue',
      'The branch of a merge queue is read-only',
      {
        branch: 'gh-readonly-queue/main/pr-1-abc',
        run: () => ({ eventName: 'merge_group', inputs: COMMIT }),
      },
    ],
    [
      'a tag without a branch',
      'This run isn’t on a branch',
      { run: () => ({ inputs: COMMIT, env: { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' } }) },
    ],
    [
      'a tag, where nothing says where the images go',
      'This run isn’t on a branch .* set deliver to none or artifact',
      { run: () => ({ env: { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' } }) },
    ],
    [
      'the pull request of a fork',
      'comes from a fork',
      { ref: 'fork', run: ({ fork = '' }) => pullRequest(fork, 'main', { full_name: 'mallory/docs' }) },
    ],
    [
      'the pull request of a deleted fork',
      'comes from a fork',
      { ref: 'fork', run: ({ fork = '' }) => pullRequest(fork, 'main', null) },
    ],
    [
      'pull_request_target',
      'On pull_request_target Easel only plans',
      { run: ({ fork = '' }) => ({ ...pullRequest(fork, 'main'), eventName: 'pull_request_target' }) },
    ],
    [
      'the merge commit of another head',
      'the images would go to topic',
      {
        branch: 'topic',
        ref: 'stale',
        run: ({ topic = '', stale = '' }) => ({
          ...pullRequest(topic),
          inputs: COMMIT,
          env: { GITHUB_SHA: stale },
        }),
      },
    ],
    [
      'a pull request that would commit to main',
      'the images would go to main',
      {
        branch: 'topic',
        ref: 'merge',
        run: ({ topic = '', merge = '' }) => ({
          ...pullRequest(topic),
          inputs: { ...COMMIT, branch: 'main' },
          env: { GITHUB_SHA: merge },
        }),
      },
    ],
  ]

  it.each(cases)('only plans for %s, says why, and passes', async (_name, reason, one) => {
    const { code, stdout, summary, prompts } = await start(one)

    expect([code, prompts]).toEqual([0, []])
    expect(stdout).toMatch(new RegExp(`::notice title=Easel::.*${reason}`))
    expect(summary).toContain('Easel')
    expect(await world.subjects()).toEqual(['Begin'])
  })

  it('only plans for a comment where a page comes from a fork in a folder', async () => {
    await using other = await startWorld({})
    const page = '![A fox](fox.png)\n'
    await other.github.push({ 'easel.yml': `${listed({}).replace('images:\n', '')}markdown: ['**/*.md']\n` })
    await other.github.pushFork({ 'page.md': `<!-- easel -->\n${page}` })
    const checkout = await other.checkout()
    const folder = `${checkout.root}/fork`
    await runGit(['clone', '--quiet', other.github.git.path, folder])
    await runGit(['-C', folder, 'fetch', '--quiet', other.github.git.path, 'refs/pull/9/head'])
    await runGit(['-C', folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD'])

    const run = await checkout.run({ eventName: 'issue_comment', inputs: { deliver: 'none' } })

    expect([run.code, other.upstream.prompts()]).toEqual([0, []])
    expect(run.stdout).toContain('fork/page.md isn’t in the commit of the workspace')
  })

  it('only plans where no git can tell what the workspace is', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, {
      inputs: inputsFor(world.upstream, COMMIT),
      env: { ...world.github.env, GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch' },
    })

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('The workspace isn’t a git checkout')
    expect(world.upstream.prompts()).not.toContain('x')
  })
})

it('says what is wrong with the token when GitHub has to be asked what the workspace holds', async () => {
  const inputs = { ...COMMIT, branch: 'develop', 'github-token': 'ghs_expired' }

  const { code, stdout, prompts } = await start({
    ref: 'develop',
    run: () => ({ eventName: 'schedule', inputs }),
  })

  expect([code, prompts]).toEqual([1, []])
  expect(stdout).toContain('::error title=Easel::GitHub rejected the github-token')
})

describe('a run that may deliver', () => {
  const cases: readonly [string, string, Case][] = [
    [
      'the merge commit of a pull request, which is the default checkout',
      'topic',
      {
        branch: 'topic',
        ref: 'merge',
        run: ({ topic = '', merge = '' }) => ({
          ...pullRequest(topic),
          inputs: COMMIT,
          env: { GITHUB_SHA: merge, GITHUB_REF_NAME: '1/merge' },
        }),
      },
    ],
    [
      'a schedule that checks out another branch and names it',
      'develop',
      {
        ref: 'develop',
        run: () => ({ eventName: 'schedule', inputs: { ...COMMIT, branch: 'develop' } }),
      },
    ],
    [
      'a tag on the branch that is named',
      'main',
      {
        run: () => ({
          eventName: 'release',
          inputs: { ...COMMIT, branch: 'main' },
          env: { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' },
        }),
      },
    ],
  ]

  it.each(cases)('commits for %s', async (_name, branch, one) => {
    const { code, outputs } = await start(one)

    expect(code).toBe(0)
    expect(outputs['commit-sha']).toBe(await world.github.head(branch))
    expect([...(await world.lock(branch)).keys()]).toEqual(['fox.png'])
  })

  it('generates for a comment when a branch of the repository itself is checked out', async () => {
    const own = await world.github.push({ 'fox.png': null, 'easel.lock.json': null }, { branch: 'own' })

    const { code, prompts } = await start({ ref: own, run: () => ({ eventName: 'issue_comment' }) })

    expect([code, prompts]).toEqual([0, ['A fox']])
  })

  it('generates for a tag with deliver: none', async () => {
    await using other = await startWorld({ 'fox.png': 'A fox' })
    const env = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' }

    const run = await (await other.checkout()).run({ env, inputs: { deliver: 'none' } })

    expect([run.code, run.outputs['generated'], run.outputs['commit-sha']]).toEqual([0, '1', undefined])
  })

  it.each([
    ['a push to a branch', {}, 'true'],
    ['a manual run', { eventName: 'workflow_dispatch' }, undefined],
  ])('delivers by default what suits %s', async (_name, options, verified) => {
    await using other = await startWorld({ 'fox.png': 'A fox' })

    const run = await (await other.checkout()).run(options)

    expect([run.code, run.outputs['generated'], run.outputs['verified']]).toEqual([0, '1', verified])
  })
})
