import { basename, dirname, join, normalize, relative } from 'node:path/posix'
import { readRegularFile } from '../files/read-file.ts'
import { findPages } from './find-pages.ts'

/** Which of some files the pages show. */
export interface ShownImages {
  /** By path: the page that names it. */
  readonly shownBy: ReadonlyMap<string, string>
  /** Globs that match no page, so that nobody can tell. */
  readonly idleGlobs: readonly string[]
}

/** What ends a URL in Markdown, HTML, JSX, CSS or YAML, and the scheme of one. */
const END = /[\s"'`()<>[\]{},;:*|=]/

/** The folder of a URL is not looked at beyond this many characters. */
const FOLDER_MAX_CHARACTERS = 1000

/** A folder that only a build tool knows: `$lib`, `@/img`, `~assets`. */
const ALIAS = /^[$@~#]/

/**
 * Looks for the URLs of files in pages, in whatever syntax: an image, a `<source>`, a link, an import of MDX,
 * front matter. To find one too many only keeps a file.
 */
export async function findShownImages(
  paths: readonly string[],
  { root, globs }: { readonly root: string; readonly globs: readonly string[] },
): Promise<ShownImages> {
  const { files, idle } = await findPages(root, globs)
  const shownBy = new Map<string, string>()
  const finder = createFinder(paths)
  for (const file of paths.length > 0 ? files : []) {
    const found = await readRegularFile(join(root, file))
    if (found.kind !== 'file') continue
    const text = withoutPercents(new TextDecoder().decode(found.bytes)).normalize('NFC')
    const plain = withoutEscapes(text)
    for (const one of plain === text ? [text] : [text, plain])
      for (const path of finder(one, file)) shownBy.set(path, file)
  }
  return { shownBy, idleGlobs: idle.flatMap((index) => globs[index] ?? []) }
}

/**
 * Goes through a page once, from one file name to the next, however many files are looked for.
 *
 * @returns a function that finds which of the files a page names
 */
function createFinder(paths: readonly string[]): (text: string, page: string) => ReadonlySet<string> {
  const files = paths.map((path) => ({ path, own: path.normalize('NFC') }))
  const named = new Map(files.map(({ path, own }) => [own, path]))
  const names = new Set(files.map(({ own }) => basename(own)))
  /** What a URL does not tell where it begins. */
  const odd = Map.groupBy(
    files.filter(({ own }) => END.test(own)),
    ({ own }) => basename(own),
  )
  /** By each way to end a path: `img/fox.png`, `fox.png`. */
  const byEnd = Map.groupBy(
    files.flatMap(({ path, own }) => endsOf(own.split('/')).map((end) => ({ path, end }))),
    ({ end }) => end,
  )
  const lengths = [...new Set(Array.from(names, (name) => name.length))]
  const extensions = new Set(Array.from(names, (name) => name.slice(name.lastIndexOf('.'))))
  const pattern = new RegExp(`(?:${Array.from(extensions, literal).join('|')})(?!\\w)`, 'g')

  /** What a URL may mean. */
  function meant(url: string, page: string): readonly string[] {
    const segments = normalize(url).split('/').filter(Boolean)
    const own = [join(dirname(page), url), ...endsOf(segments)].flatMap((path) => named.get(path) ?? [])
    const isAlias = ALIAS.test(url)
    if (!url.startsWith('/') && !isAlias) return own
    // Its first folder may be that of a site, or the name of one.
    const rest = segments.length > 2 || isAlias ? segments.slice(1) : segments
    const ends = new Set([segments.join('/'), rest.join('/')])
    return [
      ...own,
      ...Array.from(ends)
        .flatMap((end) => byEnd.get(end) ?? [])
        .map(({ path }) => path),
    ]
  }

  return (text, page) => {
    const shown = new Set<string>()
    const seen = new Set<string>()
    for (const { index, 0: extension } of text.matchAll(pattern)) {
      const end = index + extension.length
      const there = lengths.map((length) => text.slice(Math.max(0, end - length), end))
      const found = there.filter((name) => names.has(name))
      if (found.length === 0) continue
      for (const { path, own } of found.flatMap((name) => odd.get(name) ?? []))
        if (isNamedAt(text, end, relative(dirname(page), own))) shown.add(path)
      const url = urlBefore(text, end)
      // Right behind a word of another script, such as 画像img/fox.png.
      for (const one of [url, /[!-~]*$/.exec(url)?.[0] ?? ''].filter((part) => !seen.has(part))) {
        seen.add(one)
        for (const path of meant(one, page)) shown.add(path)
      }
    }
    return shown
  }
}

/** Of a path that may have a space in it. */
function isNamedAt(text: string, end: number, path: string): boolean {
  const start = end - path.length
  const isAlone = /(?:^|[^\w./-])(?:\.\/)?$/.test(text.slice(Math.max(0, start - 3), Math.max(0, start)))
  return isAlone && text.endsWith(path, end)
}

function endsOf(segments: readonly string[]): string[] {
  return segments.map((_, at) => segments.slice(at).join('/'))
}

function urlBefore(text: string, end: number): string {
  let start = end
  while (start > 0 && end - start < FOLDER_MAX_CHARACTERS && !END.test(text[start - 1] ?? ' ')) start--
  return text.slice(start, end)
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}

/** `my%20fox.png` → `my fox.png` */
function withoutPercents(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped)
    } catch {
      return escaped
    }
  })
}

/** Of Markdown and HTML: `my\_fox.png` → `my_fox.png`, `a&amp;b.png` → `a&b.png`. */
function withoutEscapes(text: string): string {
  return text
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&')
}
