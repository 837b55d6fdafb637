import { basename, dirname, join, relative } from 'node:path/posix'
import { readRegularFile } from '../files/read-file.ts'
import { findPages } from './find-pages.ts'

/** Which of some files the pages show. */
export interface ShownImages {
  /** By path: the page that names it. */
  readonly shownBy: ReadonlyMap<string, string>
  /** Globs that match no page, so that nobody can tell. */
  readonly idleGlobs: readonly string[]
}

/**
 * Looks for the URLs of files in pages, in whatever syntax: an image, a source of a picture, a link, an import of MDX,
 * front matter. To find one too many only keeps a file.
 */
export async function findShownImages(
  paths: readonly string[],
  { root, globs }: { readonly root: string; readonly globs: readonly string[] },
): Promise<ShownImages> {
  const { files, idle } = await findPages(root, globs)
  const shownBy = new Map<string, string>()
  for (const file of files) {
    const found = await readRegularFile(join(root, file))
    if (found.kind !== 'file') continue
    const text = withoutEscapes(new TextDecoder().decode(found.bytes))
    for (const path of paths) {
      if (text.includes(basename(path)) && isNamed(path, text, file)) shownBy.set(path, file)
    }
  }
  return { shownBy, idleGlobs: idle.flatMap((index) => globs[index] ?? []) }
}

/** Relative to the page, from the root of the repository or, as the end of a URL, from a site's root, which may be any folder. */
function isNamed(path: string, text: string, page: string): boolean {
  const [last = '', ...folders] = path.split('/').map(literal).toReversed()
  const fromSomeRoot = folders.toReversed().reduce((before, folder) => `(?:${before}${folder}/)?`, '') + last
  const fromPage = literal(relative(dirname(page), path))
  const spellings = [
    `(?<![\\w./-])(?:\\./)?${fromPage}`,
    `(?<![\\w.-])${literal(path)}`,
    `(?<![\\w./-])/${fromSomeRoot}`,
  ]
  return new RegExp(`(?:${spellings.join('|')})(?!\\w)`).test(text)
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}

/** `my%20fox.png` → `my fox.png` */
function withoutEscapes(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped)
    } catch {
      return escaped
    }
  })
}
