import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateIn } from '../../support/action/generate-in.ts'
import { easel } from '../../support/action/processes.ts'
import { startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const CONFIG = 'version: 1\ndefaults: { model: google/gemini-3.1-flash-image }\n'
const PAGE = '<!-- easel -->\n![A fox](fox.png)\n\n<!-- easel -->\n![A hare](hare.png)\n'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream[Symbol.asyncDispose]())

describe('prune spares', () => {
  it.each([
    [
      'everything while a glob matches no page',
      (workspace: Workspace) =>
        workspace.write('easel.yml', `${CONFIG}markdown: ['pages/**/*.md']\nimages: []\n`),
      ['docs/fox.png', 'docs/hare.png'],
      'pages/**/*.md under markdown: matches no page, and may have described it',
    ],
    [
      'a file that a page still shows',
      (workspace: Workspace) => workspace.write('docs/a.md', 'Text.\n\n![A fox](./fox.png)\n'),
      ['docs/fox.png'],
      'docs/a.md shows it',
    ],
    [
      'everything in a sparse checkout',
      async (workspace: Workspace) => {
        await workspace.write('docs/a.md', 'Text.\n')
        const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace.root })
        git('init', '-q')
        git('config', 'core.sparseCheckout', 'true')
      },
      ['docs/fox.png', 'docs/hare.png'],
      'this is a sparse checkout',
    ],
    [
      'a file that another image takes over',
      async (workspace: Workspace) => {
        const taker = '{ path: b.png, prompt: A fox }'
        await workspace.write('easel.yml', `${CONFIG}markdown: ['docs/*.md']\nimages: [${taker}]\n`)
        await workspace.write('docs/a.md', 'Text.\n')
      },
      ['docs/fox.png'],
      'easel generate takes it over for b.png',
    ],
  ])('%s, and says why', async (_, change, spared, why) => {
    await using workspace = await createWorkspace({
      'easel.yml': `${CONFIG}markdown: ['docs/*.md']\nimages: []\n`,
      'docs/a.md': PAGE,
    })
    await generateIn(workspace, upstream)
    await change(workspace)

    // As in a container, where the workspace belongs to another user.
    const options = { cwd: workspace.root, env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } }
    const dry = await easel(['prune', '--dry-run'], options)
    const run = await easel(['prune', '--json'], options)

    expect(dry.stdout).toContain(`docs/fox.png: an orphan, but not removed because ${why}`)
    expect(JSON.parse(run.stdout).spared.map(({ path }: { path: string }) => path)).toEqual(spared)
    const images = (await workspace.files()).filter((file) => file.endsWith('.png'))
    expect(images).toEqual(spared)
    expect([...(await workspace.lock()).keys()]).toEqual(spared)
  })

  it('no file for an image whose path holds another one by hand', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': `${CONFIG}images: [{ path: a.png, prompt: A fox }]\n`,
    })
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', `${CONFIG}images: [{ path: b.png, prompt: A fox }]\n`)
    await workspace.write('b.png', 'by hand')

    expect((await easel(['prune'], { cwd: workspace.root })).stdout).toBe('a.png: removed\n')
  })

  it('what check --prune does not count, and the plan tells of', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': `${CONFIG}markdown: ['docs/*.md']\nimages: []\n`,
      'docs/a.md': PAGE,
    })
    await generateIn(workspace, upstream)
    await workspace.write('docs/a.md', '[A fox](fox.png) and [a hare](hare.png)\n')

    const check = await easel(['check', '--prune'], { cwd: workspace.root })

    expect(check.code).toBe(0)
    expect(check.stdout).toContain('- docs/fox.png')
    expect(check.stdout).toContain('kept because docs/a.md shows it')
    expect(check.stdout).not.toContain('easel prune removes')
  })
})
