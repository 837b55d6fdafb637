import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { safeName } from '../../../../action/github/deliver/artifact.ts'
import { canMount, pin } from '../../../support/action/mount.ts'
import { listed, startWorld, type World } from '../../../support/action/delivery.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** The content of a zipped artifact, unpacked by the client that workflows use. */
async function unpacked({ artifacts, github }: World, name: string): Promise<Map<string, Buffer>> {
  const stored = artifacts.artifacts.find((one) => one.name === name)
  for (const [variable, value] of Object.entries({ ...artifacts.env, ...github.env }))
    vi.stubEnv(variable, value)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const folder = await mkdtemp(join(tmpdir(), 'easel-unpacked-'))
  try {
    await new DefaultArtifactClient().downloadArtifact(stored?.id ?? 0, { path: folder })
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => join(parentPath, file))
    return new Map(
      await Promise.all(
        files.map(async (file) => [file.slice(folder.length + 1), await readFile(file)] as const),
      ),
    )
  } finally {
    vi.restoreAllMocks()
    await rm(folder, { recursive: true, force: true })
  }
}

describe('deliver: artifact', () => {
  it('uploads the images with their paths and the requested retention, and each once more for the browser', async () => {
    await using world = await startWorld({ 'docs/a/hero.png': 'A fox', 'docs/b/hero.png': 'A hare' })

    const run = await (await world.checkout()).run({ inputs: { deliver: 'artifact', 'retention-days': '3' } })

    expect(run.code).toBe(0)
    const [zip] = world.artifacts.artifacts
    expect(run.outputs).toMatchObject({
      'artifact-id': String(zip?.id),
      'artifact-url': `${world.github.serverUrl}/octo/docs/actions/runs/77/artifacts/${zip?.id}`,
    })
    expect(Math.round((Date.parse(zip?.expiresAt ?? '') - Date.now()) / 86_400_000)).toBe(3)
    const files = await unpacked(world, 'easel-images')
    expect([...files.keys()].toSorted()).toEqual(['docs/a/hero.png', 'docs/b/hero.png', 'easel.lock.json'])
    const previews = world.artifacts.artifacts.filter(({ mimeType }) => mimeType === 'image/png')
    expect(previews.map(({ name }) => name)).toEqual(['docs-a-hero.png', 'docs-b-hero.png'])
    expect(previews[0]?.bytes.equals(files.get('docs/a/hero.png') ?? Buffer.of())).toBe(true)
  })

  it('uses another name when an earlier step of the run took it', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await (await world.checkout()).run({ inputs: { deliver: 'artifact' } })

    const run = await (await world.checkout()).run({ inputs: { deliver: 'artifact' } })

    expect(run.code).toBe(0)
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual([
      'easel-images',
      'fox.png',
      'easel-images-2',
      'fox-2.png',
    ])
  })

  it('holds more than a hundred images', async () => {
    const images = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`img/${at}.png`, `Fox ${at}`]))
    await using world = await startWorld(images)

    const run = await (await world.checkout()).run({ inputs: { deliver: 'artifact', concurrency: '16' } })

    expect(run.code).toBe(0)
    expect(world.artifacts.artifacts).toHaveLength(1)
    expect((await unpacked(world, 'easel-images')).size).toBe(121)
  }, 120_000)

  it.each([
    ['docs/img/a', 'docs-img-a'],
    ['a:b*c?"<>|d', 'a-b-c-d'],
    ['///', 'images'],
  ])('turns %j into a name that GitHub accepts', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })
})

describe('nothing paid is lost', () => {
  it.each([
    [
      'a protected branch',
      (world: World) => world.github.protectedBranches.set('main', 'protection'),
      'use deliver: pull-request',
    ],
    [
      'a rate limit',
      (world: World) =>
        world.github.add({
          body: /createCommitOnBranch/,
          response: {
            status: 403,
            body: { message: 'You have exceeded a secondary rate limit.' },
            headers: { 'retry-after': '3600' },
          },
        }),
      'run the job again later',
    ],
    [
      'an error that Easel doesn’t know',
      (world: World) =>
        world.github.add({
          body: /createCommitOnBranch/,
          response: { status: 200, body: { errors: [{ type: 'ODD', message: 'Something is odd.' }] } },
        }),
      'The request to GitHub about main failed: Something is odd.',
    ],
  ])(
    'with %s the images are uploaded as an artifact, and the run says what to change',
    async (_why, spoil, advice) => {
      await using world = await startWorld({ 'docs/fox.png': 'A fox' })
      const before = await world.github.head()
      const checkout = await world.checkout()
      spoil(world)

      const run = await checkout.run({ inputs: { deliver: 'commit' } })

      expect(run.code).toBe(1)
      expect(run.stdout).toMatch(new RegExp(`::error title=Easel::.*${advice}.*easel-rescued`))
      expect(run.summary).toMatch(/^> .*as the artifact easel-rescued: http.*\/artifacts\/\d+$/m)
      expect(run.outputs['artifact-url']).toMatch(/\/artifacts\/\d+$/)
      expect(await world.github.head()).toBe(before)
      expect([...(await unpacked(world, 'easel-rescued')).keys()].toSorted()).toEqual([
        'docs/fox.png',
        'easel.lock.json',
      ])
    },
  )

  it('delivers what was generated when other images failed, and fails', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'bad.png': '[[fault:refusal]] A hare' })

    const run = await (
      await world.checkout()
    ).run({ inputs: { deliver: 'commit', 'on-error': 'keep-going' } })

    expect(run.code).toBe(1)
    expect(run.outputs).toMatchObject({
      generated: '1',
      failed: '1',
      'commit-sha': await world.github.head(),
    })
    expect([...(await world.lock()).keys()]).toEqual(['fox.png'])
  })

  it.skipIf(!canMount())(
    'delivers what was generated when the end of the run fails (skipped where mounting is not allowed)',
    async () => {
      await using world = await startWorld({ 'fox.png': 'A fox' })
      await (await world.checkout()).run()
      await world.github.push({ 'easel.yml': listed({ 'hare.png': 'A hare' }) })
      const checkout = await world.checkout()
      using _orphan = pin(join(checkout.root, 'fox.png'))

      const run = await checkout.run({ inputs: { prune: 'true' } })

      expect(run.code).toBe(1)
      expect(run.stdout).toContain('EBUSY')
      expect(run.outputs['commit-sha']).toBe(await world.github.head())
      expect([...(await world.lock()).keys()]).toContain('hare.png')
    },
  )

  it('an image whose path was taken while it was generated is uploaded as an artifact, even with deliver: none', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, { latencyMs: 1500 })
    const checkout = await world.checkout()

    const running = checkout.run({ inputs: { deliver: 'none' } })
    await expect.poll(() => world.upstream.prompts(), { interval: 5, timeout: 20_000 }).toHaveLength(1)
    await mkdir(join(checkout.root, 'fox.png'))
    const run = await running

    expect(run.code).toBe(1)
    const kept = await unpacked(world, 'easel-rescued')
    expect([...kept.keys()]).toContain('fox.png')
    expect(kept.get('fox.png')?.subarray(1, 4).toString()).toBe('PNG')
  })

  it('spends nothing when the branch to commit to does not exist', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const run = await (await world.checkout()).run({ inputs: { deliver: 'commit', branch: 'nowhere' } })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain('There is no branch nowhere.')
    expect(world.upstream.prompts()).toEqual([])
  })
})

describe('loops', () => {
  it('a run started by its own commit with a personal token has nothing to do, and commits nothing', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const inputs = { deliver: 'commit', 'github-token': 'ghp_ada' }
    await (await world.checkout()).run({ inputs })
    const head = await world.github.head()

    const second = await (await world.checkout()).run({ inputs })

    expect(second.code).toBe(0)
    expect(second.outputs).toMatchObject({ changed: 'false', planned: '0' })
    expect(await world.github.head()).toBe(head)
  })
})
