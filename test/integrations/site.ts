import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ENTRIES } from '../../scripts/package/entries.ts'
import { buildModules } from '../../scripts/package/modules.ts'
import { FOLDER } from './framework.ts'

/** A folder for sites, with the package as users install it. */
export interface SitesFolder {
  /**
   * Writes the files of a page of the documentation: those of its code blocks that begin with a file's name.
   *
   * @param page  in `docs/integrations/`
   * @param base  of the Worker, instead of the page's example
   * @returns the site's folder
   */
  siteOf(page: string, base?: string): Promise<string>
  remove(): Promise<void>
}

/** Beside the frameworks, where Node finds them. */
export async function sitesFolder(): Promise<SitesFolder> {
  const folder = await mkdtemp(join(FOLDER, '.sites-'))
  const manifest = await readFile('package.json', 'utf8')
  const { name } = JSON.parse(manifest) as { readonly name: string }
  const installed = join(folder, 'node_modules', name)
  await buildModules(ENTRIES, join(installed, 'dist'))
  await writeFile(join(installed, 'package.json'), manifest)
  // Some frameworks look there for packages to compile.
  const { dependencies } = JSON.parse(await readFile(join(FOLDER, 'package.json'), 'utf8')) as {
    readonly dependencies: object
  }

  return {
    async siteOf(page, base) {
      const site = await mkdtemp(join(folder, `${page.replace('.md', '')}-`))
      await writeFile(join(site, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
      const text = await readFile(join('docs/integrations', page), 'utf8')
      for (const [file, content] of filesIn(text)) {
        await mkdir(dirname(join(site, file)), { recursive: true })
        const own = content.replaceAll('@easel-images/easel', name)
        await writeFile(join(site, file), base === undefined ? own : withBase(own, new URL(base)))
      }
      return site
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** The Worker of the documentation. */
export const EXAMPLE = 'https://img.example.com'

/** The Worker's address in URLs, and in Astro's two parts of it. */
function withBase(content: string, { origin, hostname, protocol }: URL): string {
  return content
    .replaceAll(EXAMPLE, origin)
    .replaceAll("'img.example.com'", `'${hostname}'`)
    .replaceAll("protocol: 'https'", `protocol: '${protocol.slice(0, -1)}'`)
}

/** The code blocks that begin with a file's name, in a comment. The second `a.mjs` is `a.2.mjs`. */
function filesIn(page: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [, block = ''] of page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)) {
    const name = /^(?:---\n)?(?:\/\/|#|<!--) (\S+\.\w+)/.exec(block)?.[1]
    if (name !== undefined) files.set(files.has(name) ? name.replace(/(?=\.\w+$)/, '.2') : name, block)
  }
  return files
}
