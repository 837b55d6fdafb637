import { rm, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startUpstream } from '../../support/action/upstream.ts'
import { easel, type Finished } from '../../support/action/processes.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const IMAGES = [
  { path: 'a.png', id: 'first', prompt: 'A fox' },
  { path: 'docs/b.png', prompt: 'A hare' },
  { path: 'docs/c.png', prompt: 'An owl' },
]

function report({ stdout }: Finished): {
  images: { path: string; status: string; action: string; changes: object[]; estimate_usd: number }[]
  orphans: { path: string }[]
  totals: Record<string, number>
} {
  return JSON.parse(stdout)
}

describe('easel plan', () => {
  it('tells new, changed, missing, drifted, up to date and orphan apart', async () => {
    await using upstream = await startUpstream()
    const images = ['new', 'changed', 'missing', 'drifted', 'fine', 'gone'].map((name) => ({
      path: `${name}.png`,
      prompt: name,
    }))
    await using workspace = await createWorkspace({ 'easel.yml': config(...images.slice(1)) })
    const options = { cwd: workspace.root, env: upstream.env }
    expect((await easel(['generate'], options)).code).toBe(0)
    await rm(join(workspace.root, 'missing.png'))
    await workspace.write('drifted.png', 'edited by hand')
    const [first, changed, ...others] = images
    await workspace.write(
      'easel.yml',
      config(first ?? {}, { ...changed, prompt: 'other words', aspect_ratio: '4:3' }, ...others.slice(0, -1)),
    )

    const json = await easel(['plan', '--json'], options)
    const text = await easel(['plan'], options)

    const planned = report(json)
    expect(planned.images.map(({ path, status, action }) => [path, status, action])).toEqual([
      ['new.png', 'new', 'generate'],
      ['changed.png', 'changed', 'generate'],
      ['missing.png', 'missing', 'generate'],
      ['drifted.png', 'drifted', 'keep'],
      ['fine.png', 'up-to-date', 'keep'],
    ])
    expect(planned.orphans).toEqual([{ path: 'gone.png' }])
    expect(planned.images[1]?.changes).toEqual([
      { field: 'prompt', from: 'changed', to: 'other words' },
      { field: 'aspect_ratio', to: '4:3' },
    ])
    expect(planned.totals).toMatchObject({ planned: 3, up_to_date: 1, drifted: 1, orphans: 1 })
    expect(text.stdout).toContain('changed: prompt changed → other words, aspect_ratio none → 4:3')
    expect(text.stdout).toContain('drifted: edited by hand, kept')
    expect(text.stdout).toContain('orphan: no image has this path any more')
    expect(text.code).toBe(0)
    expect(upstream.prompts(), 'a plan asks for no picture').toHaveLength(5)
  })

  it('says the price of each image and of all', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { images, totals } = report(
      await easel(['plan', '--json'], { cwd: workspace.root, env: upstream.env }),
    )

    expect(images[0]?.estimate_usd).toBeGreaterThan(0.03)
    expect(totals['estimate_usd']).toBeCloseTo(
      images.reduce((sum, image) => sum + image.estimate_usd, 0),
      6,
    )
  })

  it('refuses a model that the live list doesn’t have, with the closest name', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'x', model: 'google/gemini-3-pro-imgae' }),
    })

    const { code, stderr } = await easel(['plan'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^easel\.yml:4:\d+: error: There is no image model .*: did you mean google\/gemini-3-pro-image/,
    )
  })

  it('takes a file that Easel did not make for somebody’s work, and leaves it alone', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'x' }),
      'a.png': 'drawn by hand',
    })
    const cwd = workspace.root

    expect(report(await easel(['check', '--json'], { cwd })).images[0]).toMatchObject({
      status: 'drifted',
      action: 'keep',
    })
    expect((await easel(['check', '--on-drift', 'fail'], { cwd })).code).toBe(3)
    expect((await easel(['check', '--on-drift', 'regenerate'], { cwd })).code).toBe(3)
    expect((await easel(['check', '--on-drift', 'keep'], { cwd })).code).toBe(0)
  })

  it.each([
    [['first'], ['a.png']],
    [['docs/**'], ['docs/b.png', 'docs/c.png']],
    [
      ['a.png', 'docs/c.png'],
      ['a.png', 'docs/c.png'],
    ],
    [['./docs/b.png'], ['docs/b.png']],
  ])('selects by id, path and glob: %j', async (only, paths) => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { images } = report(await easel(['check', '--json', ...only], { cwd: workspace.root }))

    expect(images.map(({ path }) => path)).toEqual(paths)
  })

  it('refuses a selection that means nothing', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { code, stderr } = await easel(['plan', 'frist'], { cwd: workspace.root })

    expect(code).toBe(2)
    expect(stderr).toContain('frist matches no image')
  })

  it('finds .github/easel.yml, and keeps its lock at the root', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      '.github/easel.yml': config({ path: 'a.png', prompt: 'x' }),
    })

    const { code } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(await workspace.files()).toEqual(['.github/easel.yml', 'a.png', 'easel.lock.json'])
  })

  it.each([
    [{}, 'There is no easel.yml'],
    [{ 'easel.yaml': 'version: 1' }, 'There is easel.yaml: rename it'],
    [{ 'easel.yml': 'version: 1', '.github/easel.yml': 'version: 1' }, 'There are two configs'],
  ])('says what to do when the config is not to be found: %j', async (files, message) => {
    await using workspace = await createWorkspace(files)

    const { code, stderr } = await easel(['plan'], { cwd: workspace.root })

    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  it('refuses a folder in a picture’s place', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })
    await mkdir(join(workspace.root, 'a.png'))

    const { code, stdout } = await easel(['check', '--json'], { cwd: workspace.root })

    expect(code).toBe(3)
    expect(report({ code, stdout, stderr: '' }).images[0]).toMatchObject({ action: 'fail' })
  })
})

describe('easel check', () => {
  it('needs neither key nor network, and exits with 3 when a picture is out of date', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    const offline = { cwd: workspace.root, env: { OPENROUTER_BASE_URL: upstream.url } }

    const before = await easel(['check'], offline)
    expect(upstream.requests).toHaveLength(0)
    await easel(['generate'], { cwd: workspace.root, env: upstream.env })
    upstream.clearRequests()
    const after = await easel(['check'], offline)

    expect(before.code).toBe(3)
    expect(before.stdout).toContain('3 images to generate')
    expect(after.code).toBe(0)
    expect(after.stdout).toContain('Nothing to generate; 3 images up to date.')
    expect(upstream.requests, 'not even the model list').toHaveLength(0)
  })

  it('minds orphans only where they would be pruned', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    const options = { cwd: workspace.root, env: upstream.env }
    await easel(['generate'], options)
    await workspace.write('easel.yml', config(...IMAGES.slice(1)))

    expect((await easel(['check'], options)).code).toBe(0)
    expect((await easel(['check', '--prune'], options)).code).toBe(3)
    expect((await easel(['prune'], options)).stdout).toContain('a.png: removed')
    expect((await easel(['check', '--prune'], options)).code).toBe(0)
    expect(await workspace.files()).toEqual(['docs/b.png', 'docs/c.png', 'easel.lock.json', 'easel.yml'])
  })
})
