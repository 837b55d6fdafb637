import type { SyntaxNode } from '@lezer/common'
import { decodeHTMLStrict } from 'entities'
import { ConfigError } from '../config/diagnostic.ts'
import { UnreadableError } from './bounds.ts'
import type { PageText } from './page-text.ts'
import { parsePage } from './parser.ts'
import { piecesInHtml, piecesInTag } from './html-pieces.ts'
import type { Piece } from './piece.ts'

type Tree = ReturnType<typeof parsePage>

/**
 * Splits a page into comments, images, headings, and the content between them.
 *
 * @param isLean  faster, but headings may contain marks
 * @throws {ConfigError} when the page nests too deeply, or would take too long
 */
export function piecesOf(page: PageText, isLean = false): Piece[] {
  return readable(page, () => piecesIn(parsePage(page.text, page.syntax, { isLean }), page.text))
}

/** A page as it reads. */
export interface Reading {
  readonly page: PageText
  readonly pieces: readonly Piece[]
  /** Its structure: the names of its nodes in order, without comments and marks. */
  readonly outline: string
}

/** @throws {ConfigError} as {@link piecesOf} does */
export function readingOf(page: PageText): Reading {
  return readable(page, () => {
    const tree = parsePage(page.text, page.syntax, { isLean: false })
    return { page, pieces: piecesIn(tree, page.text), outline: outlineOf(tree) }
  })
}

function readable<T>(page: PageText, read: () => T): T {
  try {
    return read()
  } catch (error) {
    // Lezer's tree is nested as deeply as the page.
    const problem = error instanceof RangeError ? new UnreadableError('nests marks too deeply', 0) : error
    if (!(problem instanceof UnreadableError)) throw error
    const message = `${page.file} ${problem.message}, so Easel can’t read it: change it, or leave it out with "!${page.file}" under markdown.`
    throw new ConfigError([{ ...page.position(problem.offset), severity: 'error', message }])
  }
}

function piecesIn(tree: Tree, text: string): Piece[] {
  const definitions = definitionsIn(tree.topNode, text)
  const pieces: Piece[] = []
  walk(tree.topNode)
  return pieces

  function walk(node: SyntaxNode): void {
    const { name, from, to } = node
    if (name === 'Image') return image(node)
    if (name === 'MdxTag') return push(piecesInTag(text.slice(from, to), from))
    if (HTML.has(name)) return push(piecesInHtml(withoutMarks(node, text), from))
    if (TRANSPARENT.has(name) || name.endsWith('Mark')) return
    if (HEADING.test(name)) pieces.push({ kind: 'heading', from, text: plainText(node, text) })
    if (INLINE_HOLDERS.has(name) || HEADING.test(name)) return walkInline(node)
    if (!BLOCK_HOLDERS.has(name))
      return void pieces.push({ kind: 'other', from, text: text.slice(from, to), isText: false })
    for (let child = node.firstChild; child; child = child.nextSibling) walk(child)
  }

  /** Text has no nodes of its own: it is what is between other nodes. */
  function walkInline(node: SyntaxNode): void {
    let at = node.from
    for (let child = node.firstChild; child; child = child.nextSibling) {
      gap(at, child.from)
      at = child.to
      // In a link, what follows the text is its target.
      if (!(node.name === 'Link' && LINK_PARTS.has(child.name))) walk(child)
    }
    gap(at, node.to)
  }

  function gap(from: number, to: number): void {
    const found = /\S/.exec(text.slice(from, to))
    if (found)
      pieces.push({
        kind: 'other',
        from: from + found.index,
        text: text.slice(from + found.index, to),
        isText: true,
      })
  }

  function image(node: SyntaxNode): void {
    const { from, to } = node
    const url = node.getChild('URL')
    const isInline = node.getChildren('LinkMark').length > 2
    const label = node.getChild('LinkLabel')
    const inner = innerOf(node, text)
    const target = url
      ? destination(text.slice(url.from, url.to))
      : isInline
        ? undefined
        : definitions.get(
            labelKey(label && label.to - label.from > 2 ? text.slice(label.from + 1, label.to - 1) : inner),
          )
    // A reference without a definition is text in brackets.
    if (target === undefined && !isInline)
      return void pieces.push({ kind: 'other', from, text: text.slice(from, to), isText: true })
    const urlAt = url && { from: url.from, to: url.to }
    pieces.push({ kind: 'image', from, to, url: target, ...(urlAt && { urlAt }), alt: plainText(node, text) })
  }

  function push(found: readonly Piece[]): void {
    pieces.push(...found)
  }
}

const HTML: ReadonlySet<string> = new Set(['CommentBlock', 'Comment', 'HTMLBlock', 'HTMLTag', 'MdxComment'])
const HEADING = /^(ATX|Setext)Heading\d$/
const INLINE_HOLDERS: ReadonlySet<string> = new Set([
  'Paragraph',
  'TableCell',
  'Task',
  'Link',
  'Emphasis',
  'StrongEmphasis',
  'Strikethrough',
])
const BLOCK_HOLDERS: ReadonlySet<string> = new Set([
  'Document',
  'Blockquote',
  'BulletList',
  'OrderedList',
  'ListItem',
  'Table',
  'TableHeader',
  'TableRow',
])
const TRANSPARENT: ReadonlySet<string> = new Set([
  'HardBreak',
  'LinkReference',
  'TableDelimiter',
  'TaskMarker',
])
const LINK_PARTS: ReadonlySet<string> = new Set(['URL', 'LinkTitle', 'LinkLabel'])

/** The targets of reference-style links by label. The first of equal labels counts. */
function definitionsIn(top: SyntaxNode, text: string): ReadonlyMap<string, string> {
  const definitions = new Map<string, string>()
  if (!text.includes(']:')) return definitions
  top.cursor().iterate((cursor) => {
    if (BLOCK_HOLDERS.has(cursor.name)) return true
    if (cursor.name !== 'LinkReference') return false
    const { node } = cursor
    const label = node.getChild('LinkLabel')
    const url = node.getChild('URL')
    if (!label || !url) return false
    const key = labelKey(text.slice(label.from + 1, label.to - 1))
    if (!definitions.has(key)) definitions.set(key, destination(text.slice(url.from, url.to)))
    return false
  })
  return definitions
}

/** Labels ignore case and white space. Converted both ways, for letters such as ẞ. */
function labelKey(label: string): string {
  return label.trim().replaceAll(/\s+/g, ' ').toLowerCase().toUpperCase()
}

function destination(written: string): string {
  return unescape(/^<[\s\S]*>$/.test(written) ? written.slice(1, -1) : written)
}

/** Backslashes and character references of Markdown. */
function unescape(written: string): string {
  return written.replaceAll(
    /\\([!-/:-@[-`{-~])|&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[\da-zA-Z]{1,31});/g,
    (all, escaped: string | undefined) => escaped ?? decodeHTMLStrict(all),
  )
}

/** The text in an image's first brackets. */
function innerOf(node: SyntaxNode, text: string): string {
  const [open, close] = node.getChildren('LinkMark')
  return open && close ? text.slice(open.to, close.from) : ''
}

/** A node's text as a reader sees it, on one line: without marks, tags and link targets. */
function plainText(node: SyntaxNode, text: string): string {
  return words(node).replaceAll(/\s+/g, ' ').trim()

  function words(inner: SyntaxNode): string {
    if (inner.name === 'InlineCode') return codeText(inner)
    if (inner.name === 'Escape' || inner.name === 'Entity') return unescape(text.slice(inner.from, inner.to))
    if (inner.name === 'HardBreak') return ' '
    if (inner.name === 'Autolink') return text.slice(inner.from + 1, inner.to - 1)
    if (UNREAD.has(inner.name) || inner.name.endsWith('Mark')) return ''
    // For a link or an image, the text in its first brackets.
    const [open, close] = /^(Link|Image)$/.test(inner.name) ? inner.getChildren('LinkMark') : []
    const end = close?.from ?? inner.to
    let at = open?.to ?? inner.from
    let result = ''
    for (let child = inner.firstChild; child && child.from < end; child = child.nextSibling) {
      if (child.from < at) continue
      result += text.slice(at, child.from) + words(child)
      at = child.to
    }
    return result + text.slice(at, end)
  }

  function codeText(inner: SyntaxNode): string {
    const [open, close] = inner.getChildren('CodeMark')
    return open && close ? text.slice(open.to, close.from) : ''
  }
}

const UNREAD: ReadonlySet<string> = new Set(['HTMLTag', 'Comment', 'MdxTag', 'MdxComment', 'MdxExpression'])

/** A node's text with quote marks blanked out. */
function withoutMarks(node: SyntaxNode, text: string): string {
  const parts: string[] = []
  let at = node.from
  for (const { from, to } of node.getChildren('QuoteMark')) {
    parts.push(text.slice(at, from), ' '.repeat(to - from))
    at = to
  }
  return parts.join('') + text.slice(at, node.to)
}

function outlineOf(tree: Tree): string {
  const names: string[] = []
  tree.cursor().iterate(({ name }) => {
    if (!/^(Comment(Block)?|MdxComment|QuoteMark)$/.test(name)) names.push(name)
  })
  return names.join(' ')
}
