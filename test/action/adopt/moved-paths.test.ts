import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { formatLfsPointer } from '../../../action/git/lfs-pointer.ts'
import { generateIn } from '../../support/action/generate-in.ts'
import { easel } from '../../support/action/processes.ts'
import { images } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const FOX = { path: 'a.png', prompt: 'A fox' }
const HARE = { path: 'b.png', prompt: 'A hare' }
const OWL = { path: 'c.png', prompt: 'An owl' }
const VECTOR = { path: 'logo.svg', prompt: 'A logo', model: 'recraft/recraft-v4.1-vector' }

/** In the order of the config, at once or one after the other. */
describe.each([{ concurrency: 1 }, { concurrency: 4 }])('with a concurrency of $concurrency', (limits) => {
  it.each([
    [
      'two images that swap their paths',
      [FOX, HARE],
      [
        { ...FOX, path: 'b.png' },
        { ...HARE, path: 'a.png' },
      ],
      0,
    ],
    [
      'ten images that move up by one for a new one',
      images(10),
      [
        { path: 'img/0.png', prompt: 'The new one' },
        ...images(10).map((image, index) => ({ ...image, path: `img/${index + 1}.png` })),
      ],
      1,
    ],
    [
      'three that go round',
      [FOX, HARE, OWL],
      [
        { ...FOX, path: 'b.png' },
        { ...HARE, path: 'c.png' },
        { ...OWL, path: 'a.png' },
      ],
      0,
    ],
    [
      'one that leaves its path to another prompt',
      [FOX],
      [
        { ...HARE, path: 'a.png' },
        { ...FOX, path: 'b.png' },
      ],
      1,
    ],
    ['a second image of the same spec', [FOX], [{ ...FOX, path: 'b.png' }, FOX], 0],
  ])('%s', async (_, before, after, paid) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...before) })
    await generateIn(workspace, upstream)
    const known = await contents(workspace)
    await workspace.write('easel.yml', config(...after))

    const run = await generateIn(workspace, upstream, limits)

    expect(run.stoppedBy).toBeUndefined()
    expect(upstream.prompts()).toHaveLength(before.length + paid)
    const now = await contents(workspace)
    for (const [prompt, sha256] of known) expect(now.get(prompt)).toBe(sha256)
    expect((await workspace.files()).filter((file) => file.startsWith('.'))).toEqual([])
  })
})

it('a selected image that gets a new prompt leaves its old bytes to another one that needs them', async () => {
  await using upstream = await startUpstream()
  await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
  await generateIn(workspace, upstream)
  await workspace.write('easel.yml', config({ ...HARE, path: 'a.png' }, { ...FOX, path: 'b.png' }))
  const options = { cwd: workspace.root, env: upstream.env }

  const first = await easel(['generate', 'a.png'], options)
  const second = await easel(['generate'], options)

  expect([first.code, second.code]).toEqual([0, 0])
  expect(second.stdout).toContain('1 image adopted')
  expect(upstream.prompts()).toEqual(['A fox', 'A hare'])
})

it('of two images with one spec, one of which is generated again, the other gets the new one', async () => {
  await using upstream = await startUpstream({ faults: [{ bytes: 30_000, times: 1 }] })
  await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
  await generateIn(workspace, upstream)
  await workspace.write('easel.yml', config(FOX, { ...FOX, path: 'b.png' }))
  const options = { cwd: workspace.root, env: upstream.env }

  await easel(['generate', '--force', 'a.png'], options)
  await easel(['generate'], options)

  expect(upstream.prompts()).toHaveLength(2)
  expect(await workspace.sha256('b.png')).toBe(await workspace.sha256('a.png'))
})

it('a copy that can’t be kept is in the way only of what would replace its file', async () => {
  await using upstream = await startUpstream()
  await using workspace = await createWorkspace({
    'easel.yml': config(FOX),
    '.gitattributes': 'a.png filter=lfs\n',
  })
  execFileSync('git', ['init', '-q'], { cwd: workspace.root })
  await generateIn(workspace, upstream)
  const { sha256 = '', bytes = 0 } = (await workspace.lock()).get('a.png') ?? {}
  await workspace.write('a.png', formatLfsPointer({ sha256, bytes }))
  await workspace.write('easel.yml', config({ ...FOX, prompt: 'A hen' }, { ...FOX, path: 'b.png' }, OWL))

  const run = await easel(['generate', '--on-error', 'keep-going', 'a.png', 'c.png'], {
    cwd: workspace.root,
    env: upstream.env,
  })

  expect(run.stdout).toContain('✓ c.png')
  expect(run.stdout).toMatch(/✗ a\.png: .*pointer of Git LFS/)
  expect(upstream.prompts()).toEqual(['A fox', 'An owl'])
})

it('a copy that no image needs any more goes away', async () => {
  await using upstream = await startUpstream()
  await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
  await generateIn(workspace, upstream)
  await workspace.write('easel.yml', config({ ...FOX, prompt: 'A hen' }, { ...FOX, path: 'b.png' }))
  const options = { cwd: workspace.root, env: upstream.env }
  await easel(['generate', 'a.png', '--max-images', '0'], options)
  expect(await workspace.files()).toContain('.easel/rescued/b.png')
  await workspace.write('easel.yml', config(FOX))

  await easel(['generate'], options)

  expect(await workspace.files()).toEqual(['a.png', 'easel.lock.json', 'easel.yml'])
})

describe('a new path costs nothing', () => {
  it('for an SVG that git checked out with CRLF', async () => {
    await using upstream = await startUpstream({ plainImages: false })
    await using workspace = await createWorkspace({ 'easel.yml': config(VECTOR) })
    await generateIn(workspace, upstream)
    const { sha256 } = (await workspace.lock()).get('logo.svg') ?? {}
    const text = await workspace.text('logo.svg')
    expect(text.split('\n').length, 'it has lines').toBeGreaterThan(2)
    await workspace.write('logo.svg', text.replaceAll('\n', '\r\n'))
    await workspace.write('easel.yml', config({ ...VECTOR, path: 'img/logo.svg' }))

    await generateIn(workspace, upstream)

    expect(upstream.prompts()).toHaveLength(1)
    expect(await workspace.sha256('img/logo.svg'), 'as git stores it').toBe(sha256)
  })

  it.each([
    ['that stays in Git LFS', '*.png filter=lfs\n', { outcome: 'adopted' }],
    [
      'that leaves Git LFS, which needs the file',
      'a.png filter=lfs\n',
      { outcome: 'failed', code: 'not_saved', message: expect.stringContaining('git lfs pull') },
    ],
  ])('for a pointer %s', async (_, attributes, result) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX), '.gitattributes': attributes })
    execFileSync('git', ['init', '-q'], { cwd: workspace.root })
    await generateIn(workspace, upstream)
    const { sha256 = '', bytes = 0 } = (await workspace.lock()).get('a.png') ?? {}
    await workspace.write('a.png', formatLfsPointer({ sha256, bytes }))
    await workspace.write('easel.yml', config({ ...FOX, path: 'b.png' }))

    const run = await generateIn(workspace, upstream)

    expect(run.images).toMatchObject([result])
    expect(upstream.prompts()).toHaveLength(1)
  })
})

/** The hash of each image's file, by its prompt. */
async function contents(workspace: Workspace): Promise<ReadonlyMap<unknown, string>> {
  const lock = [...(await workspace.lock())]
  return new Map(
    await Promise.all(
      lock.map(async ([path, { spec }]) => [spec['prompt'], await workspace.sha256(path)] as const),
    ),
  )
}
