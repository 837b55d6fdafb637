import { posix } from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** A file of the repository. */
export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** What references may point to. */
export interface Repository {
  /** Files and folders, from the root. */
  readonly paths: ReadonlySet<string>
  /** Folders of the pages of a site, with the folder that the site serves as `/`. */
  readonly sites?: Readonly<Record<string, string>>
  /** The content of a Markdown file. */
  readonly read: (path: string) => string
}

/** The links and images of a Markdown file that lead nowhere, with the reason. */
export function brokenLinks({ path, text }: SourceFile, repository: Repository): string[] {
  return linksOf(text).flatMap((url) => report(path, url, problemOf(url, path, repository)))
}

/** The `@see` and `{@link}` tags of a TypeScript file that lead nowhere, with the reason. */
export function brokenTags({ path, text }: SourceFile, repository: Repository): string[] {
  // Comments start a line; the same text elsewhere is in a string.
  const comments = (text.match(/^[^\S\n]*\/\*\*[\s\S]*?\*\//gm) ?? []).join('\n')
  const see = Array.from(comments.matchAll(/@see\s+(\S+)/g), ([, target = '']) => target)
  const links = Array.from(comments.matchAll(/\{@link\s+([^\s|}]+)/g), ([, target = '']) => target)
  const code = text.replaceAll(/\{@link[^}]*\}/g, '')
  return [
    ...see.flatMap((target) => report(path, target, problemOf(target, ROOT, repository))),
    ...links.flatMap((target) =>
      report(
        path,
        target,
        /[/:#]|\.md$/.test(target) ? problemOf(target, ROOT, repository) : unknownName(target, code),
      ),
    ),
  ]
}

/** The anchor that GitHub gives to a heading. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

/** Tags in comments name files from the root, as a file in it would. */
const ROOT = 'README.md'

interface Node {
  readonly type: string
  readonly url?: string
  readonly value?: string
  readonly children?: readonly Node[]
}

function problemOf(url: string, from: string, { paths, read, sites = {} }: Repository): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) {
    return url.startsWith('https://') && URL.canParse(url) ? undefined : 'is not an https URL'
  }
  const [file = '', anchor] = url.split('#')
  const target = file === '' ? from : posix.join(baseOf(file, from, sites), decodeURIComponent(file))
  if (!paths.has(target.replace(/\/$/, ''))) return `leads to ${target}, which does not exist`
  if (anchor === undefined) return undefined
  if (!target.endsWith('.md')) return 'has an anchor, but is not Markdown'
  return anchorsOf(read(target)).has(anchor) ? undefined : `names no heading of ${target}`
}

function baseOf(file: string, from: string, sites: Readonly<Record<string, string>>): string {
  const site = file.startsWith('/') && Object.keys(sites).find((folder) => from.startsWith(`${folder}/`))
  return (site ? sites[site] : undefined) ?? posix.dirname(from)
}

function unknownName(target: string, code: string): string | undefined {
  const [name = ''] = target.split('.')
  return new RegExp(String.raw`\b${name}\b`).test(code) ? undefined : 'is neither imported nor declared here'
}

function report(path: string, target: string, problem: string | undefined): string[] {
  return problem === undefined ? [] : [`${path}: ${target} ${problem}`]
}

function linksOf(markdown: string): string[] {
  return Array.from(nodesOf(fromMarkdown(markdown)), ({ type, url, value = '' }) => {
    if (url !== undefined) return [url]
    return type === 'html'
      ? Array.from(value.matchAll(/\b(?:src|href)="([^"]*)"/g), ([, found = '']) => found)
      : []
  }).flat()
}

/** By content: a page is parsed once, however many links lead to it. */
const cachedAnchors = new Map<string, ReadonlySet<string>>()

function anchorsOf(markdown: string): ReadonlySet<string> {
  const cached = cachedAnchors.get(markdown) ?? readAnchors(markdown)
  cachedAnchors.set(markdown, cached)
  return cached
}

/** The anchors of all headings. GitHub numbers repeated ones. */
function readAnchors(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const node of nodesOf(fromMarkdown(markdown))) {
    if (node.type !== 'heading') continue
    const slug = slugOf(Array.from(nodesOf(node), ({ value = '' }) => value).join(''))
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const child of node.children ?? []) yield* nodesOf(child)
}
