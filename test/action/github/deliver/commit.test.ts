import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cloned } from '../../../support/github/client.ts'
import { listed, startWorld, type World } from '../../../support/action/delivery.ts'

/** Expects every image of a branch's lock on that branch, with the bytes that the lock says. */
async function expectCorrectLock(world: World, paths: readonly string[], branch = 'main'): Promise<void> {
  const lock = await world.lock(branch)
  expect([...lock.keys()]).toEqual(paths.toSorted())
  for (const [path, { sha256 }] of lock) {
    const bytes = await world.file(path, branch)
    expect(
      createHash('sha256')
        .update(bytes ?? '')
        .digest('hex'),
    ).toBe(sha256)
  }
}

function numbered(prefix: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`img/${prefix}-${at}.png`, `A ${prefix}, number ${at}`]),
  )
}

describe('deliver: commit', () => {
  it('commits images and lock in one signed commit, and has nothing to do the next time', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox', 'hare.webp': 'A hare' })
    const checkout = await world.checkout()

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    const head = await world.github.head()
    expect(run.outputs).toMatchObject({ 'commit-sha': head, verified: 'true', generated: '2' })
    await expectCorrectLock(world, ['docs/fox.png', 'hare.webp'])
    expect(await world.subjects()).toEqual(['Add 2 images', 'Begin'])
    await cloned(world.github, async (_folder, git) => {
      expect(await git('log', '-1', '--format=%P')).toBe(checkout.sha)
    })
    const writes = world.github.requests.filter(({ method }) => method !== 'GET')
    // Whether the token may write, what the rules say, and the commit.
    expect(writes.map(({ path }) => path)).toEqual(['/repos/octo/docs/git/blobs', '/graphql', '/graphql'])
    expect(run.summary).toContain(`/raw/${head}/docs/fox.png`)

    const again = await (await world.checkout()).run({ inputs: { deliver: 'commit' } })

    expect(again.code).toBe(0)
    expect(again.outputs).not.toHaveProperty('commit-sha')
    expect(await world.github.head()).toBe(head)
    expect(world.upstream.prompts()).toHaveLength(2)
  })

  it('writes the message from the template', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    await (
      await world.checkout()
    ).run({
      inputs: { deliver: 'commit', 'commit-message': 'docs: {summary} for {cost} [skip ci]\n\n{list}' },
    })

    const message = await world.github.git.git(['log', '-1', '--format=%B', 'refs/heads/main'])
    expect(message.toString()).toMatch(
      /^docs: Add fox\.png for \$0\.\d+ \[skip ci\]\n\n- fox\.png \(new\)\n\nGenerated-by: Easel\n/,
    )
  })

  it('removes pruned files', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    await (await world.checkout()).run({ inputs: { deliver: 'commit' } })
    await world.github.push({ 'easel.yml': listed({ 'fox.png': 'A fox' }) })

    const run = await (await world.checkout()).run({ inputs: { deliver: 'commit', prune: 'true' } })

    expect(run.code).toBe(0)
    await expectCorrectLock(world, ['fox.png'])
    expect(await world.file('hare.png')).toBeUndefined()
    expect((await world.subjects())[0]).toBe('Remove hare.png')
  })
})

describe('races', () => {
  it('two runs at once on one branch end with the images of both, nothing generated twice, no commit lost', async () => {
    const foxes = numbered('fox', 20)
    const hares = numbered('hare', 20)
    await using world = await startWorld({ ...foxes, ...hares })
    const [one, two] = await Promise.all([world.checkout(), world.checkout()])

    const runs = await Promise.all([
      one.run({ inputs: { deliver: 'commit', only: 'img/fox-*.png' } }),
      two.run({ inputs: { deliver: 'commit', only: 'img/hare-*.png' } }),
    ])

    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    await expectCorrectLock(world, Object.keys({ ...foxes, ...hares }))
    expect(new Set(world.upstream.prompts()).size).toBe(40)
    expect(world.upstream.prompts()).toHaveLength(40)
    const shas = runs.map(({ outputs }) => outputs['commit-sha'])
    await cloned(world.github, async (_folder, git) => {
      expect((await git('rev-list', 'HEAD')).split('\n')).toEqual(expect.arrayContaining(shas))
      expect(await git('rev-list', '--count', 'HEAD')).toBe('3')
    })
  })

  it('commits the same bytes on top of whoever was faster', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const checkout = await world.checkout()
    let pushes = 0
    world.github.add({
      body: /createCommitOnBranch/,
      times: 3,
      meanwhile: () => world.github.push({ [`other-${++pushes}.txt`]: 'someone else' }),
    })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    await expectCorrectLock(world, ['fox.png'])
    expect(await world.subjects()).toEqual([
      'Add fox.png',
      'Change something',
      'Change something',
      'Change something',
      'Begin',
    ])
    expect(world.upstream.prompts()).toEqual(['A fox'])
  })

  it('generates nothing that another run has delivered since the checkout', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    const [early, late] = await Promise.all([world.checkout(), world.checkout()])
    await early.run({ inputs: { deliver: 'commit' } })

    const run = await late.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({ generated: '0', 'cost-usd': '0' })
    expect(world.upstream.prompts()).toHaveLength(2)
    expect(await world.subjects()).toEqual(['Add 2 images', 'Begin'])
  })

  it.each([
    ['describes otherwise', { 'fox.png': 'A red fox' }],
    ['no longer describes', { 'hare.png': 'A hare' }],
  ])('pays for nothing that the branch %s by now', async (_how, images) => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const old = await world.checkout()
    await world.github.push({ 'easel.yml': listed(images) })
    await (await world.checkout()).run()
    const head = await world.github.head()

    const run = await old.run()

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('fox.png: left out, because easel.yml has changed on the branch')
    expect(run.outputs).toMatchObject({ planned: '0', skipped: '1' })
    expect(world.upstream.prompts()).toEqual(Object.values(images))
    expect(await world.github.head()).toBe(head)
  })

  it('pays for an image of a page, and for one with the same spec as an image that the branch dropped', async () => {
    const pages = "markdown: ['*.md']\n"
    const files = {
      'easel.yml': `${listed({ 'old.png': 'A fox', 'new.png': 'A fox' })}${pages}`,
      'page.md': '<!-- easel -->\n![A hare](hare.png)\n',
    }
    await using world = await startWorld({}, { files })
    const late = await world.checkout()
    await world.github.push({ 'easel.yml': `${listed({ 'new.png': 'A fox' })}${pages}` })

    const run = await late.run()

    expect(run.code).toBe(0)
    expect(world.upstream.prompts().toSorted()).toEqual(['A fox', 'A hare'])
    expect([...(await world.lock()).keys()]).toEqual(expect.arrayContaining(['hare.png', 'new.png']))
  })

  it('leaves an image that somebody put there by hand, and uploads its own as an artifact', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    const checkout = await world.checkout()
    world.github.add({
      body: /createCommitOnBranch/,
      times: 1,
      meanwhile: () => world.github.push({ 'fox.png': 'generated by hand' }),
    })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    expect((await world.file('fox.png'))?.toString()).toBe('generated by hand')
    expect([...(await world.lock()).keys()]).toEqual(['hare.png'])
    expect(run.stdout).toContain('fox.png: somebody else changed it meanwhile, and their version stays.')
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued'])
  })

  it.each([
    ['a file', { 'docs/img': 'theirs' }, 'beside the file or link docs/img'],
    ['a submodule', { 'docs/img': 0 }, 'is inside the submodule docs/img'],
    ['a folder', { 'docs/img/fox.png/notes.md': 'theirs' }, 'docs/img/fox.png is a folder on the branch'],
  ] as const)(
    'leaves %s that somebody put in the way, and uploads its own as an artifact',
    async (_what, files, message) => {
      await using world = await startWorld({ 'docs/img/fox.png': 'A fox' })
      const checkout = await world.checkout()
      const meanwhile = () => world.github.push(files)
      world.github.add({ body: /createCommitOnBranch/, times: 1, meanwhile })

      const run = await checkout.run()

      expect(run.code).toBe(1)
      expect(run.stdout).toMatch(new RegExp(`::error title=Easel::.*${message}.*easel-rescued`))
      expect(await world.subjects()).toEqual(['Change something', 'Begin'])
    },
  )

  it('recognises its commit when the response was cut off', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const checkout = await world.checkout()
    world.github.add({ body: /createCommitOnBranch/, times: 1, cut: 'after' })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({ 'commit-sha': await world.github.head(), verified: 'true' })
    expect(await world.subjects()).toEqual(['Add fox.png', 'Begin'])
  })

  it('does not send an image that is there by now', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    const checkout = await world.checkout()
    world.github.add({
      body: /createCommitOnBranch/,
      times: 1,
      meanwhile: async () =>
        world.github.push({
          'fox.png': await readFile(join(checkout.root, 'fox.png')),
          'hare.png': await readFile(join(checkout.root, 'hare.png')),
        }),
    })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    const sent = world.github.requests.findLast(({ path }) => path === '/graphql')
    expect(sent?.body).toMatchObject({
      variables: { input: { fileChanges: { additions: [{ path: 'easel.lock.json' }], deletions: [] } } },
    })
    await expectCorrectLock(world, ['fox.png', 'hare.png'])
  })

  it('gives up after five tries, uploads the images as an artifact and says why', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const checkout = await world.checkout()
    let pushes = 0
    world.github.add({
      body: /createCommitOnBranch/,
      meanwhile: () => world.github.push({ [`other-${++pushes}.txt`]: 'someone else' }),
    })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(1)
    expect(pushes).toBe(5)
    expect(run.stdout).toContain('The branch main moved 5 times while Easel was committing to it.')
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued'])
  }, 60_000)

  it('uploads the images as an artifact when the network is cut during the commit', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const checkout = await world.checkout()
    world.github.add({ body: /createCommitOnBranch/, cut: 'before' })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(1)
    expect(await world.subjects()).toEqual(['Begin'])
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued'])
  }, 60_000)
})

describe('a repository too big for one response', () => {
  it('is read folder by folder', async () => {
    await using world = await startWorld({ 'docs/img/fox.png': 'A fox' })
    await (await world.checkout()).run({ inputs: { deliver: 'commit' } })
    await world.github.push({
      'easel.yml': listed({ 'docs/img/fox.png': 'A fox', 'new/hare.png': 'A hare' }),
    })
    const checkout = await world.checkout()
    world.github.add({
      path: /git\/trees\/.*recursive/,
      response: { status: 200, body: { sha: checkout.sha, tree: [], truncated: true } },
    })

    const run = await checkout.run({ inputs: { deliver: 'commit' } })

    expect(run.code).toBe(0)
    await expectCorrectLock(world, ['docs/img/fox.png', 'new/hare.png'])
  })
})
