import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ConfigError, formatDiagnostic } from '../../../action/config/diagnostic.ts'
import { loadConfig } from '../../../action/plan/load-config.ts'
import { offlineCatalogue } from '../../../action/config/catalogues.ts'
import { easel, runAction } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { createWorkspace } from '../../support/action/workspace.ts'

const MODEL = 'google/gemini-3.1-flash-image'
const CONFIG = `version: 1
defaults: { model: ${MODEL}, aspect_ratio: "16:9" }
presets:
  art: { prompt: "{prompt} in ink", image_size: 1K }
images:
  - { path: docs/hero.png, id: hero, prompt: A hero, alt: The hero }
markdown: ["docs/**/*.md", "docs/**/*.mdx", "!docs/drafts/**"]
site_root: static
`

/** The images that a workspace declares, and the diagnostics about them. */
async function declare(
  files: Readonly<Record<string, string>>,
): Promise<{ images: Record<string, unknown>; reported: string[] }> {
  await using workspace = await createWorkspace({
    'easel.yml': CONFIG,
    'docs/index.md': '',
    'docs/x.mdx': '',
    ...files,
  })
  try {
    const { images, warnings } = await loadConfig({
      root: workspace.root,
      path: 'easel.yml',
      catalogue: offlineCatalogue(),
    })
    return {
      images: Object.fromEntries(images.map(({ path, spec }) => [path, spec])),
      reported: warnings.map(formatDiagnostic),
    }
  } catch (error) {
    if (error instanceof ConfigError) return { images: {}, reported: error.diagnostics.map(formatDiagnostic) }
    throw error
  }
}

const HERO = { 'docs/hero.png': { prompt: 'A hero', model: MODEL, aspect_ratio: '16:9' } }

describe('images in Markdown', () => {
  it('are planned next to those of the config, with its defaults and presets', async () => {
    const { images, reported } = await declare({
      'docs/guide/lamp.md':
        '<!-- easel\npreset: art\naspect_ratio: 4:3\n-->\n![A *lamp*](../img/lamp%201.png)',
      'docs/guide/room.mdx': '{/* easel prompt: A dark room */}\n![The room](/img/room.png?v=1)',
      'docs/drafts/x.md': '<!-- easel promt: ignored -->\n![x](x.png)',
      'README.md': '<!-- easel promt: not matched -->\n![x](x.png)',
    })

    expect(reported).toEqual([])
    expect(images).toEqual({
      ...HERO,
      'docs/img/lamp 1.png': { prompt: 'A lamp in ink', model: MODEL, aspect_ratio: '4:3', image_size: '1K' },
      'static/img/room.png': { prompt: 'A dark room', model: MODEL, aspect_ratio: '16:9' },
    })
  })

  it('count as one image when several pages describe it the same way, or only one does', async () => {
    const { images, reported } = await declare({
      'docs/a.md':
        '<!-- easel {take: 2, seed: 1} -->\n![A lamp](img/lamp.png)\n\n![Shown again](img/lamp.png)',
      'docs/b/c.md': '<!-- easel\nseed: 1\ntake: 2\nprompt: A lamp\n-->\n![The same](<../img/lamp.png>)',
      'docs/d.md': '<!-- easel prompt: A hero -->\n![x](hero.png)\n\n<!-- easel: hero -->\n![x](./hero.png)',
    })

    expect(reported).toEqual([])
    expect(Object.keys(images)).toEqual(['docs/hero.png', 'docs/img/lamp.png'])
  })

  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    [
      'two descriptions of one image, with both lines',
      {
        'docs/a.md': 'One\n\n<!-- easel seed: 1 -->\n![A lamp](lamp.png)',
        'docs/b.md': '<!-- easel -->\n![Another lamp](lamp.png)',
      },
      [
        'docs/b.md:2:1: error: docs/lamp.png is described differently at docs/a.md:4 (prompt, seed): describe it once, or the same way twice.',
      ],
    ],
    [
      'a description beside another in the config',
      { 'docs/a.md': '<!-- easel -->\n![A villain](hero.png)' },
      [
        'docs/a.md:2:1: error: docs/hero.png is described differently at easel.yml:6 (prompt): describe it once, or the same way twice.',
      ],
    ],
    [
      'an image on another host',
      { 'docs/a.md': 'See <!-- easel --> ![x](https://example.com/x.png)' },
      [
        'docs/a.md:1:20: error: https://example.com/x.png is not in this repository: Easel writes files, so use a path.',
      ],
    ],
    [
      'an id that does not exist',
      { 'docs/a.md': '<!-- easel: heros -->\n![x](hero.png)' },
      ['docs/a.md:1:6: error: The config has no image with the id heros: did you mean hero?'],
    ],
    [
      'the id of another image',
      { 'docs/guide/a.md': '<!-- easel: hero -->\n![x](hero.png)' },
      [
        'docs/guide/a.md:1:6: error: hero is docs/hero.png, but the image here is docs/guide/hero.png: write ../hero.png, or describe the image here.',
      ],
    ],
    [
      'what the model doesn’t support, where the page asks for it',
      { 'docs/a.md': 'Hi\r\n\r\n<!-- easel\r\nprompt: x\r\nimage_size: 8K\r\n-->\r\n![x](a.png)' },
      [`docs/a.md:5:13: error: image_size is "8K", but ${MODEL} accepts 0.5K, 1K, 2K, 4K.`],
    ],
    [
      'an unknown preset, where the page names it',
      { 'docs/a.md': '- <!-- easel preset: ink -->\n  ![x](a.png)' },
      [expect.stringMatching(/^docs\/a\.md:1:22: error: preset is "ink", which does not exist/)],
    ],
    [
      'a missing prompt',
      { 'docs/a.md': '<!-- easel -->\n![](a.png)' },
      [
        expect.stringMatching(/^docs\/a\.md:1:6: error: prompt is missing/),
        expect.stringMatching(/^docs\/a\.md:2:1: warning: docs\/a\.png has no alt text/),
      ],
    ],
    [
      'a path outside the workspace, an unsupported format, an image without a path',
      {
        'docs/a.md':
          '<!-- easel -->\n![x](../../a.png)\n\n<!-- easel -->\n![x](a.tiff)\n\n<!-- easel -->\n<img alt="x">',
      },
      [
        'docs/a.md:2:1: error: ../a.png leads outside the workspace: .. is not allowed.',
        'docs/a.md:5:1: error: docs/a.tiff ends in .tiff; use one of .png, .jpg, .jpeg, .webp, .gif, .svg.',
        'docs/a.md:8:1: error: The image has no readable path: write it as plain text.',
      ],
    ],
    [
      'a comment that describes nothing',
      { 'docs/a.md': 'x\n\n<!-- easel -->\n\nwords\n' },
      [expect.stringMatching(/^docs\/a\.md:3:6: error: No image follows this comment/)],
    ],
  ])('have %s reported', async (_, files, reported) => {
    expect((await declare(files)).reported).toEqual(reported)
  })

  it('have missing alt texts reported as warnings', async () => {
    const { reported } = await declare({
      'docs/a.md':
        '<!-- easel prompt: x -->\n![](a.png)\n\n<!-- easel prompt: x -->\n<img src="b.png">\n\n<!-- easel prompt: x -->\n<img src="c.png" alt="">',
    })

    expect(reported).toEqual([
      'docs/a.md:2:1: warning: docs/a.png has no alt text: describe the image for people who can’t see it.',
      'docs/a.md:5:1: warning: docs/b.png has no alt text: describe the image for people who can’t see it.',
    ])
  })

  it.each([
    ['../**/*.md', 'error: ../**/*.md leads outside the workspace: .. is not allowed.'],
    ['/docs/*.md', 'error: /docs/*.md is absolute: make it relative to the root of the repository.'],
    [
      '.github/*.md',
      'error: .github/*.md is inside .github, where Easel never writes or reads: choose another folder.',
    ],
    ['['.repeat(1001), expect.stringContaining(' has 1001 characters: shorten it to 1000 or fewer.')],
    ['doc/*.md', 'warning: doc/*.md matches no .md, .mdx or .markdown file.'],
    ['docs/*.txt', 'warning: docs/*.txt matches no .md, .mdx or .markdown file.'],
  ])('are found by globs, and %s gets a diagnostic', async (glob, diagnostic) => {
    const config = `version: 1\nmarkdown:\n  - ${JSON.stringify(glob)}\n`
    const { reported } = await declare({ 'easel.yml': config, 'docs/a.txt': '' })
    expect(reported.map((one) => one.replace('easel.yml:3:5: ', ''))).toEqual([diagnostic])
  })

  it('are found by globs that together don’t mean thousands of patterns', async () => {
    const globs = Array.from({ length: 20 }, () => `  - "${'{a,b}'.repeat(6)}*.md"\n`)
    expect((await declare({ 'easel.yml': `version: 1\nmarkdown:\n${globs.join('')}` })).reported).toEqual([
      'easel.yml:18:5: error: markdown means more than 1000 patterns, counting each alternative in braces: use * and **.',
    ])
  })

  it('are not looked up through symbolic links or in node_modules', async () => {
    await using outside = await createWorkspace({ 'a.md': '<!-- easel promt: x -->\n![x](a.png)' })
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\nmarkdown: ["**/*.md"]\n',
      'docs/b.md': 'x',
      'node_modules/c.md': '<!-- easel promt: x -->\n![x](a.png)',
    })
    await symlink(outside.root, join(workspace.root, 'docs/linked'))
    await symlink(join(outside.root, 'a.md'), join(workspace.root, 'docs/linked.md'))

    const { code, stderr } = await easel(['plan'], { cwd: workspace.root })

    expect([code, stderr]).toEqual([0, ''])

    await workspace.write('easel.yml', 'version: 1\nmarkdown:\n  - docs/linked/*.md\n')
    const named = await easel(['plan'], { cwd: workspace.root })
    expect(named.stderr).toBe(
      'easel.yml:3:5: error: docs/linked/*.md goes through the symbolic link docs/linked: use the path of the real folder.\n',
    )
  })

  it('are found in single files, in the root, and under every extension', async () => {
    const { images, reported } = await declare({
      'easel.yml': `version: 1\ndefaults: { model: ${MODEL} }\nmarkdown: [README.md, "./docs/b.MD", "**/c.markdown", "[ab]/**"]\n`,
      'README.md': page('a'),
      'docs/b.MD': page('b'),
      'docs/c.markdown': page('c'),
      'a/b/d.md': page('d'),
      'docs/e.md': page('e'),
      'docs/c.markdown.txt': page('f'),
    })

    expect(reported).toEqual([])
    expect(Object.keys(images).toSorted()).toEqual(['a.png', 'a/b/d.png', 'docs/b.png', 'docs/c.png'])
  })

  it.each([
    ['Latin-1', Buffer.from('<!-- easel -->\n![x](\xE4.png)', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFF<!-- easel -->\n![x](a.png)', 'utf16le')],
    ['UTF-16, big endian', Buffer.from('\uFEFF<!-- easel -->\n![x](a.png)', 'utf16le').swap16()],
  ])('are not guessed in a file that is not UTF-8: %s', async (_, bytes) => {
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\nmarkdown: ["*.md"]\n',
      'a.md': bytes,
    })

    const { code, stderr } = await easel(['plan'], { cwd: workspace.root })

    expect([code, stderr]).toEqual([2, 'a.md:1:1: error: a.md is not UTF-8 text.\n'])
  })

  it.runIf(process.platform !== 'win32')('are read in folders whose names no image may have', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': CONFIG,
      'docs/aux/a.md': '<!-- easel -->\n![A fox](../fox.png)\n',
      'docs/b: c.md': '<!-- easel -->\n![A hare](hare.png)\n',
    })

    const { code, stdout, stderr } = await easel(['check', '--json'], { cwd: workspace.root })

    expect([code, stderr]).toEqual([3, expect.not.stringContaining('error')])
    const paths = JSON.parse(stdout).images.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(expect.arrayContaining(['docs/fox.png', 'docs/hare.png']))
  })

  it('are generated, found up to date, and their size is in the plan’s JSON', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': CONFIG,
      'docs/a.md': '<!-- easel aspect_ratio: 1:1 -->\n![A *red* fox](fox.png)\n',
      'docs/b.mdx': 'x',
    })
    const options = { cwd: workspace.root, env: upstream.env }

    expect((await easel(['generate'], options)).code).toBe(0)
    expect(upstream.prompts().toSorted()).toEqual(['A hero', 'A red fox'])

    const { stdout } = await easel(['plan', '--json'], options)
    const sizes = z.object({ width: z.number(), height: z.number() })
    const report = z.object({
      images: z.array(z.object({ path: z.string(), status: z.string(), file: sizes })),
    })
    expect(report.parse(JSON.parse(stdout)).images).toContainEqual({
      path: 'docs/fox.png',
      status: 'up-to-date',
      file: { width: 1024, height: 1024 },
    })
  })

  it('have their mistakes annotated on the page’s own line and column', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': CONFIG,
      'docs/a.md': '# A\n\n<!-- easel\nseeed: 1\n-->\n![x](a.png)\n',
      'docs/b.mdx': 'x',
    })

    const { code, stdout } = await runAction(workspace.root, { inputs: { mode: 'plan' } })

    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^::error title=Easel,file=docs\/a\.md,line=4,(.*,)?col=1(,.*)?::seeed is not a field of a comment: did you mean seed\?$/m,
    )
  })
})

/** A page that describes one image. */
function page(name: string): string {
  return `<!-- easel -->\n![x](${name}.png)\n`
}
