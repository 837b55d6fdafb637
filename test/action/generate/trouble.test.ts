import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateIn } from '../../support/action/generate-in.ts'
import { canMount, mountMemory, remount } from '../../support/action/mount.ts'
import { easel, startEasel } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const IMAGES = [
  { path: 'img/a.png', prompt: 'slow' },
  { path: 'img/b.png', prompt: 'A hare' },
]

const SAVED_TO = /saved to (\S+\.png)/

/** Another process has to start first. */
const POLL = { interval: 5, timeout: 20_000 }

/** Starts a run, and does something while its images are in flight. */
async function meanwhile(workspace: Workspace, happens: () => Promise<unknown>) {
  await using upstream = await startUpstream({ latencyMs: 1000 })
  const run = startEasel(['generate', '--on-error', 'keep-going'], { cwd: workspace.root, env: upstream.env })
  await expect.poll(() => upstream.prompts(), POLL).toContain('slow')
  await happens()
  const finished = await run.finished
  return { ...finished, prompts: upstream.prompts() }
}

describe('while it runs', () => {
  it('a folder appears at the image’s path: the image is saved elsewhere, and the others are generated', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { code, stdout } = await meanwhile(workspace, () =>
      mkdir(join(workspace.root, 'img/a.png'), { recursive: true }),
    )

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png has become a folder.')
    expect(execFileSync('file', ['-b', SAVED_TO.exec(stdout)?.[1] ?? ''], { encoding: 'utf8' })).toContain(
      'PNG image',
    )
    expect([...(await workspace.lock()).keys()]).toEqual(['img/b.png'])
  })

  it('somebody writes a file at the image’s path: theirs stays, ours is saved elsewhere', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { code, stdout } = await meanwhile(workspace, () => workspace.write('img/a.png', 'by hand'))

    expect(code).toBe(1)
    expect(stdout).toContain('Someone else changed img/a.png')
    expect(stdout).toMatch(SAVED_TO)
    expect(await workspace.text('img/a.png')).toBe('by hand')
  })

  it('the folder becomes a link out of the workspace: nothing is written through it', async () => {
    await using outside = await createWorkspace()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES), 'img/keep': '' })

    const { code, stdout } = await meanwhile(workspace, async () => {
      await rm(join(workspace.root, 'img'), { recursive: true })
      await symlink(outside.root, join(workspace.root, 'img'))
    })

    expect(code).toBe(1)
    expect(stdout).toContain('now goes through the symbolic link img')
    expect((await outside.files()).filter((file) => file.endsWith('a.png'))).toEqual([])
  })

  it('the old image is truncated or deleted: a truncated file counts as edited, a deleted one is written again', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', config({ ...IMAGES[0], seed: 1 }, IMAGES[1] ?? {}))

    const truncated = await meanwhile(workspace, () => writeFile(join(workspace.root, 'img/a.png'), ''))
    expect(truncated.stdout).toContain('Someone else changed img/a.png')
    await rm(join(workspace.root, 'img/a.png'))
    await generateIn(workspace, upstream)

    expect(upstream.prompts(), 'the image of the second run was kept').toHaveLength(2)
    expect(await workspace.sha256('img/a.png')).toBe((await workspace.lock()).get('img/a.png')?.sha256)
  })

  it('the lock becomes unreadable: image and lock stay, the run ends, and the next one pays nothing', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(IMAGES[0] ?? {}) })

    const { code, stderr } = await meanwhile(workspace, () =>
      workspace.write('easel.lock.json', '{"version": 9}'),
    )

    expect(code).toBe(1)
    expect(stderr).toContain('img/a.png was written, but easel.lock.json could not be updated')
    expect(await workspace.text('easel.lock.json')).toBe('{"version": 9}')
    expect(await workspace.files()).toContain('img/a.png')

    await rm(join(workspace.root, 'easel.lock.json'))
    await using upstream = await startUpstream()
    const { images } = await generateIn(workspace, upstream)
    expect(images).toMatchObject([{ outcome: 'adopted' }])
    expect(upstream.prompts()).toEqual([])
    expect(await workspace.sha256('img/a.png')).toBe((await workspace.lock()).get('img/a.png')?.sha256)
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/a.png'])
  })
})

describe('before it spends', () => {
  it.each([
    ['{"version": 1', 'is not valid JSON'],
    ['{"version": 9, "images": {}}', 'written by a newer Easel'],
  ])('refuses the lock %j', async (text, message) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES), 'easel.lock.json': text })

    const { code, stderr } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(upstream.prompts()).toEqual([])
    expect(await workspace.text('easel.lock.json')).toBe(text)
  })

  it('refuses to start when a folder of the path is a file', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES), img: 'a file' })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(1)
    expect(stdout).toContain(
      'img/a.png can’t be written, so Easel did not request it: one of its folders is a file.',
    )
    expect(upstream.prompts()).toEqual([])
  })

  it('refuses an input image that has changed since the plan', async () => {
    await using upstream = await startUpstream()
    const images = [IMAGES[0] ?? {}, { path: 'img/c.png', prompt: 'x', input_images: ['in.png'] }]
    const input = await imageBytes(upstream.env)
    await using workspace = await createWorkspace({ 'easel.yml': config(...images), 'in.png': input })
    await using slow = await startUpstream({ faults: [{ match: 'slow', latencyMs: 300 }] })
    const run = startEasel(['generate', '-j', '1'], { cwd: workspace.root, env: slow.env })
    await expect.poll(() => slow.prompts(), POLL).toContain('slow')

    await workspace.write('in.png', 'something else')

    expect((await run.finished).stdout).toContain('in.png has changed since the plan')
    expect(slow.prompts()).toEqual(['slow'])
  })
})

describe.skipIf(!canMount())('on a separate file system (skipped where mounting is not allowed)', () => {
  it('a full disk: what was paid for is saved elsewhere, and the next run adopts it', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await mkdir(join(workspace.root, 'img'))
    const options = { cwd: workspace.root, env: upstream.env }
    {
      using _mount = mountMemory(join(workspace.root, 'img'), 'size=8k')

      const { code, stdout } = await easel(['generate', '-j', '1', '--on-error', 'keep-going'], options)

      expect(code).toBe(1)
      expect(stdout).toContain('img/a.png can’t be written: the disk is full.')
      expect(stdout).toMatch(SAVED_TO)
      expect((await workspace.files()).filter((file) => file.startsWith('img/'))).toEqual([])
      expect(upstream.prompts(), 'the run ends with it').toEqual(['slow'])
    }
    await generateIn(workspace, upstream)
    expect(upstream.prompts()).toEqual(['slow', 'A hare'])
  })

  it('the workspace is full: the image is saved in the temporary folder, and the next run adopts it', async () => {
    await using upstream = await startUpstream()
    await using outside = await createWorkspace({ 'work/x': '', 'tmp/x': '' })
    const work = join(outside.root, 'work')
    const options = { cwd: work, env: { ...upstream.env, TMPDIR: join(outside.root, 'tmp') } }
    using _mount = mountMemory(work, 'size=32k')
    await writeFile(join(work, 'easel.yml'), config(...IMAGES))

    const { code, stdout } = await easel(['generate', '-j', '1', '--on-error', 'keep-going'], options)

    expect(code).toBe(1)
    expect(stdout).toContain('the disk is full.')
    expect(upstream.prompts(), 'the run ends with it').toEqual(['slow'])
    remount(work, 'size=8m')
    const next = await easel(['generate'], options)
    expect(next.code).toBe(0)
    expect(upstream.prompts()).toEqual(['slow', 'A hare'])
  })

  it('the workspace becomes full in the middle of a large image: all of it is saved in the temporary folder', async () => {
    await using upstream = await startUpstream({ faults: [{ bytes: 8_000_000 }] })
    await using outside = await createWorkspace({ 'work/x': '', 'tmp/x': '' })
    const work = join(outside.root, 'work')
    const options = { cwd: work, env: { ...upstream.env, TMPDIR: join(outside.root, 'tmp') } }
    using _mount = mountMemory(work, 'size=3m')
    await writeFile(join(work, 'easel.yml'), config(...IMAGES))

    const { code, stdout } = await easel(['generate', '-j', '1'], options)

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png can’t be written: the disk is full.')
    expect(upstream.prompts(), 'the run ends with it').toEqual(['slow'])
    expect(await outside.files()).toContainEqual(expect.stringMatching(/^tmp\/easel-rescued-.*\/a\.png$/))
    remount(work, 'size=20m')
    const next = await easel(['generate'], options)
    expect(next.code).toBe(0)
    expect(upstream.prompts()).toEqual(['slow', 'A hare'])
    expect((await outside.files()).filter((file) => file.startsWith('tmp/'))).toEqual(['tmp/x'])
  })

  it('a disk that is full while one image still arrives: no other one is requested', async () => {
    const faults = [
      { match: 'slow', bytes: 8_000_000, stallAt: 'end', stallMs: 2000 } as const,
      { match: 'A hare', latencyMs: 1000 },
    ]
    await using upstream = await startUpstream({ faults })
    await using outside = await createWorkspace({ 'work/x': '', 'tmp/x': '' })
    const [work, temporary] = [join(outside.root, 'work'), join(outside.root, 'tmp')]
    using _work = mountMemory(work, 'size=3m')
    using _temporary = mountMemory(temporary, 'size=100k')
    await writeFile(join(work, 'easel.yml'), config(...IMAGES, { path: 'img/c.png', prompt: 'A fox' }))

    const { stdout, stderr } = await easel(['generate', '-j', '2', '--on-error', 'keep-going'], {
      cwd: work,
      env: { ...upstream.env, TMPDIR: temporary },
    })

    expect(`${stdout}${stderr}`).toContain('img/a.png could not be saved to')
    expect(stdout, 'what fits is kept').toContain('1 image generated')
    expect(upstream.prompts().toSorted()).toEqual(['A hare', 'slow'])
  })

  it('the temporary folder is full: the image is saved in the workspace, and the next run adopts it', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(...IMAGES),
      'img/x': '',
      'tmp/x': '',
    })
    const temporary = join(workspace.root, 'tmp')
    const options = { cwd: workspace.root, env: { ...upstream.env, TMPDIR: temporary } }
    using _temporary = mountMemory(temporary, 'size=4k')
    {
      using _mount = mountMemory(join(workspace.root, 'img'), 'size=8k')
      const { code, stdout } = await easel(['generate', '-j', '1'], options)
      expect(code).toBe(1)
      expect(stdout).toContain('the disk is full.')
    }

    const next = await easel(['generate'], options)

    expect(next.code).toBe(0)
    expect(upstream.prompts()).toEqual(['slow', 'A hare'])
  })

  it('a read-only folder: nothing is requested', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await mkdir(join(workspace.root, 'img'))
    using _mount = mountMemory(join(workspace.root, 'img'), 'ro')

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(1)
    expect(stdout).toContain(
      'img/a.png can’t be written, so Easel did not request it: the file system is read-only.',
    )
    expect(upstream.prompts()).toEqual([])
  })
})

async function imageBytes(env: Readonly<Record<string, string>>): Promise<Buffer> {
  await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'input' }) })
  await easel(['generate'], { cwd: workspace.root, env })
  return workspace.read('a.png')
}
