import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatLfsPointer } from '../../../action/git/lfs-pointer.ts'
import { easel } from '../../support/action/processes.ts'
import { generateIn } from '../../support/action/generate-in.ts'
import { startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const MIDDLE = { path: 'img/m.png', prompt: 'A fox' }
const BEFORE = { path: 'img/a.png', prompt: 'A hare' }
const AFTER = { path: 'img/z.png', prompt: 'An owl' }
const VECTOR = { path: 'logo.svg', prompt: 'A logo', model: 'recraft/recraft-v4.1-vector' }
const ATTRIBUTES = 'easel.lock.json merge=union linguist-generated\n*.svg -text\n'

let upstream: Upstream
beforeAll(async () => {
  // With lines in its SVGs.
  upstream = await startUpstream({ plainImages: false })
})
afterAll(() => upstream[Symbol.asyncDispose]())

describe('in real git', () => {
  it('two branches that each add an image merge, and no image is paid for again', async () => {
    await using workspace = await createRepository({ '.gitattributes': ATTRIBUTES })
    await branch(workspace, 'ours', [BEFORE, MIDDLE])
    await branch(workspace, 'theirs', [MIDDLE, AFTER])

    await git(workspace, 'merge', '--no-edit', 'ours')
    expect(await git(workspace, 'status', '--porcelain')).toBe('')

    await workspace.write('easel.yml', config(BEFORE, MIDDLE, AFTER))
    await expectAllKnown(workspace, ['img/a.png', 'img/m.png', 'img/z.png'])
  })

  it('two branches that add images at the same place merge with init’s .gitattributes', async () => {
    await using workspace = await createRepository({ '.gitattributes': ATTRIBUTES })
    await branch(workspace, 'ours', [MIDDLE, { ...AFTER, path: 'img/y.png', seed: 1 }])
    await branch(workspace, 'theirs', [MIDDLE, AFTER])

    await git(workspace, 'merge', '--no-edit', 'ours')
    expect(await git(workspace, 'status', '--porcelain')).toBe('')

    await workspace.write('easel.yml', config(MIDDLE, { ...AFTER, path: 'img/y.png', seed: 1 }, AFTER))
    await expectAllKnown(workspace, ['img/m.png', 'img/y.png', 'img/z.png'])
  })

  it.each(['merge', 'diff3'])(
    'reads a conflict in %s style through: check writes nothing, generate resolves it',
    async (style) => {
      await using workspace = await createRepository({})
      const other = { ...AFTER, path: 'img/y.png', seed: 1 }
      await branch(workspace, 'ours', [MIDDLE, other])
      await branch(workspace, 'theirs', [MIDDLE, AFTER])
      await expect(git(workspace, '-c', `merge.conflictStyle=${style}`, 'merge', 'ours')).rejects.toThrow()
      const conflicted = await workspace.text('easel.lock.json')
      expect(conflicted).toContain('<<<<<<< HEAD')
      await workspace.write('easel.yml', config(MIDDLE, other, AFTER))

      const check = await easel(['check'], { cwd: workspace.root })

      expect(check.code).toBe(3)
      expect(check.stdout).toContain('3 images up to date')
      expect(check.stdout).toContain('both sides of a merge')
      expect(await workspace.text('easel.lock.json'), 'nothing is written').toBe(conflicted)
      await expectAllKnown(workspace, ['img/m.png', 'img/y.png', 'img/z.png'])
    },
  )

  it('of an image that both branches regenerated, takes the entry of the file that is kept', async () => {
    await using workspace = await createRepository({})
    await branch(workspace, 'ours', [{ ...MIDDLE, seed: 1 }])
    await branch(workspace, 'theirs', [{ ...MIDDLE, seed: 2 }])
    await expect(git(workspace, 'merge', 'ours')).rejects.toThrow()
    await git(workspace, 'checkout', '--theirs', 'img/m.png')
    await workspace.write('easel.yml', config({ ...MIDDLE, seed: 1 }))

    await expectAllKnown(workspace, ['img/m.png'])
    expect((await workspace.lock()).get('img/m.png')?.spec).toMatchObject({ seed: 1 })
  })

  it('the same for an SVG that git checks out with CRLF', async () => {
    await using workspace = await createRepository({})
    await branch(workspace, 'ours', [{ ...VECTOR, seed: 1 }])
    await branch(workspace, 'theirs', [{ ...VECTOR, seed: 2 }])
    await git(workspace, 'config', 'core.autocrlf', 'true')
    await expect(git(workspace, 'merge', 'ours')).rejects.toThrow()
    await git(workspace, 'checkout', '--theirs', 'logo.svg')
    expect(await workspace.text('logo.svg')).toContain('\r\n')
    await workspace.write('easel.yml', config({ ...VECTOR, seed: 1 }))

    expect((await easel(['check'], { cwd: workspace.root })).stdout).toContain('1 image up to date')
  })

  it('the same for a pointer of Git LFS', async () => {
    await using workspace = await createRepository({})
    await branch(workspace, 'ours', [{ ...MIDDLE, seed: 1 }])
    const { sha256 = '', bytes = 0 } = (await workspace.lock()).get(MIDDLE.path) ?? {}
    await branch(workspace, 'theirs', [{ ...MIDDLE, seed: 2 }])
    await expect(git(workspace, 'merge', 'ours')).rejects.toThrow()
    await workspace.write(MIDDLE.path, formatLfsPointer({ sha256, bytes }))
    await workspace.write('easel.yml', config({ ...MIDDLE, seed: 1 }))

    expect((await easel(['check'], { cwd: workspace.root })).stdout).toContain('1 image up to date')
  })

  it('of a file that both branches adopted, takes the entry that the config describes', async () => {
    await using workspace = await createRepository({})
    for (const name of ['ours', 'theirs']) {
      await git(workspace, 'checkout', '-q', '-b', name, 'main')
      await workspace.write('easel.yml', config({ ...MIDDLE, prompt: name }))
      await easel(['adopt', MIDDLE.path], { cwd: workspace.root })
      await git(workspace, 'commit', '-q', '-a', '-m', name)
    }
    await expect(git(workspace, 'merge', 'ours')).rejects.toThrow()

    for (const prompt of ['ours', 'theirs']) {
      await workspace.write('easel.yml', config({ ...MIDDLE, prompt }))
      expect((await easel(['check'], { cwd: workspace.root })).stdout).toContain('1 image up to date')
    }
    const run = await easel(['generate'], { cwd: workspace.root })
    expect(run.stdout).toContain('held both sides of a merge, and is resolved')
    expect((await workspace.lock()).get(MIDDLE.path)?.spec).toMatchObject({ prompt: 'theirs' })
  })

  it('an SVG that git checks out with CRLF is not edited by hand', async () => {
    await using workspace = await createRepository({})
    await branch(workspace, 'ours', [VECTOR])
    const lines = (await workspace.text('logo.svg')).split('\n').length
    expect(lines).toBeGreaterThan(2)
    await git(workspace, 'config', 'core.autocrlf', 'true')
    await git(workspace, 'rm', '-q', '--cached', 'logo.svg')
    await git(workspace, 'reset', '-q', '--hard')
    await copyFile(join(workspace.root, 'logo.svg'), join(workspace.root, 'copy'))
    expect((await workspace.text('copy')).split('\r\n'), 'git did convert it').toHaveLength(lines)

    expect((await easel(['check'], { cwd: workspace.root })).code).toBe(0)
  })
})

/** Everything is up to date, nothing is paid for, and the lock is in its usual form. */
async function expectAllKnown(workspace: Workspace, paths: readonly string[]): Promise<void> {
  const sent = upstream.prompts().length
  const { images, stoppedBy } = await generateIn(workspace, upstream)
  expect({ stoppedBy, failed: images.filter(({ outcome }) => outcome === 'failed') }).toEqual({ failed: [] })
  expect(upstream.prompts()).toHaveLength(sent)
  const lock = await workspace.lock()
  for (const [path, { sha256 }] of lock) expect(await workspace.sha256(path)).toBe(sha256)
  expect(Object.keys(JSON.parse(await workspace.text('easel.lock.json')).images)).toEqual(paths)
}

/** A repository whose first commit has {@link MIDDLE}. */
async function createRepository(files: Readonly<Record<string, string>>): Promise<Workspace> {
  const workspace = await createWorkspace(files)
  await git(workspace, 'init', '-q', '-b', 'main')
  await git(workspace, 'config', 'user.name', 'Ada')
  await git(workspace, 'config', 'user.email', 'ada@example.com')
  await commitImages(workspace, [MIDDLE])
  return workspace
}

/** Generates images on a branch of the first commit. */
async function branch(workspace: Workspace, name: string, images: readonly object[]): Promise<void> {
  await git(workspace, 'checkout', '-q', '-b', name, 'main')
  await commitImages(workspace, images)
}

async function commitImages(workspace: Workspace, images: readonly object[]): Promise<void> {
  // The config is none of git's business here: it would conflict, too.
  await workspace.write('.git/info/exclude', 'easel.yml\n')
  await workspace.write('easel.yml', config(...images.map((image) => ({ ...image }))))
  await generateIn(workspace, upstream)
  await git(workspace, 'add', '-A')
  await git(workspace, 'commit', '-q', '-m', 'Images')
}

async function git(workspace: Workspace, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: workspace.root })
  return stdout
}
