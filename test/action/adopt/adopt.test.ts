import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { adoptImages } from '../../../action/adopt/adopt-images.ts'
import { createFolderSource } from '../../../action/adopt/folder-source.ts'
import { offlineCatalogue } from '../../../action/config/catalogues.ts'
import { formatLock } from '../../../action/lock/lock-file.ts'
import { planProject } from '../../../action/plan/plan-project.ts'
import { formatLfsPointer } from '../../../action/git/lfs-pointer.ts'
import { generateIn } from '../../support/action/generate-in.ts'
import { easel } from '../../support/action/processes.ts'
import { outcomes, report } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const HERO = { path: 'img/hero.png', prompt: 'A fox' }

describe('a file is known by what it is', () => {
  it('a renamed file and its new path in the config cost nothing', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(HERO) })
    const options = { cwd: workspace.root, env: upstream.env }
    await generateIn(workspace, upstream)
    await rename(join(workspace.root, 'img/hero.png'), join(workspace.root, 'fox.png'))
    await workspace.write('easel.yml', config({ ...HERO, path: 'fox.png' }))

    const plan = await easel(['plan'], options)
    const run = await easel(['generate'], options)

    expect(plan.stdout).toContain('the file is there; only the lock changes')
    expect(plan.stdout).toContain('1 image to adopt, at no cost.')
    expect(run.stdout).toContain('1 image adopted')
    expect(upstream.prompts()).toHaveLength(1)
    expect((await workspace.lock()).get('fox.png')?.sha256).toBe(await workspace.sha256('fox.png'))
    expect((await easel(['check'], options)).code).toBe(0)
  })

  it('a new path in the config alone costs nothing: the file is copied', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(HERO) })
    const options = { cwd: workspace.root, env: upstream.env }
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', config({ ...HERO, path: 'docs/fox.png' }))

    const run = await easel(['generate', '--prune', '--json'], options)

    expect(outcomes(run)).toEqual(['adopted'])
    expect(report(run).totals).toMatchObject({ generated: 0, adopted: 1, cost_usd: 0 })
    expect(upstream.prompts()).toHaveLength(1)
    expect(await workspace.files()).toEqual(['docs/fox.png', 'easel.lock.json', 'easel.yml'])
  })

  it('two images with the same spec share one payment', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(HERO, { ...HERO, path: 'b/hero.png' }, { ...HERO, path: 'c.png', seed: 1 }),
    })
    const options = { cwd: workspace.root, env: upstream.env }

    const plan = await easel(['plan', '--json'], options)
    const run = await easel(['generate', '--max-images', '2'], options)

    expect(report(plan).totals).toMatchObject({ planned: 2, to_adopt: 1 })
    expect(run.code).toBe(0)
    expect(upstream.prompts()).toHaveLength(2)
    expect(await workspace.sha256('b/hero.png')).toBe(await workspace.sha256('img/hero.png'))
    expect([...(await workspace.lock()).keys()]).toEqual(['b/hero.png', 'c.png', 'img/hero.png'])
  })

  it('if the one that pays fails, so does the one that shares, and says why', async () => {
    await using upstream = await startUpstream({ faults: [{ refusal: true }] })
    await using workspace = await createWorkspace({
      'easel.yml': config(HERO, { ...HERO, path: 'b/hero.png' }),
    })

    const run = await easel(['generate', '--on-error', 'keep-going'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain('b/hero.png has the same spec as img/hero.png, which failed.')
    expect(upstream.prompts()).toHaveLength(1)
  })

  it('a file with somebody else’s bytes is never taken for an image, nor overwritten', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(HERO), 'img/hero.png': 'by hand' })

    const run = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(run.stdout).toContain('1 file edited by hand and kept; easel adopt takes it into the lock')
    expect(await workspace.text('img/hero.png')).toBe('by hand')
    expect(upstream.prompts()).toEqual([])
  })

  it('an edited file is mentioned when there is other work, too', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(HERO, { path: 'b.png', prompt: 'A hare' }),
      'b.png': 'by hand',
    })

    const run = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(run.stdout).toContain('1 image generated for $0.067.\n1 file edited by hand and kept')
    expect(run.stdout.split('img/hero.png'), 'its result is printed once').toHaveLength(2)
  })
})

describe('adoptImages', () => {
  it('writes what a rescue folder knows, and leaves what is not as the lock says', async () => {
    await using upstream = await startUpstream()
    const images = [HERO, { path: 'b.png', prompt: 'A hare' }, { path: 'c.png', prompt: 'An owl' }]
    await using made = await createWorkspace({ 'easel.yml': config(...images) })
    await generateIn(made, upstream)
    const lock = await made.lock()
    await using rescued = await createWorkspace({
      'easel.lock.json': formatLock(new Map([...lock].filter(([path]) => path !== 'c.png'))),
      'b.png': 'not what the lock says',
      'img/hero.png': await readFile(join(made.root, 'img/hero.png')),
    })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images) })
    const planned = await planProject(
      { workspace: workspace.root, catalogue: offlineCatalogue() },
      { only: [], onDrift: 'keep', onAliasChange: 'keep', force: false },
    )

    const adopted = await adoptImages(planned, [await createFolderSource(rescued.root)])

    expect(adopted.map(({ entry }) => entry)).toEqual([lock.get('img/hero.png')])
    expect([...(await workspace.lock()).keys()]).toEqual(['img/hero.png'])
    expect(await workspace.sha256('img/hero.png')).toBe(lock.get('img/hero.png')?.sha256)
    expect(await workspace.files()).not.toContain('b.png')
  })
})

describe('easel adopt', () => {
  it('takes a file of another hand into the lock, until its spec changes', async () => {
    const create = { width: 8, height: 6, channels: 3, background: 'teal' } as const
    await using workspace = await createWorkspace({
      'easel.yml': config(HERO),
      'img/hero.png': await sharp({ create }).png().toBuffer(),
    })
    const options = { cwd: workspace.root }

    const adopt = await easel(['adopt', 'img\\hero.png'], options)

    expect(adopt).toMatchObject({ code: 0, stdout: 'img/hero.png: adopted\n' })
    expect(await easel(['check'], options)).toMatchObject({ code: 0 })
    const entry = (await workspace.lock()).get('img/hero.png')
    expect(entry).toMatchObject({ width: 8, height: 6, media_type: 'image/png' })
    expect(entry).not.toHaveProperty('model')
    await workspace.write('easel.yml', config({ ...HERO, prompt: 'A hare' }))
    expect((await easel(['check'], options)).stdout).toContain('changed: prompt')
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/hero.png'])
  })

  it('refuses a file that is not the image that its path says, and one that no config describes', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(HERO) })
    await mkdir(join(workspace.root, 'img'))
    await writeFile(
      join(workspace.root, 'img/hero.png'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    )

    const wrong = await easel(['adopt'], { cwd: workspace.root })
    const unknown = await easel(['adopt', 'img/other.png'], { cwd: workspace.root })

    expect(wrong).toMatchObject({
      code: 1,
      stdout: 'img/hero.png holds image/svg+xml. End its path with .svg.\n',
    })
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('matches no image') })
    expect(await workspace.files()).not.toContain('easel.lock.json')
  })

  it('takes a file that is named although Easel wrote it for another spec, and pays for nothing', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(HERO) })
    await generateIn(workspace, upstream)
    await workspace.write('b.png', await workspace.read(HERO.path))
    await workspace.write('easel.yml', config(HERO, { path: 'b.png', prompt: 'A hare' }))

    const adopt = await easel(['adopt', 'b.png'], { cwd: workspace.root })

    expect(adopt).toMatchObject({ code: 0, stdout: 'b.png: adopted\n' })
    expect((await easel(['check'], { cwd: workspace.root })).code).toBe(0)
  })

  it('takes an SVG with CRLF as git stores it', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"\r\n width="1" height="1">\r\n</svg>\r\n'
    const vector = { path: 'logo.svg', prompt: 'A logo', model: 'recraft/recraft-v4.1-vector' }
    await using workspace = await createWorkspace({ 'easel.yml': config(vector), 'logo.svg': svg })
    await easel(['adopt'], { cwd: workspace.root })
    // What another checkout has.
    await workspace.write('logo.svg', svg.replaceAll('\r\n', '\n'))

    expect((await easel(['check'], { cwd: workspace.root })).code).toBe(0)
  })

  it('says of a file that is too large why it stays out, and takes the others', async () => {
    const create = { width: 8, height: 6, channels: 3, background: 'teal' } as const
    const png = await sharp({ create }).png().toBuffer()
    await using workspace = await createWorkspace({
      'easel.yml': config(HERO, { path: 'b.png', prompt: 'A hare' }),
      'b.png': png,
      'img/hero.png': '',
    })
    // Sparse: it takes no room.
    await truncate(join(workspace.root, 'img/hero.png'), 3 * 2 ** 30)

    const adopt = await easel(['adopt'], { cwd: workspace.root })

    expect(adopt.code).toBe(1)
    expect(adopt.stdout).toContain('b.png: adopted\n')
    expect(adopt.stdout).toMatch(/^img\/hero\.png has 3221 MB: an image has at most 67 MB\.$/m)
  })

  it('takes only what was edited when a glob selects it, and no pointer of Git LFS', async () => {
    await using upstream = await startUpstream()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ path: `img/${name}.png`, prompt: `A ${name}` }))
    await using workspace = await createWorkspace({ 'easel.yml': config({ ...a }, { ...b }, { ...c }) })
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', config({ ...a, prompt: 'Another' }, { ...b }, { ...c }))
    await workspace.write(
      'img/b.png',
      Buffer.concat([await workspace.read('img/a.png'), Buffer.from('edited')]),
    )
    await workspace.write('img/c.png', formatLfsPointer({ sha256: 'c'.repeat(64), bytes: 9 }))

    const adopt = await easel(['adopt', 'img/**'], { cwd: workspace.root })

    expect(adopt.code).toBe(1)
    expect(adopt.stdout.split('\n')).toEqual([
      'img/b.png: adopted',
      'img/c.png is only a pointer of Git LFS: fetch the file with git lfs pull.',
      '',
    ])
  })
})
