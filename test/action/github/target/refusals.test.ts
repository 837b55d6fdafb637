import { describe, expect, it } from 'vitest'
import { type CheckoutOptions, listed, startWorld, type World } from '../../../support/action/delivery.ts'
import type { GitHubOptions } from '../../../support/github/github.ts'

interface Case {
  readonly options?: GitHubOptions
  readonly prepare?: (world: World) => unknown
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly checkout?: CheckoutOptions
}

const READ_ONLY = 'The github-token may not write to main. The job needs permissions: contents: write'

/** As on a server without the service. */
const NO_ARTIFACTS = { ACTIONS_RUNTIME_TOKEN: '', ACTIONS_RESULTS_URL: '' }

describe('what can’t be delivered is refused before it is paid for', () => {
  const cases: readonly [string, string, Case][] = [
    ['a token that may only read', READ_ONLY, { inputs: { 'github-token': 'ghs_reader' } }],
    ['no token', 'The input github-token is empty', { inputs: { 'github-token': '' } }],
    [
      'an unknown token',
      'GitHub rejected the github-token: it may have expired',
      { inputs: { 'github-token': 'ghs_expired' } },
    ],
    [
      'a ruleset that asks for pull requests',
      'main is protected (changes go through pull requests)',
      { prepare: ({ github }) => github.protectedBranches.set('main', 'ruleset') },
    ],
    [
      'a merge queue',
      'main is protected (changes go through a merge queue)',
      { prepare: ({ github }) => github.protectedBranches.set('main', 'queue') },
    ],
    [
      'a branch that only some may push to',
      'main is protected (pushes are restricted)',
      { prepare: ({ github }) => github.protectedBranches.set('main', 'restricted') },
    ],
    [
      'a ruleset for the branch of the pull request',
      'easel/main is protected (changes go through pull requests), so nothing was generated: set branch to another name',
      {
        prepare: ({ github }) => github.protectedBranches.set('easel/main', 'ruleset'),
        inputs: { deliver: 'pull-request' },
      },
    ],
    [
      'a pull request to its own base',
      'can’t go from main to itself',
      { inputs: { deliver: 'pull-request', branch: 'main' } },
    ],
    [
      'a token that may not open pull requests',
      'and pull-requests: write for pull requests',
      { inputs: { deliver: 'pull-request', 'github-token': 'ghs_contents' } },
    ],
    [
      'a repository in which workflows may not open pull requests',
      'Allow GitHub Actions to create and approve pull requests',
      { options: { workflowsMayOpenPulls: false }, inputs: { deliver: 'pull-request' } },
    ],
    [
      'a branch name that another one excludes',
      'There is a branch easel, and beside it git can’t have a branch easel/main',
      {
        prepare: ({ github }) => github.push({}, { branch: 'easel' }),
        inputs: { deliver: 'pull-request' },
      },
    ],
    ['a branch that doesn’t exist', 'There is no branch nowhere.', { inputs: { branch: 'nowhere' } }],
    [
      'an artifact where there is no service for it',
      'There is no artifact service',
      { inputs: { deliver: 'artifact' }, env: NO_ARTIFACTS },
    ],
    [
      'an artifact on a GitHub Enterprise Server',
      'There is no artifact service',
      { inputs: { deliver: 'artifact' }, env: { GITHUB_SERVER_URL: 'https://github.example.com' } },
    ],
    [
      'a path in a submodule',
      'theme/fox.png is inside the submodule theme',
      {
        prepare: ({ github }) => github.push({ theme: 0, 'easel.yml': listed({ 'theme/fox.png': 'A fox' }) }),
      },
    ],
    [
      'a path below a file that a sparse checkout leaves out',
      'static/docs/fox.png can’t be on the branch beside the file or link static/docs',
      {
        options: { files: { 'static/docs': 'a person’s file' } },
        prepare: ({ github }) => github.push({ 'easel.yml': listed({ 'static/docs/fox.png': 'A fox' }) }),
        checkout: { sparse: ['site'] },
      },
    ],
    [
      'a path where a sparse checkout leaves out a folder',
      'static/fox.png is a folder on the branch',
      {
        options: { files: { 'static/fox.png/notes.md': 'mine' } },
        prepare: ({ github }) => github.push({ 'easel.yml': listed({ 'static/fox.png': 'A fox' }) }),
        checkout: { sparse: ['site'] },
      },
    ],
    [
      'a lock in Git LFS',
      'easel.lock.json is in Git LFS, where branches can’t be merged',
      { options: { hasLfs: true, files: { '.gitattributes': '*.json filter=lfs\n' } } },
    ],
    [
      'Git LFS without a server',
      'Turn Git LFS on for the repository',
      { options: { files: { '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n' } } },
    ],
    ...['[lfs]\n\turl', '[lfs]\n\tpushurl', '[remote "origin"]\n\tlfsurl'].map(
      (key): (typeof cases)[number] => [
        `Git LFS on another server, by ${key.replace('\n\t', ' ')}`,
        '.lfsconfig names another server than GitHub',
        {
          options: {
            hasLfs: true,
            files: {
              '.gitattributes': '[attr]pointer filter=lfs\n*.png pointer\n',
              '.lfsconfig': `${key} = https://lfs.example.com\n`,
            },
          },
        },
      ],
    ),
  ]

  it.each(cases)('%s: fails and says what to change, whether forced or not', async (_name, message, one) => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, one.options)
    await one.prepare?.(world)
    const head = await world.github.head()

    const run = await (
      await world.checkout('main', one.checkout)
    ).run({
      inputs: { deliver: 'commit', force: 'true', ...one.inputs },
      env: { ...world.lfsEnv, ...one.env },
    })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain('::error title=Easel::')
    expect(run.stdout).toContain(message)
    expect(world.upstream.prompts()).toEqual([])
    expect(await world.github.head()).toBe(head)
  })

  it('asks nothing of GitHub when nothing is to be generated', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await (await world.checkout()).run()
    const before = world.github.requests.length

    const run = await (await world.checkout()).run({ inputs: { 'github-token': 'ghs_reader' } })

    expect([run.code, world.github.requests.length]).toEqual([0, before])
  })

  it('commits to a branch whose rules the token may bypass', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    world.github.protectedBranches.set('main', 'bypassed')

    const run = await (await world.checkout()).run()

    expect(run.outputs['commit-sha']).toBe(await world.github.head())
  })

  it('commits where GitHub tells nobody the rules: in private repositories of its free plan', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const message = 'Upgrade to GitHub Pro or make this repository public to enable this feature.'
    world.github.add({ path: /rules\/branches/, response: { status: 403, body: { message } } })

    const run = await (await world.checkout()).run()

    expect([run.code, run.outputs['commit-sha']]).toEqual([0, await world.github.head()])
  })
})

describe('what is refused only at the end', () => {
  it('is rescued, and the next run of the branch uses it instead of paying again', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox', 'hare.png': 'A hare' })
    world.github.protectedBranches.set('main', 'protection')
    const failed = await (await world.checkout()).run()
    world.artifacts.nextRun()

    const again = await (await world.checkout()).run()
    world.artifacts.nextRun()
    world.github.protectedBranches.clear()
    const run = await (await world.checkout()).run()

    expect([failed.code, again.code, run.code]).toEqual([1, 1, 0])
    expect(failed.stdout).toMatch(/::error title=Easel::main is protected: .*easel-rescued/)
    expect(world.upstream.prompts()).toHaveLength(2)
    expect(run.outputs).toMatchObject({
      changed: 'true',
      generated: '0',
      'cost-usd': '0',
      'commit-sha': await world.github.head(),
    })
    expect(run.summary).toContain('2 images existed already and were adopted at no cost.')
    expect([...(await world.lock()).keys()]).toEqual(['docs/fox.png', 'hare.png'])
  })

  it('is found when a second attempt of the same run rescued it under another name', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    world.github.protectedBranches.set('main', 'protection')
    const inputs = { 'max-images': '1' }
    await (await world.checkout()).run({ inputs })
    await (await world.checkout()).run({ inputs })
    world.artifacts.nextRun()
    world.github.protectedBranches.clear()

    const run = await (await world.checkout()).run()

    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued', 'easel-rescued-2'])
    expect(world.upstream.prompts()).toEqual(['A fox', 'A hare'])
    expect([run.code, run.outputs['generated']]).toEqual([0, '0'])
    expect([...(await world.lock()).keys()]).toEqual(['fox.png', 'hare.png'])
  })

  it.each([
    ['another tag', { deliver: 'commit', branch: 'main' }],
    ['another tag, for the pull request', { deliver: 'pull-request', base: 'main' }],
  ])('is found by a run for %s of the branch', async (_what, inputs) => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    for (const branch of ['main', 'easel/main']) world.github.protectedBranches.set(branch, 'protection')
    const run = async (tag: string) => {
      world.artifacts.nextRun({ branch: tag, sha: await world.github.head() })
      const env = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: tag }
      return (await world.checkout()).run({ eventName: 'release', inputs, env })
    }
    await run('v1')
    await world.github.push({ 'text.md': 'new' })
    await run('v2')

    expect(world.upstream.prompts()).toEqual(['A fox'])
  })

  it('is found behind an artifact that can’t be downloaded', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    world.github.protectedBranches.set('main', 'protection')
    for (const only of ['fox.png', 'hare.png']) {
      await (await world.checkout()).run({ inputs: { only } })
      world.artifacts.nextRun()
    }
    world.github.protectedBranches.clear()
    const response = { status: 410, body: { message: 'Artifact has expired' } }
    world.github.add({ path: /actions\/artifacts\/\d+\/zip/, times: 1, response })

    const run = await (await world.checkout()).run()

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('What an earlier run could not deliver can’t be read')
    expect(world.upstream.prompts()).toEqual(['A fox', 'A hare', 'A hare'])
  })

  it('does not trust what a fork’s run or another branch rescued', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    world.github.protectedBranches.set('main', 'protection')
    world.artifacts.nextRun({ isOfFork: true, sha: await world.github.head() })
    await (await world.checkout()).run()
    const sha = await world.github.push({ 'text.md': 'new' }, { branch: 'other' })
    world.artifacts.nextRun({ branch: 'other', sha })
    await (await world.checkout()).run()
    world.artifacts.nextRun()
    world.github.protectedBranches.clear()

    await (await world.checkout()).run()

    expect(world.upstream.prompts()).toHaveLength(3)
  })

  it('says that actions: read is missing when it can’t look', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const run = await (await world.checkout()).run({ inputs: { 'github-token': 'ghs_contents' } })

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('Easel needs permissions: actions: read')
  })

  it('stays in the workspace where there are no artifacts, and a kept workspace adopts it', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    world.github.protectedBranches.set('main', 'protection')
    const checkout = await world.checkout()
    const failed = await checkout.run({ env: NO_ARTIFACTS })
    await checkout.reset()
    world.github.protectedBranches.clear()

    const run = await checkout.run({ env: NO_ARTIFACTS })

    expect([failed.code, run.code]).toEqual([1, 0])
    expect(failed.stdout).toMatch(/There is no artifact service\. The images are in .*rescued/)
    expect(world.upstream.prompts()).toEqual(['A fox'])
    expect([...(await world.lock()).keys()]).toEqual(['fox.png'])
  })
})
