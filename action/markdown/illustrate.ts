import { parse, stringify } from 'yaml'
import { formatOfPath } from '../config/file-format.ts'
import { imagePathProblem } from '../files/safe-path.ts'
import { describedImages } from './described-images.ts'
import { imagePath, isElsewhere } from './image-path.ts'
import { pageText, type PageText } from './page-text.ts'
import type { PageImage, Piece } from './piece.ts'
import { type Reading, readingOf } from './pieces.ts'

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
  const before = readingOf(pageText(file, content))
  const candidates = candidatesIn(before, siteRoot)
  const isWantedAt = await Promise.all(candidates.map(({ path }) => isWanted(path)))
  const wanted = candidates.filter((_, index) => isWantedAt[index])
  const { reading, placed } = withComments(before, wanted)
  const { page } = before
  return {
    proposals: wanted.map((candidate) => ({
      path: candidate.path,
      ...lineOf(page, candidate.image),
      prompt: candidate.prompt,
      comment: commentWith(candidate.prompt, page, ' ', ' '),
      fits: placed.includes(candidate),
    })),
    content: (page.hasByteOrderMark ? '\uFEFF' : '') + reading.page.written,
  }
}

interface Candidate {
  readonly image: PageImage
  readonly path: string
  readonly prompt: string
}

/** Images without a comment that Easel could generate, each path once. */
function candidatesIn({ page, pieces }: Reading, siteRoot: string | undefined): Candidate[] {
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

/** The page with the comments that fit, each at its best place. */
function withComments(
  before: Reading,
  candidates: readonly Candidate[],
): { readonly reading: Reading; readonly placed: readonly Candidate[] } {
  if (candidates.length === 0) return { reading: before, placed: [] }
  for (const insertions of attempts(before.page, candidates)) {
    const reading = readingOf(inserted(before.page, insertions))
    if (isHarmless(reading, before, candidates)) return { reading, placed: candidates }
  }
  if (candidates.length === 1) return { reading: before, placed: [] }
  const middle = candidates.length >>> 1
  // The later ones first, so that insertions don't move the images still to come.
  const later = withComments(before, candidates.slice(middle))
  const earlier = withComments(later.reading, candidates.slice(0, middle))
  return { reading: earlier.reading, placed: [...earlier.placed, ...later.placed] }
}

/** Each takes a reading of the whole page: several comments are only tried at their best places. */
function* attempts(page: PageText, candidates: readonly Candidate[]): Generator<readonly Insertion[]> {
  const [only, ...others] = candidates
  if (only && others.length === 0) for (const place of placements(only, page)) yield [place]
  else yield candidates.flatMap((candidate) => placements(candidate, page).next().value ?? [])
}

interface Insertion {
  readonly offset: number
  readonly text: string
}

/** The possible places for a comment, best place first. */
function* placements({ image, prompt }: Candidate, page: PageText): Generator<Insertion> {
  const { text, written, syntax } = page
  const eol = /\r\n|\r|\n/.exec(written)?.[0] ?? '\n'
  const lineStart = text.lastIndexOf('\n', image.from - 1) + 1
  const before = text.slice(lineStart, image.from)
  const oneLine = commentWith(prompt, page, ' ', ' ')
  if (/^[\s>]*(([-*+]|\d{1,9}[.)])\s[\s>]*)*$/.test(before)) {
    // A list item continues at the indentation of its text; a quote has its mark on every line.
    const margin = eol + before.replaceAll(/[^\s>]/g, ' ')
    yield { offset: image.from, text: commentWith(prompt, page, margin, margin) + margin }
    yield { offset: image.from, text: oneLine + margin }
  }
  yield { offset: image.from, text: `${oneLine}${syntax === 'mdx' ? ' ' : ''}` }
  // At the end of the line above, where a line that starts with a comment would end the paragraph. A hard break stays
  // at the end of its line.
  let above = Math.max(0, lineStart - 1)
  while (above > 0 && /[\s\\]/.test(text[above - 1] ?? '')) above--
  if (above > 0) yield { offset: above, text: ` ${oneLine}` }
}

/** @param insertions  in the order of the page */
function inserted({ file, written }: PageText, insertions: readonly Insertion[]): PageText {
  let at = 0
  let content = ''
  for (const { offset, text } of insertions) {
    content += written.slice(at, offset) + text
    at = offset
  }
  return pageText(file, content + written.slice(at))
}

/** Whether each image has its comment, and the rest of the page reads as before. */
function isHarmless(after: Reading, before: Reading, candidates: readonly Candidate[]): boolean {
  const prompts = new Map(candidates.map(({ image, prompt }) => [image.from, prompt]))
  let at = 0
  for (const piece of before.pieces) {
    const prompt = piece.kind === 'image' ? prompts.get(piece.from) : undefined
    if (prompt !== undefined && promptIn(after.pieces[at++]) !== prompt) return false
    const same = after.pieces[at++]
    if (same === undefined || !isSame(same, piece)) return false
  }
  return (
    at === after.pieces.length &&
    at === before.pieces.length + candidates.length &&
    after.outline === before.outline
  )
}

function promptIn(piece: Piece | undefined): unknown {
  if (piece?.kind !== 'comment') return undefined
  const fields: unknown = parse(piece.body)
  return typeof fields === 'object' && fields !== null && 'prompt' in fields ? fields.prompt : undefined
}

function isSame(a: Piece, b: Piece): boolean {
  if (a.kind === 'image') return b.kind === 'image' && a.url === b.url && a.alt === b.alt
  if (a.kind === 'comment') return b.kind === 'comment' && a.body === b.body
  // There may be more white space at the end.
  return b.kind === a.kind && a.text.trimEnd() === b.text.trimEnd()
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
