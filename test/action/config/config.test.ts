import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ConfigError, formatDiagnostic } from '../../../action/config/diagnostic.ts'
import { loadConfig } from '../../../action/plan/load-config.ts'
import { offlineCatalogue } from '../../../action/config/catalogues.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const HEAD = 'version: 1\ndefaults: { model: google/gemini-3.1-flash-image }\n'

async function load(workspace: Workspace): ReturnType<typeof loadConfig> {
  return loadConfig({ root: workspace.root, path: 'easel.yml', catalogue: offlineCatalogue() })
}

/** The diagnostics about a config, as the user reads them. */
async function mistakesIn(workspace: Workspace): Promise<string[]> {
  try {
    const { warnings } = await load(workspace)
    return warnings.map(formatDiagnostic)
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics.map(formatDiagnostic)
    throw error
  }
}

describe('easel.yml', () => {
  it('applies defaults and presets, and computes a fingerprint for every image', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': `${HEAD}presets:
  night: { prompt: "{prompt} at night", aspect_ratio: "16:9" }
images:
  - { path: a.png, prompt: A fox, preset: night, alt: Ein Fuchs }
  - { path: b.jpg, prompt: A fox }
`,
    })

    const { images } = await load(workspace)

    expect(images[0]?.spec).toEqual({
      prompt: 'A fox at night',
      aspect_ratio: '16:9',
      model: 'google/gemini-3.1-flash-image',
    })
    expect(images[0]?.alt).toBe('Ein Fuchs')
    expect(images[1]?.spec.output_format).toBe('jpeg')
    expect(images[1]?.candidates[0].request.output_format, 'this model accepts no format').toBeUndefined()
    expect(images[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })

  it('reports every mistake at once, with file, line and column', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': `version: 1
defaults:
  model: google/gemini-3.1-flash-image
imagse: []
presets:
  wild: { seed: -1 }
images:
  - path: docs/hero.png
    prompt: A lighthouse
    aspect_ratio: "16x10"
  - path: ../out.png
    prompt: x
  - path: docs/Logo.png
    promt: x
  - path: docs/logo.png
    prompt: x
    preset: lineart
  - path: .github/a.png
    prompt: x
  - path: a.webp
    output_format: png
    prompt: x
  - path: b.png
    prompt: x
    image_size: 8K
  - path: c.png
    prompt: x
    input_images:
      - docs/missing.png
  - path: d.png
    id: same
    prompt: x
  - path: e.png
    id: same
    prompt: x
`,
    })

    const mistakes = await mistakesIn(workspace)

    expect(mistakes).toEqual([
      'easel.yml:4:1: error: imagse is not a field of easel.yml: did you mean images?',
      'easel.yml:6:17: error: seed is -1: must be at least 0.',
      expect.stringMatching(
        /^easel\.yml:10:19: error: aspect_ratio is "16x10": must be WIDTH:HEIGHT such as 16:9, or auto\.$/,
      ),
      'easel.yml:11:11: error: ../out.png leads outside the workspace: .. is not allowed.',
      'easel.yml:14:5: error: promt is not a field of an image: did you mean prompt?',
      expect.stringMatching(
        /^easel\.yml:15:11: error: docs\/logo\.png and docs\/Logo\.png \(at easel\.yml:13\) are the same file on macOS and Windows/,
      ),
      expect.stringMatching(/^easel\.yml:17:13: error: preset is "lineart", which does not exist/),
      expect.stringMatching(/^easel\.yml:18:11: error: \.github\/a\.png is inside \.github/),
      'easel.yml:21:20: error: output_format is "png", but a.webp ends in .webp: end the path with .png, or leave output_format out.',
      'easel.yml:25:17: error: image_size is "8K", but google/gemini-3.1-flash-image accepts 0.5K, 1K, 2K, 4K.',
      'easel.yml:29:9: error: docs/missing.png does not exist: add the file, or correct the path.',
      'easel.yml:34:9: error: id same is already used by the image at easel.yml:31: give each image its own id.',
    ])
  })

  it('reports an invalid default once, on its own line, however many images use it', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': `version: 1
defaults:
  model: google/gemini-3.1-flash-image
  image_size: 8K
images: [{ path: a.png, prompt: x }, { path: b.png, prompt: y }]
`,
    })

    expect(await mistakesIn(workspace)).toEqual([
      'easel.yml:4:15: error: image_size is "8K", but google/gemini-3.1-flash-image accepts 0.5K, 1K, 2K, 4K.',
    ])
  })

  it.each([
    ['images: [', /^easel\.yml:\d+:\d+: error: Invalid YAML: /],
    ['', /^easel\.yml:1:1: error: The file is empty: it must start with version: 1\.$/],
    ['version: 1\nversion: 1\n', /^easel\.yml:2:1: error: Invalid YAML: Map keys must be unique\./],
    [
      'version: 1\nimages: *gone\n',
      /^easel\.yml:2:9: error: Invalid YAML: \*gone needs quotes: write "\*gone"\. Without them, YAML takes it for an alias\.$/,
    ],
    [
      'version: 1\nmarkdown:\n  - "a.md"\n  - **/*.md\n',
      /^easel\.yml:4:5: .* \*\*\/\*\.md needs quotes: write "\*\*\/\*\.md"\./,
    ],
    ['version: 1\nmarkdown: [a.md, *.md]\n', /^easel\.yml:2:18: .* \*\.md needs quotes/],
    [
      'version: 1\nmarkdown:\n  - docs/*.md\n  - !docs/drafts/**\n',
      /^easel\.yml:4:5: .* !docs\/drafts\/\*\* needs quotes: write "!docs\/drafts\/\*\*"\. Without them, YAML takes it for a tag\.$/,
    ],
    ['version: 1\nmarkdown: [!a.md]\n', /^easel\.yml:2:12: .* !a\.md needs quotes/],
    [
      'version: 1\nimages: [{ path: a.png, prompt: !important sign }]\n',
      /^easel\.yml:2:33: .* !important sign needs quotes: write "!important sign"/,
    ],
  ])('says where %j is not valid YAML', async (text, message) => {
    await using workspace = await createWorkspace({ 'easel.yml': text })

    expect((await mistakesIn(workspace))[0]).toMatch(message)
  })

  it.each([
    [[{ path: 'a.png' }, { path: 'a.png' }], 'a.png is already used by the image at easel.yml:4'],
    [[{ path: 'ü.png' }, { path: 'u\u0308.png' }], 'are the same file on macOS'],
    [[{ path: 'a.png' }, { path: 'a.png/b.png' }], 'a.png/b.png needs a.png to be a folder'],
    [[{ path: 'a.tiff' }], 'a.tiff ends in .tiff; use one of .png, .jpg, .jpeg, .webp, .gif, .svg.'],
    [
      [{ path: 'a.gif' }],
      'output_format is "gif", but google/gemini-3.1-flash-image does not accept output_format',
    ],
    [[{ path: 'readme' }], 'readme has no extension'],
    [[{ path: 'a.png', model: 'google/gemini-2.5-flash-imgae' }], 'could not be checked'],
    [
      [{ path: 'a.svg' }],
      'output_format is "svg", but google/gemini-3.1-flash-image does not accept output_format',
    ],
    [
      [{ path: 'a.png', model: 'recraft/recraft-v4.1-vector' }],
      'generates only SVG, so it can’t generate a.png: end the path with .svg',
    ],
    [[{ path: `${'é'.repeat(100)}.png` }], 'easel.yml:4:26: error: éé'],
    [[{ path: `${'é'.repeat(100)}.png` }], 'has a name of 204 bytes: shorten it to 200 or fewer.'],
    [[{ path: `${'a/'.repeat(500)}b.png` }], 'has 1005 bytes: shorten it to 1000 or fewer.'],
    [[{ path: `${'a/'.repeat(50_000)}b.png` }], 'has 100005 bytes'],
    [[{ path: 'img/Con.png' }], 'img/Con.png can’t be checked out on Windows, where Con.png is a device'],
    [[{ path: 'a.png', input_images: [`${'a'.repeat(300)}.png`] }], 'has a name of 304 bytes'],
    [[{ path: 'a.png', input_images: ['a.png'] }], 'a.png is the image itself'],
    [
      [{ path: 'a.png' }, { path: 'b.png', input_images: ['a.png'] }],
      'a.png is an image that Easel generates',
    ],
    [[{ path: 'a.png', input_images: ['../secret.png'] }], '../secret.png leads outside'],
    [[{ path: 'a.png', input_images: ['.git/config'] }], '.git/config is inside .git'],
    [[{ path: 'a.png', input_images: ['text.txt'] }], 'text.txt can’t be used: it must be a PNG'],
    [[{ path: 'a.png', input_images: ['folder'] }], 'folder is a folder'],
  ])('refuses %j', async (images, message) => {
    await using workspace = await createWorkspace({
      'easel.yml': config(...images.map((fields) => ({ prompt: 'x', ...fields }))),
      'text.txt': 'not an image',
      'folder/file': '',
    })

    expect((await mistakesIn(workspace)).join('\n')).toContain(message)
  })

  it('says where to set a model when there is none', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\nimages:\n  - path: a.png\n    prompt: x\n',
    })

    expect(await mistakesIn(workspace)).toEqual([
      'easel.yml:3:11: error: No model is set: add model to the image or to defaults, such as model: google/gemini-3.1-flash-image. easel models lists the models.',
    ])
  })

  it('follows no symbolic link: not for images, input images, nor the config itself', async () => {
    await using outside = await createWorkspace({ 'secret.png': await image(), 'easel.yml': config() })
    await using workspace = await createWorkspace({
      'easel.yml': config(
        { path: 'link/a.png', prompt: 'x' },
        { path: 'b.png', prompt: 'x', input_images: ['link/secret.png'] },
        { path: 'c.png', prompt: 'x', input_images: ['direct.png'] },
        { path: 'dangling.png', prompt: 'x' },
      ),
    })
    await symlink(outside.root, join(workspace.root, 'link'))
    await symlink(join(outside.root, 'secret.png'), join(workspace.root, 'direct.png'))
    await symlink(join(outside.root, 'nothing.png'), join(workspace.root, 'dangling.png'))

    const mistakes = await mistakesIn(workspace)

    expect(mistakes).toHaveLength(4)
    for (const mistake of mistakes) expect(mistake).toContain('goes through the symbolic link')
    await using linked = await createWorkspace()
    await symlink(join(outside.root, 'easel.yml'), join(linked.root, 'easel.yml'))
    await expect(load(linked)).rejects.toThrow('goes through the symbolic link easel.yml')
  })

  it('identifies input images by their content, so that moving one changes nothing', async () => {
    const bytes = await image()
    await using before = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'x', input_images: ['old/logo.png'] }),
      'old/logo.png': bytes,
    })
    await using after = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'x', input_images: ['new/logo.png'] }),
      'new/logo.png': bytes,
    })

    const [first, second] = await Promise.all([load(before), load(after)])

    expect(first.images[0]?.fingerprint).toBe(second.images[0]?.fingerprint)
    expect(first.images[0]?.spec.input_images).toEqual([`sha256:${await before.sha256('old/logo.png')}`])
  })
})

function image(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
}
