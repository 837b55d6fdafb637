import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listed, startWorld, type World } from '../../../support/action/delivery.ts'
import { runAction } from '../../../support/action/processes.ts'
import { inputsFor } from '../../../support/action/upstream.ts'
import { runGit } from '../../../support/github/bare-repository.ts'

const LFS = { hasLfs: true, files: { '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n' } }

/** SHA-256 of an image by the lock of `main`. */
async function sha256Of(world: World, path: string): Promise<string> {
  return (await world.lock()).get(path)?.sha256 ?? ''
}

describe('a sparse checkout', () => {
  it.each([
    ['commit', 'Add site/owl.png'],
    ['none', 'Change something'],
  ])(
    'adopts what the branch has, and pays only for what is new, with deliver: %s',
    async (deliver, subject) => {
      await using world = await startWorld({ 'docs/fox.png': 'A fox', 'site/hare.png': 'A hare' })
      await (await world.checkout()).run()
      const before = await world.file('docs/fox.png')
      const images = { 'docs/fox.png': 'A fox', 'site/hare.png': 'A hare', 'site/owl.png': 'An owl' }
      await world.github.push({ 'easel.yml': listed(images) })

      const checkout = await world.checkout('main', { sparse: ['site'] })
      const run = await checkout.run({ inputs: { deliver } })

      expect(run.code).toBe(0)
      expect(world.upstream.prompts()).toHaveLength(3)
      expect(run.stdout).toContain('docs/fox.png: adopted')
      expect(await readFile(join(checkout.root, 'docs/fox.png'))).toEqual(before)
      expect((await world.subjects())[0]).toBe(subject)
    },
  )

  it('adopts what the commit has although it left out the lock as well', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox' })
    await (await world.checkout()).run()
    const checkout = await world.checkout()
    await runGit(['-C', checkout.root, 'sparse-checkout', 'set', '--no-cone', '/easel.yml', '/site/'])

    const run = await checkout.run({ inputs: { deliver: 'none' } })

    expect([run.code, world.upstream.prompts()]).toEqual([0, ['A fox']])
    expect(await readFile(join(checkout.root, 'docs/fox.png'))).toEqual(await world.file('docs/fox.png'))
  })

  it('prunes nothing, and nothing counts as changed', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox', 'hare.png': 'A hare' })
    await (await world.checkout()).run()
    await world.github.push({ 'easel.yml': listed({ 'hare.png': 'A hare' }) })

    const run = await (await world.checkout('main', { sparse: ['site'] })).run({ inputs: { prune: 'true' } })

    expect([run.code, run.outputs['changed']]).toEqual([0, 'false'])
  })

  it('neither replaces a person’s files that it left out, nor pays for them', async () => {
    const images = { 'docs/fox.png': 'A fox', 'docs/new.png': 'A hare' }
    await using world = await startWorld({ 'docs/fox.png': 'A fox' })
    await (await world.checkout()).run()
    await world.github.push({
      'easel.yml': listed(images),
      'docs/fox.png': 'retouched',
      'docs/new.png': 'mine',
    })

    const run = await (await world.checkout('main', { sparse: ['site'] })).run()

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('2 files edited by hand and kept')
    expect((await world.file('docs/fox.png'))?.toString()).toBe('retouched')
    expect((await world.file('docs/new.png'))?.toString()).toBe('mine')
    expect(world.upstream.prompts()).toEqual(['A fox'])
  })
})

describe('working-directory', () => {
  const files = { 'site/easel.yml': listed({ 'img/fox.png': 'A fox' }) }

  it('is where config, lock and images are, and they are committed at their place', async () => {
    await using world = await startWorld({}, { files })
    const inputs = { 'working-directory': 'site' }

    const run = await (await world.checkout()).run({ inputs })
    const again = await (await world.checkout()).run({ inputs })

    expect([run.code, again.code]).toEqual([0, 0])
    const head = await world.github.head()
    expect(run.outputs['commit-sha']).toBe(head)
    expect(await world.file('site/img/fox.png')).toBeDefined()
    expect(await world.file('site/easel.lock.json')).toBeDefined()
    expect(run.summary).toContain(`/raw/${head}/site/img/fox.png`)
    expect(again.outputs).toMatchObject({ planned: '0', changed: 'false' })
    expect(world.upstream.prompts()).toEqual(['A fox'])
  })

  it('is part of the file in an annotation', async () => {
    await using world = await startWorld({}, { files: { 'site/easel.yml': 'version: 1\nimages: [{}]\n' } })

    const run = await (await world.checkout()).run({ inputs: { 'working-directory': './site/' } })

    expect(run.stdout).toContain('::error title=Easel,file=site/easel.yml,line=2')
  })

  it.each([
    ['../elsewhere', 'leads outside'],
    ['/etc', 'is absolute'],
    ['.git', 'is inside .git'],
    ['nowhere', 'is not a folder of the workspace'],
  ])('refuses %s', async (folder, message) => {
    await using world = await startWorld({}, { files })

    const run = await (await world.checkout()).run({ inputs: { 'working-directory': folder } })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain(message)
  })
})

describe('path: of actions/checkout', () => {
  it('is no part of a file’s URL', async () => {
    await using world = await startWorld({ 'site/fox.png': 'A fox' })
    await (await world.checkout()).run()
    const { root, sha } = await world.checkout()
    const workspace = dirname(root)

    const run = await runAction(workspace, {
      inputs: { ...inputsFor(world.upstream), 'working-directory': basename(root), mode: 'plan' },
      env: { ...world.github.env, GITHUB_SHA: sha, GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch' },
    })

    expect(run.code).toBe(0)
    expect(run.summary).toContain(`/raw/${sha}/site/fox.png`)
  })
})

describe('Git LFS', () => {
  it('has the images: uploaded first, then committed as pointers', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox', 'hare.webp': 'A hare' }, LFS)

    const run = await (await world.checkout()).run({ env: world.lfsEnv })

    expect(run.code).toBe(0)
    const sha256 = await sha256Of(world, 'docs/fox.png')
    const pointer = (await world.file('docs/fox.png'))?.toString()
    expect(pointer).toMatch(
      new RegExp(`^version https://git-lfs\\.github\\.com/spec/v1\noid sha256:${sha256}\nsize \\d+\n$`),
    )
    expect([...(world.github.lfs?.keys() ?? [])]).toEqual([sha256])
    expect(world.github.lfs?.get(sha256)?.subarray(1, 4).toString()).toBe('PNG')
    expect((await world.file('hare.webp'))?.subarray(0, 4).toString()).toBe('RIFF')
    const order = world.github.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path)
    expect(order.findIndex((path) => path.includes('lfs/storage'))).toBeLessThan(
      order.lastIndexOf('/graphql'),
    )
  })

  it('is recognised in a checkout that has only pointers', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, LFS)
    await (await world.checkout()).run({ env: world.lfsEnv })

    const run = await (await world.checkout()).run({ env: world.lfsEnv })

    expect(run.outputs).toMatchObject({ planned: '0', skipped: '1' })
    expect(run.stdout).not.toContain('edited by hand')
    expect(world.upstream.prompts()).toEqual(['A fox'])
  })

  it('gives an image that another run delivered since the checkout', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, LFS)
    const late = await world.checkout()
    await (await world.checkout()).run({ env: world.lfsEnv })

    const run = await late.run({ env: world.lfsEnv })

    expect(run.code).toBe(0)
    expect(world.upstream.prompts()).toEqual(['A fox'])
    expect((await readFile(join(late.root, 'fox.png'))).subarray(1, 4).toString()).toBe('PNG')
    expect(await world.subjects()).toHaveLength(2)
  })

  it('has the images of a folder whose .gitattributes a sparse checkout leaves out', async () => {
    const files = { 'assets/.gitattributes': '*.png filter=lfs\n' }
    await using world = await startWorld({ 'assets/fox.png': 'A fox' }, { hasLfs: true, files })

    const run = await (await world.checkout('main', { sparse: ['site'] })).run({ env: world.lfsEnv })

    expect(run.code).toBe(0)
    expect((await world.file('assets/fox.png'))?.toString()).toMatch(/^version https:/)
  })

  it('may name the repository’s own server in .lfsconfig', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, LFS)
    await world.github.push({ '.lfsconfig': `[lfs]\n\turl = ${world.github.apiUrl}/octo/docs\n` })

    const run = await (await world.checkout()).run({ env: world.lfsEnv })

    expect([run.code, world.github.lfs?.size]).toEqual([0, 1])
  })

  it.each([
    ['its API responds with 503', { path: /lfs\/objects/, response: { status: 503 } }],
    ['its storage responds with 429', { path: /lfs\/storage/, response: { status: 429 } }],
    ['the connection breaks', { path: /lfs\/storage/, cut: 'before' as const }],
  ])('is tried again when %s', async (_what, fault) => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, LFS)
    world.github.add({ ...fault, times: 1 })

    const run = await (await world.checkout()).run({ env: world.lfsEnv })

    expect([run.code, world.github.lfs?.size]).toEqual([0, 1])
  })

  it('delivers nothing when the upload fails, and says when to try again', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, LFS)
    world.github.add({ path: /lfs\/storage/, response: { status: 500 } })

    const failed = await (await world.checkout()).run({ env: world.lfsEnv })

    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/its server responded with 500.*Run the job again later\./)
    expect(await world.subjects()).toEqual(['Begin'])
  })
})
