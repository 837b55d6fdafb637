import { parse, stringify } from 'yaml'
import { formatOfPath } from '../config/file-format.ts'
import { imagePathProblem } from '../files/safe-path.ts'
import { describedImages } from './described-images.ts'
import { imagePath, isElsewhere } from './image-path.ts'
import { pageText, type PageText } from './page-text.ts'
import type { PageImage, Piece } from './piece.ts'
import { outlineOf, piecesOf } from './pieces.ts'

/** A proposed comment for an image without one. */
export interface Proposal {
  /** Relative to the root of the workspace. */
  readonly path: string
  readonly line: number
  readonly column: number
  readonly prompt: string
  /** The comment on one line. */
  readonly comment: string
  /** Whether inserting it leaves the rest of the page as it reads now. */
  readonly fits: boolean
}

export interface Illustrated {
  readonly proposals: readonly Proposal[]
  /** The page with all comments that fit, and otherwise byte for byte the same. */
  readonly content: string
}

/**
 * Proposes comments for the images of a page that have none, with prompts from alt texts and headings.
 *
 * @param isWanted  whether a path has neither a file nor a description elsewhere
 */
export async function illustrate(
  { file, content }: { readonly file: string; readonly content: string },
  {
    siteRoot,
    isWanted,
  }: { readonly siteRoot: string | undefined; readonly isWanted: (path: string) => Promise<boolean> },
): Promise<Illustrated> {
  const page = pageText(file, content)
  const candidates = candidatesIn(page, siteRoot)
  const wanted = await Promise.all(candidates.map(({ path }) => isWanted(path)))
  const proposals: Proposal[] = []
  let current = page
  // Backwards, so that insertions don't move the images still to come.
  for (const [index, { image, path, prompt }] of [...candidates.entries()].toReversed()) {
    if (!wanted[index]) continue
    const comment = commentWith(prompt, page, ' ', ' ')
    const next = [...placements(image, prompt, current)].find((one) =>
      isHarmless(one, current, image, prompt),
    )
    proposals.unshift({ path, ...lineOf(page, image), prompt, comment, fits: next !== undefined })
    if (next) current = next
  }
  return { proposals, content: (page.hasByteOrderMark ? '\uFEFF' : '') + current.written }
}

interface Candidate {
  readonly image: PageImage
  readonly path: string
  readonly prompt: string
}

/** Images without a comment that Easel could generate, each path once. */
function candidatesIn(page: PageText, siteRoot: string | undefined): Candidate[] {
  const pieces = piecesOf(page)
  const { described } = describedImages(pieces, page)
  const pathOf = ({ url }: PageImage): string | undefined => {
    if (url === undefined || isElsewhere(url)) return undefined
    const target = imagePath(url, { file: page.file, siteRoot })
    return 'path' in target ? target.path : undefined
  }
  const seen = new Set(described.map(({ image }) => pathOf(image)))
  const done = new Set(described.map(({ image }) => image))
  let heading = ''
  return pieces.flatMap((piece): Candidate[] => {
    if (piece.kind === 'heading') heading = piece.text
    if (piece.kind !== 'image' || done.has(piece)) return []
    const path = pathOf(piece)
    const prompt = promptFrom(piece.alt ?? '', heading)
    if (path === undefined || seen.has(path) || prompt === '') return []
    if (formatOfPath(path) === undefined || imagePathProblem(path) !== undefined) return []
    seen.add(path)
    return [{ image: piece, path, prompt }]
  })
}

function promptFrom(alt: string, heading: string): string {
  if (alt === '' || heading === '' || alt.toLowerCase() === heading.toLowerCase()) return alt || heading
  return `${alt}${/[.!?…]$/.test(alt) ? '' : '.'} It illustrates “${heading}”.`
}

/** The page with the comment at each possible place, best place first. */
function* placements(image: PageImage, prompt: string, page: PageText): Generator<PageText> {
  const { text, written, syntax } = page
  const eol = /\r\n|\r|\n/.exec(written)?.[0] ?? '\n'
  const lineStart = text.lastIndexOf('\n', image.from - 1) + 1
  const before = text.slice(lineStart, image.from)
  const oneLine = commentWith(prompt, page, ' ', ' ')
  if (/^[\s>]*(([-*+]|\d{1,9}[.)])\s[\s>]*)*$/.test(before)) {
    // A list item continues at the indentation of its text; a quote has its mark on every line.
    const margin = eol + before.replaceAll(/[^\s>]/g, ' ')
    yield inserted(page, image.from, commentWith(prompt, page, margin, margin) + margin)
    yield inserted(page, image.from, oneLine + margin)
  }
  yield inserted(page, image.from, `${oneLine}${syntax === 'mdx' ? ' ' : ''}`)
  // At the end of the line above, where a line that starts with a comment would end the paragraph. A hard break stays
  // at the end of its line.
  const above = text.slice(0, Math.max(0, lineStart - 1)).replace(/(\s|\\)+$/, '')
  if (above !== '') yield inserted(page, above.length, ` ${oneLine}`)
}

function inserted({ file, written }: PageText, offset: number, insertion: string): PageText {
  return pageText(file, written.slice(0, offset) + insertion + written.slice(offset))
}

/** Whether the image has its comment, and the rest of the page reads as before. */
function isHarmless(after: PageText, before: PageText, image: PageImage, prompt: string): boolean {
  const [old, now] = [piecesOf(before), piecesOf(after)]
  const index = old.findIndex((piece) => piece.kind === 'image' && piece.from === image.from)
  const added = now[index]
  if (added?.kind !== 'comment') return false
  const fields: unknown = parse(added.body)
  const says = typeof fields === 'object' && fields !== null && 'prompt' in fields ? fields.prompt : undefined
  if (says !== prompt) return false
  const others = now.toSpliced(index, 1)
  return (
    others.length === old.length &&
    others.every((piece, at) => isSame(piece, old[at])) &&
    outlineOf(after) === outlineOf(before)
  )
}

function isSame(a: Piece, b: Piece | undefined): boolean {
  if (a.kind === 'image') return b?.kind === 'image' && a.url === b.url && a.alt === b.alt
  if (a.kind === 'comment') return b?.kind === 'comment' && a.body === b.body
  // There may be more white space at the end.
  return b?.kind === a.kind && a.text.trimEnd() === b.text.trimEnd()
}

/**
 * @param open   what goes after the word
 * @param close  what goes before the end of the comment
 */
function commentWith(prompt: string, { syntax }: PageText, open: string, close: string): string {
  const [begin, end] = syntax === 'mdx' ? ['{/*', '*/}'] : ['<!--', '-->']
  return `${begin} easel${open}${yamlOf(prompt)}${close}${end}`
}

/** Escapes characters that would end the comment, or the table cell or code span around it. */
function yamlOf(prompt: string): string {
  const risky = /[`|<>{}\\]|\*\//
  if (!risky.test(prompt)) return stringify({ prompt }, { lineWidth: 0 }).trimEnd()
  const escaped = JSON.stringify(prompt).replaceAll(
    /[`|<>{}/]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `prompt: ${escaped}`
}

function lineOf(page: PageText, image: PageImage): { readonly line: number; readonly column: number } {
  const { line, column } = page.position(image.from)
  return { line, column }
}
