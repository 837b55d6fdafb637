import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { rescueFoldersOf } from '../../../action/lock/rescue-folder.ts'
import type { LockEntry } from '../../../action/lock/schema.ts'
import { generateIn } from '../../support/action/generate-in.ts'
import { canMount, mountMemory, remount } from '../../support/action/mount.ts'
import { easel, startEasel } from '../../support/action/processes.ts'
import { startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const POLL = { interval: 2, timeout: 20_000 }
const SLOW_DISK = `--require=${fileURLToPath(new URL('../../support/action/slow-disk.cjs', import.meta.url))}`
const FOX = { path: 'a.png', prompt: 'A fox' }

describe('a rescued image', () => {
  it('stays beside one with another spec for the same path', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
    await rescueCopy(workspace, upstream, FOX)
    await workspace.write('easel.yml', config({ ...FOX, prompt: 'A hare' }))
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', config(FOX))

    const { images: now } = await generateIn(workspace, upstream)

    expect(now).toMatchObject([{ outcome: 'adopted' }])
    expect(upstream.prompts()).toEqual(['A fox', 'A hare'])
  })

  it.each([
    ['before it', ['a.png', 'b.png']],
    ['after it', ['b.png', 'a.png']],
  ])('is shared with an image of the same spec that comes %s', async (_, paths) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(...paths.map((path) => ({ ...FOX, path }))),
    })
    await rescueCopy(workspace, upstream, FOX)

    const run = await generateIn(workspace, upstream, { concurrency: 1 })

    expect(run.images).toMatchObject([{ outcome: 'adopted' }, { outcome: 'adopted' }])
    expect(upstream.prompts()).toHaveLength(1)
    expect(await workspace.files()).toEqual(['a.png', 'b.png', 'easel.lock.json', 'easel.yml'])
  })

  it('never takes the place of a file that somebody put there and adopted', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
    await rescueCopy(workspace, upstream, FOX)
    await using other = await createWorkspace({ 'easel.yml': config({ ...FOX, prompt: 'Mine' }) })
    await generateIn(other, upstream)
    await workspace.write('a.png', await other.read('a.png'))
    await easel(['adopt'], { cwd: workspace.root })

    await generateIn(workspace, upstream)

    expect(await workspace.sha256('a.png')).toBe(await other.sha256('a.png'))
    const forced = await easel(['generate', '--force'], { cwd: workspace.root, env: upstream.env })
    expect(forced.stdout, 'an older one is not what --force is for').toContain('1 image generated')
  })

  it('is not preferred to a newer one in its place when the path changes', async () => {
    await using upstream = await startUpstream({ faults: [{ bytes: 30_000, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
    await rescueCopy(workspace, upstream, FOX)
    await using newer = await createWorkspace({ 'easel.yml': config(FOX) })
    await generateIn(newer, upstream)
    for (const file of ['a.png', 'easel.lock.json']) await workspace.write(file, await newer.read(file))
    await workspace.write('easel.yml', config({ ...FOX, path: 'c.png' }))

    await generateIn(workspace, upstream)

    expect(await workspace.sha256('c.png')).toBe(await newer.sha256('a.png'))
  })

  it('shares its file with no other, whatever type the model returned', async () => {
    await using upstream = await startUpstream({ faults: [{ lyingMediaType: true }] })
    await using workspace = await createWorkspace({
      'easel.yml': config(FOX, { path: 'a.png.jpeg', prompt: 'A hare' }),
    })

    const { images } = await generateIn(workspace, upstream)

    expect(images).toMatchObject([{ outcome: 'generated' }, { outcome: 'generated' }])
    for (const [path, { sha256 }] of await workspace.lock()) expect(await workspace.sha256(path)).toBe(sha256)
  })

  it('of which nobody knows any more what it is, is not thrown away: the error names the folder', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(FOX),
      '.easel/rescued/easel.lock.json': '',
    })

    const run = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(run.code).not.toBe(0)
    expect(run.stderr).toMatch(
      /\.easel\/rescued\/easel\.lock\.json can’t be read.* move .*\.easel\/rescued away/,
    )
    expect(upstream.prompts()).toEqual([])
  })
})

describe('a run that was killed', () => {
  it('while it wrote a converted image still has the original', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ ...FOX, path: 'a.webp' }) })
    const lock = join(workspace.root, '.easel/rescued/easel.lock.json')
    const hasConverted = () => existsSync(lock) && readFileSync(lock, 'utf8').includes('image/webp')

    await killOnce(workspace, upstream, { steps: 'writev', when: hasConverted })

    expect((await generateIn(workspace, upstream)).images).toMatchObject([{ outcome: 'adopted' }])
    expect(upstream.prompts()).toHaveLength(1)
  })

  it.each([
    ['generate', ['generate']],
    ['generate --force', ['generate', '--force']],
  ])('after generate --force had a new image is finished by %s', async (_, args) => {
    await using upstream = await startUpstream({ faults: [{ bytes: 30_000, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX) })
    await generateIn(workspace, upstream)
    const old = await workspace.sha256('a.png')
    const isWhole = () => rescuedFiles(workspace).includes('a.png')
    await killOnce(workspace, upstream, { args: ['generate', '--force'], steps: 'unlink', when: isWhole })

    await easel(args, { cwd: workspace.root, env: upstream.env })

    expect(upstream.prompts()).toHaveLength(2)
    expect(await workspace.sha256('a.png')).not.toBe(old)
    expect(rescuedFiles(workspace)).toEqual([])
  })

  it('after it had the one image that generate --force asked for twice pays for no other', async () => {
    await using upstream = await startUpstream({ faults: [{ bytes: 30_000, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(FOX, { ...FOX, path: 'b.png' }) })
    await generateIn(workspace, upstream)
    const isWhole = () => rescuedFiles(workspace).includes('a.png')
    await killOnce(workspace, upstream, { args: ['generate', '--force'], steps: 'unlink', when: isWhole })

    await easel(['generate', '--force'], { cwd: workspace.root, env: upstream.env })

    expect(upstream.prompts()).toHaveLength(2)
    expect(await workspace.sha256('b.png')).toBe(await workspace.sha256('a.png'))
  })
})

describe.skipIf(!canMount())('on another file system (skipped where mounting is not allowed)', () => {
  it('a run that was killed while it copied an image leaves nothing there', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ ...FOX, path: 'img/a.png' }) })
    const folder = join(workspace.root, 'img')
    await mkdir(folder)
    using _mount = mountMemory(folder, 'size=40m')

    await killOnce(workspace, upstream, { steps: 'sync', when: () => readdirSync(folder).length > 0 })
    await generateIn(workspace, upstream)

    expect(upstream.prompts()).toHaveLength(1)
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/a.png'])
  })

  it('images whose long names start alike arrive side by side', async () => {
    await using upstream = await startUpstream()
    const long = ['one', 'two', 'three', 'four'].map((end) => ({
      path: `img/${'a'.repeat(150)}-${end}.png`,
      prompt: `A fox, number ${end}`,
    }))
    await using workspace = await createWorkspace({ 'easel.yml': config(...long) })
    const folder = join(workspace.root, 'img')
    await mkdir(folder)
    using _mount = mountMemory(folder, 'size=40m')

    const { stoppedBy } = await generateIn(workspace, upstream)

    expect(stoppedBy).toBeUndefined()
    for (const [path, { sha256 }] of await workspace.lock()) expect(await workspace.sha256(path)).toBe(sha256)
  })

  it('that is full while a rescued image is converted, the original stays for the next run', async () => {
    // It doesn't compress, so the converted one is large, too.
    await using upstream = await startUpstream({ faults: [{ bytes: 3_000_000 }] })
    await using outside = await createWorkspace({ 'work/x': '', 'tmp/x': '' })
    const work = join(outside.root, 'work')
    const temporary = join(outside.root, 'tmp')
    using _work = mountMemory(work, 'size=3100k')
    using _temporary = mountMemory(temporary, 'size=8k')
    const options = { cwd: work, env: { ...upstream.env, TMPDIR: temporary } }
    await outside.write('work/easel.yml', config({ ...FOX, path: 'img/a.webp' }))

    const run = await easel(['generate'], options)
    remount(work, 'size=40m')
    const next = await easel(['generate'], options)

    expect(run.stdout).toContain('the disk is full')
    expect(next.stdout).toContain('1 image adopted')
    expect(upstream.prompts()).toHaveLength(1)
  })
})

/** Leaves an image as a run does that was killed right before it moved it to its place. */
async function rescueCopy(
  { root }: Workspace,
  upstream: Upstream,
  image: { readonly path: string },
): Promise<void> {
  await using made = await createWorkspace({ 'easel.yml': config(image) })
  await generateIn(made, upstream)
  const arriving = await rescueFoldersOf(root)[0].receive()
  await arriving.write(await made.read(image.path))
  await arriving.keep(image.path, (await made.lock()).get(image.path) as LockEntry)
}

/** Starts a run with slow steps, and kills it within one. */
async function killOnce(
  { root }: Workspace,
  upstream: Upstream,
  {
    args = ['generate'],
    steps,
    when,
  }: { readonly args?: readonly string[]; readonly steps: string; readonly when: () => boolean },
): Promise<void> {
  const env = { ...upstream.env, NODE_OPTIONS: SLOW_DISK, SLOW_STEPS: steps }
  const run = startEasel(args, { cwd: root, env })
  await expect.poll(when, POLL).toBe(true)
  run.child.kill('SIGKILL')
  await run.finished
}

function rescuedFiles({ root }: Workspace): string[] {
  const folder = join(root, '.easel/rescued')
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
}
