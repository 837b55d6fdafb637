import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { easel, startEasel } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const IMAGES = [
  { path: 'img/a.png', prompt: 'slow' },
  { path: 'img/b.png', prompt: 'A hare' },
]

const KEPT_AT = /kept at (\S+\.png)/

/** Starts a run, and does something while its first image is under way. */
async function meanwhile(workspace: Workspace, happens: () => Promise<unknown>) {
  await using upstream = await startUpstream({ faults: [{ match: 'slow', latencyMs: 400 }] })
  const run = startEasel(['generate', '--on-error', 'keep-going'], { cwd: workspace.root, env: upstream.env })
  while (!upstream.prompts().includes('slow')) await new Promise((resolve) => setTimeout(resolve, 5))
  await happens()
  const finished = await run.finished
  return { ...finished, prompts: upstream.prompts() }
}

describe('while it runs', () => {
  it('a folder in the image’s place: the image is kept elsewhere, and the others are made', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { code, stdout } = await meanwhile(workspace, () =>
      mkdir(join(workspace.root, 'img/a.png'), { recursive: true }),
    )

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png has become a folder.')
    expect(execFileSync('file', ['-b', KEPT_AT.exec(stdout)?.[1] ?? ''], { encoding: 'utf8' })).toContain(
      'PNG image',
    )
    expect([...(await workspace.lock()).keys()]).toEqual(['img/b.png'])
  })

  it('a file that somebody writes there: theirs stays, ours is kept elsewhere', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })

    const { code, stdout } = await meanwhile(workspace, () => workspace.write('img/a.png', 'by hand'))

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png was changed by someone else')
    expect(stdout).toMatch(KEPT_AT)
    expect(await workspace.text('img/a.png')).toBe('by hand')
  })

  it('its folder turns into a link out of the workspace: nothing is written through it', async () => {
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

  it('the old image is deleted or truncated: the first is written again, the second is somebody’s', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await easel(['generate'], { cwd: workspace.root, env: upstream.env })
    await workspace.write('easel.yml', config({ ...IMAGES[0], seed: 1 }, IMAGES[1] ?? {}))

    const truncated = await meanwhile(workspace, () => writeFile(join(workspace.root, 'img/a.png'), ''))
    expect(truncated.stdout).toContain('was changed by someone else')
    await rm(join(workspace.root, 'img/a.png'))
    const deleted = await meanwhile(workspace, () => Promise.resolve())

    expect(deleted.code).toBe(0)
    expect(await workspace.sha256('img/a.png')).toBe((await workspace.lock()).get('img/a.png')?.sha256)
  })

  it('the lock gets conflict markers: the image stays, the markers stay, the error says both', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(IMAGES[0] ?? {}) })

    const { code, stdout } = await meanwhile(workspace, () =>
      workspace.write('easel.lock.json', '<<<<<<< HEAD\n'),
    )

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png is in its place, but could not be entered into easel.lock.json')
    expect(stdout).toContain('conflict markers')
    expect(await workspace.text('easel.lock.json')).toBe('<<<<<<< HEAD\n')
    expect(await workspace.files()).toContain('img/a.png')
  })
})

describe('before it spends', () => {
  it.each([
    ['<<<<<<< HEAD\n=======\n>>>>>>> main\n', 'holds conflict markers'],
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

  it('refuses a file in the place of a folder', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES), img: 'a file' })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(1)
    expect(stdout).toContain(
      'img/a.png can’t be written, so nothing was asked for: a file is in the place of',
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
    while (!slow.prompts().includes('slow')) await new Promise((resolve) => setTimeout(resolve, 5))

    await workspace.write('in.png', 'something else')

    expect((await run.finished).stdout).toContain('in.png was changed since the plan')
    expect(slow.prompts()).toEqual(['slow'])
  })
})

const mayMount = canMount()

describe.skipIf(!mayMount)('on a file system of its own (skipped where mounting is not allowed)', () => {
  it('a full disk: what was paid for is kept elsewhere, and the old files are whole', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await mkdir(join(workspace.root, 'img'))
    using _mount = mount(join(workspace.root, 'img'), 'size=8k')

    const { code, stdout } = await easel(['generate', '-j', '1'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(1)
    expect(stdout).toContain('img/a.png can’t be written: the disk is full.')
    expect(stdout).toMatch(KEPT_AT)
    expect(await workspace.files()).toEqual(['easel.yml'])
    expect(upstream.prompts(), 'the run ends with it').toHaveLength(1)
  })

  it('a read-only folder: nothing is asked for', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...IMAGES) })
    await mkdir(join(workspace.root, 'img'))
    using _mount = mount(join(workspace.root, 'img'), 'ro')

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(1)
    expect(stdout).toContain(
      'img/a.png can’t be written, so nothing was asked for: the file system is read-only.',
    )
    expect(upstream.prompts()).toEqual([])
  })
})

async function imageBytes(env: Readonly<Record<string, string>>): Promise<Buffer> {
  await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'input' }) })
  await easel(['generate'], { cwd: workspace.root, env })
  return workspace.read('a.png')
}

function mount(folder: string, options: string): Disposable {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  return { [Symbol.dispose]: () => execFileSync('umount', [folder]) }
}

function canMount(): boolean {
  try {
    execFileSync('sh', ['-c', 'd=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && umount "$d" && rmdir "$d"'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}
