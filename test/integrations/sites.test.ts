import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageUrl } from '../../shared/url/index.ts'
import { startEasel } from '../support/worker/easel.ts'
import { FOLDER, isInstalled, load, NEEDS } from './framework.ts'
import { EXAMPLE, type SitesFolder, sitesFolder } from './site.ts'

const run = promisify(execFile)

const LAMP = imageUrl(
  EXAMPLE,
  { prompt: 'A cutaway of a lighthouse lamp', aspect_ratio: '4:3' },
  { format: 'auto' },
)

/** A described image, and one that isn't. */
const PAGE = `# A lamp

<!-- easel aspect_ratio: 4:3 -->
![A cutaway of a lighthouse lamp](https://example.com/lamp.png)

![A door](https://example.com/door.png)
`

/** Where Starlight looks for pages, as its template has it. */
const STARLIGHT_CONTENT = `import { defineCollection } from 'astro:content'
import { docsLoader } from '@astrojs/starlight/loaders'
import { docsSchema } from '@astrojs/starlight/schema'

export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) }
`

let sites: SitesFolder

beforeAll(async () => {
  sites = await sitesFolder()
})

afterAll(() => sites.remove())

describe.skipIf(!isInstalled('astro'))(`Astro ${NEEDS}`, () => {
  it(
    'builds a page with <Image>, and one of Markdown with a described image',
    { timeout: 120_000 },
    async () => {
      const site = await sites.siteOf('astro.md')
      await mergeConfigs(site)
      await buildAstro(site)
      const index = decoded(await readFile(join(site, 'dist/index.html'), 'utf8'))
      const guide = decoded(await readFile(join(site, 'dist/guide/index.html'), 'utf8'))
      const prompt = 'A lighthouse at dusk'

      expect(index).toContain(`src="${imageUrl(EXAMPLE, prompt, { format: 'auto', w: 1200, h: 675 })}"`)
      expect(index).toContain(`${imageUrl(EXAMPLE, prompt, { format: 'auto', w: 480, h: 270 })} 480w`)
      expect(index).toContain('width="1200" height="675"')
      expect(guide).toContain(`src="${LAMP}"`)
    },
  )
})

describe.skipIf(!isInstalled('@astrojs/starlight'))(`Starlight ${NEEDS}`, () => {
  it('builds a page of Markdown and one of MDX with a described image', { timeout: 120_000 }, async () => {
    const site = await sites.siteOf('astro.md')
    await rm(join(site, 'src/pages'), { recursive: true })
    await mkdir(join(site, 'src/content/docs'), { recursive: true })
    await writeFile(join(site, 'src/content.config.ts'), STARLIGHT_CONTENT)
    const page = PAGE.replace('# A lamp', '---\ntitle: A lamp\n---')
    await writeFile(join(site, 'src/content/docs/guide.md'), page)
    await writeFile(join(site, 'src/content/docs/component.mdx'), asMdx(page))
    await buildAstro(site, '--config', 'astro.starlight.config.mjs')

    for (const name of ['guide', 'component']) {
      const html = decoded(await readFile(join(site, `dist/${name}/index.html`), 'utf8'))
      expect(html).toContain(`src="${LAMP}"`)
      expect(html).toContain('src="https://example.com/door.png"')
    }
  })
})

describe.skipIf(!isInstalled('astro'))(`Astro, with remotePatterns ${NEEDS}`, () => {
  it('makes its own copies of an image that is paid for once', { timeout: 120_000 }, async () => {
    const easel = await startEasel()
    const site = await sites.siteOf('astro.md', easel.url.origin)
    await Promise.all(['index.astro', 'guide.md'].map((page) => rm(join(site, 'src/pages', page))))
    await buildAstro(site, '--config', 'astro.remote.config.mjs')
    const html = await readFile(join(site, 'dist/copies/index.html'), 'utf8')
    const [, copy = ''] = /src="\/(_astro\/[^"]+)"/.exec(html) ?? []
    const { format, width } = await sharp(join(site, 'dist', copy)).metadata()
    await easel.close()

    expect(format).toBe('webp')
    expect(width).toBeLessThanOrEqual(1200)
    expect(easel.generations('A lighthouse at dusk')).toHaveLength(1)
  })
})

describe.skipIf(!isInstalled('@11ty/eleventy'))(`Eleventy ${NEEDS}`, () => {
  interface Page {
    readonly inputPath: string
    readonly content: string
  }
  interface Eleventy {
    toJSON(): Promise<readonly Page[]>
  }

  it('builds pages with the shortcode, the filter and a described image', async () => {
    const site = await sites.siteOf('eleventy.md')
    await writeFile(join(site, 'page.md'), PAGE)
    await writeFile(
      join(site, 'short.liquid'),
      '{% easel "A \\"red\\" fox", "A fox", "50vw" %}{{ "A fox" | easel_url }}'.replaceAll('\\"', "'"),
    )
    await writeFile(
      join(site, 'full.njk'),
      '{% easel "A fox", "", "50vw", { spec: { seed: 7 }, delivery: { w: 16, h: 9 }, widths: [320], attributes: { width: 320 } } %}',
    )
    const { Eleventy } = await load<{
      Eleventy: new (input: string, output: string, options: object) => Eleventy
    }>('@11ty/eleventy')
    const pages = await new Eleventy(site, join(site, '_site'), {
      quietMode: true,
      configPath: join(site, 'eleventy.config.js'),
    }).toJSON()
    const html = (name: string) =>
      decoded(pages.find(({ inputPath }) => inputPath.endsWith(name))?.content ?? '')
    const fox = { prompt: 'A fox', seed: 7 }

    expect(html('page.md')).toContain(`src="${LAMP}"`)
    expect(html('page.md')).toContain('src="https://example.com/door.png"')
    expect(html('short.liquid')).toContain('alt="A fox"')
    expect(html('short.liquid')).toContain(`sizes="50vw"`)
    expect(html('short.liquid').endsWith(imageUrl(EXAMPLE, 'A fox', { format: 'auto' }))).toBe(true)
    expect(html('full.njk')).toContain(
      `srcset="${imageUrl(EXAMPLE, fox, { format: 'auto', w: 320, h: 180 })} 320w"`,
    )
  })
})

describe.skipIf(!isInstalled('vitepress'))(`VitePress ${NEEDS}`, () => {
  it('renders a described image, and names the place of a mistake', async () => {
    interface VitePress {
      createMarkdownRenderer(
        folder: string,
        options: object,
      ): Promise<{ render(text: string, env: object): string | Promise<string> }>
    }
    const site = await sites.siteOf('vitepress.md')
    const { createMarkdownRenderer } = await load<VitePress>('vitepress')
    const { default: config } = (await import(pathToFileURL(join(site, '.vitepress/config.mjs')).href)) as {
      readonly default: { readonly markdown: object }
    }
    const md = await createMarkdownRenderer(site, config.markdown)
    const render = async (text: string) => md.render(text, { relativePath: 'guide.md' })

    expect(decoded(await render(PAGE))).toContain(`src="${LAMP}"`)
    await expect(render(PAGE.replace('aspect_ratio', 'ratio'))).rejects.toThrow('guide.md:3:12: error: ')
  })
})

// A whole site takes 1,280 packages and 270 MB. One was built by hand with 3.10.2, its docs and its blog: what compiles
// their pages is this package.
describe.skipIf(!isInstalled('@docusaurus/mdx-loader'))(`Docusaurus ${NEEDS}`, () => {
  interface Loader {
    compileToJSX(page: object): Promise<{ readonly content: string }>
  }
  interface Config {
    readonly presets: readonly [[string, { readonly docs: object }]]
  }
  /** Docusaurus's defaults, as its configValidation.js has them. */
  const markdownConfig = {
    format: 'mdx',
    emoji: true,
    mdx1Compat: { comments: true, admonitions: true, headingIds: true },
    anchors: { maintainCase: false },
    hooks: { onBrokenMarkdownImages: 'throw', onBrokenMarkdownLinks: 'throw' },
  }

  it.each([
    ['guide.md', PAGE],
    ['guide.mdx', asMdx(PAGE)],
  ])('compiles a described image in %s', async (path, fileContent) => {
    const site = await sites.siteOf('docusaurus.md')
    const { default: config } = (await import(pathToFileURL(join(site, 'docusaurus.config.js')).href)) as {
      readonly default: Config
    }
    const [[, { docs }]] = config.presets
    const { compileToJSX } = await load<Loader>('@docusaurus/mdx-loader', 'utils.js')
    const { content } = await compileToJSX({
      filePath: join(site, 'docs', path),
      fileContent,
      frontMatter: {},
      options: { ...docs, siteDir: site, staticDirs: [], markdownConfig },
      compilerName: 'server',
    })

    expect(content).toContain(`src: "${LAMP}"`)
    expect(content).toContain('src: "https://example.com/door.png"')
  })
})

describe('the pages of the documentation', () => {
  it('run as they are written', async () => {
    const site = await sites.siteOf('urls.md')
    const url = (file: string) => pathToFileURL(join(site, file)).href
    const page = (await import(url('page.ts'))) as Readonly<Record<'src' | 'srcset' | 'placeholder', string>>
    const { signed } = (await import(url('sign.ts'))) as {
      signed(prompt: string, secret: string): Promise<string>
    }

    expect(page.src).toBe(
      `${EXAMPLE}/image?prompt=A+lighthouse+at+dusk&aspect_ratio=16%3A9&w=640&format=auto`,
    )
    expect(page.srcset.split(', ')).toHaveLength(4)
    expect(page.placeholder).toMatch(/^data:image\/png;base64,/)
    expect(await signed('A fox', 'signing-secret-0123456789')).toContain('&kid=main&exp=')
  })
})

async function buildAstro(site: string, ...options: readonly string[]): Promise<void> {
  await run('node', [join(FOLDER, 'node_modules/astro/bin/astro.mjs'), 'build', ...options], {
    cwd: site,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  })
}

/** The page has a config for images and one for Markdown. */
async function mergeConfigs(site: string): Promise<void> {
  const file = join(site, 'astro.config.mjs')
  const both = await Promise.all(
    [file, join(site, 'astro.config.2.mjs')].map((path) => readFile(path, 'utf8')),
  )
  const imports = new Set(both.join('\n').match(/^import .*$/gm))
  const options = both.map((config) => /defineConfig\(([\s\S]*)\)/.exec(config)?.[1] ?? '{}')
  await writeFile(file, `${[...imports].join('\n')}\nexport default { ...${options.join(', ...')} }\n`)
}

/** MDX has no HTML comments. */
function asMdx(page: string): string {
  return page.replace('<!-- ', '{/* ').replace(' -->', ' */}')
}

function decoded(html: string): string {
  return html.replaceAll(/&(?:amp|#38|#x26);/g, '&')
}
