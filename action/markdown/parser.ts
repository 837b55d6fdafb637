import {
  type BlockContext,
  type Element,
  type InlineContext,
  type Line,
  type MarkdownConfig,
  type MarkdownParser,
  parser,
  Strikethrough,
  Table,
  TaskList,
} from '@lezer/markdown'
import { beginPage, boundedBlocks, spendInVain, spendOnQuoteMarks, spendOnText } from './bounds.ts'
import type { PageSyntax } from './page-text.ts'
import { scanTag, skipExpression } from './tags.ts'

/*
 * Lezer's parser is incremental and written for editors. Of the parsers that give positions it is the fastest (seven
 * times as fast as micromark). It has no MDX, so this file adds what MDX changes: expressions and JSX tags instead of
 * HTML, no indented code, no <autolinks>, and ESM. JavaScript is skipped, not parsed.
 */

const ESM = /^(import|export)\b/
/** HTML comments are not MDX, but Docusaurus accepts them. */
const COMMENT_START = /^(\{\s*\/\*|<!--)/
const COMMENT_END = /\*\/\s*\}|-->/
const COMMENT_END_AFTER = new RegExp(COMMENT_END, 'g')

const mdx: MarkdownConfig = {
  remove: ['IndentedCode', 'HTMLBlock', 'HTMLTag'],
  defineNodes: ['MdxComment', 'MdxExpression', 'MdxTag', 'MdxEsm'].map((name) => ({ name, block: true })),
  parseBlock: [
    { name: 'MdxEsm', before: 'ATXHeading', parse: readEsm },
    {
      name: 'MdxComment',
      before: 'ATXHeading',
      parse: readCommentBlock,
      endLeaf: (_, line) => COMMENT_START.test(rest(line)),
    },
    { name: 'MdxTag', before: 'ATXHeading', parse: readTagBlock },
  ],
  parseInline: [
    { name: 'MdxExpression', before: 'Emphasis', parse: readExpression },
    { name: 'MdxTag', before: 'Emphasis', parse: readTag },
  ],
}

const COMMON = [Table, Strikethrough, TaskList, boundedBlocks]

const PARSERS: Readonly<Record<PageSyntax, MarkdownParser>> = {
  markdown: parser.configure(COMMON),
  mdx: parser.configure([...COMMON, mdx]),
}

/** Text without one of these has no image, comment or tag. */
const WORTH_READING = /!\[|[<{]/

/** The time for emphasis grows with the square of its marks in one text. With more, its marks stay in alt texts. */
const EMPHASIS_MAX = 2000
const WITHOUT_EMPHASIS: MarkdownConfig = { remove: ['Emphasis', 'Strikethrough'] }

const FULL_PARSERS = inlineParsers({ isLean: false })
/** Skip text that holds nothing of interest: a third of the time, and half of the tree. */
const LEAN_PARSERS = inlineParsers({ isLean: true })

/** The page that is being parsed, which is synchronous. A block's parser is otherwise given a line at a time. */
let page = ''

/**
 * @param isLean  parses only images, comments and tags in text, and skips the rest
 * @throws {UnreadableError} when the page nests too deeply, or would take too long
 */
export function parsePage(
  text: string,
  syntax: PageSyntax,
  { isLean }: { readonly isLean: boolean },
): ReturnType<MarkdownParser['parse']> {
  page = text
  beginPage(text)
  return (isLean ? LEAN_PARSERS : FULL_PARSERS)[syntax].parse(text)
}

function inlineParsers({ isLean }: { readonly isLean: boolean }): typeof PARSERS {
  return { markdown: bounded(PARSERS.markdown), mdx: bounded(PARSERS.mdx) }

  function bounded(full: MarkdownParser): MarkdownParser {
    const plain = full.configure(WITHOUT_EMPHASIS)
    const parseInline: MarkdownParser['parseInline'] = (text, offset) => {
      if (isLean && !WORTH_READING.test(text)) return []
      spendOnText(text, offset)
      const elements = (countOf(/[*_~]/g, text) > EMPHASIS_MAX ? plain : full).parseInline(text, offset)
      spendOnQuoteMarks(elements, text, offset)
      return elements
    }
    return Object.assign(Object.create(full) as MarkdownParser, { parseInline })
  }
}

function countOf(pattern: RegExp, text: string): number {
  return text.length < EMPHASIS_MAX ? 0 : (text.match(pattern)?.length ?? 0)
}

/** `import` and `export` at the start of a line, up to a blank line. */
function readEsm(context: BlockContext, line: Line): boolean {
  if (line.basePos !== 0 || !ESM.test(line.text)) return false
  const from = context.lineStart
  while (context.nextLine() && line.next !== -1);
  context.addElement(context.elt('MdxEsm', from, context.prevLineEnd()))
  return true
}

/** A comment on lines of its own, which may hold blank lines, lists and anything else. */
function readCommentBlock(context: BlockContext, line: Line): boolean {
  if (!COMMENT_START.test(rest(line))) return false
  const onFirst = COMMENT_END.exec(rest(line))
  // With text after it, it belongs to a paragraph.
  if (
    onFirst &&
    rest(line)
      .slice(onFirst.index + onFirst[0].length)
      .trim() !== ''
  )
    return false
  const from = context.lineStart + line.pos
  COMMENT_END_AFTER.lastIndex = from
  return readLines(
    context,
    line,
    'MdxComment',
    COMMENT_END_AFTER.exec(page) ? COMMENT_END_AFTER.lastIndex : -1,
  )
}

/**
 * Tags on lines of their own, and a tag over several lines, whose attributes could otherwise parse as quotes and lists.
 * Tags with text next to them belong to a paragraph.
 */
function readTagBlock(context: BlockContext, line: Line): boolean {
  if (line.next !== 60 /* < */) return false
  const text = rest(line)
  const tags: Element[] = []
  for (let at = 0; at < text.length;) {
    const tag = scanTag(text, at)
    if (tag === 'incomplete' && at === 0) return readTagLines(context, line)
    if (typeof tag !== 'object') return false
    const from = context.lineStart + line.pos
    tags.push(context.elt('MdxTag', from + tag.from, from + tag.to))
    at = tag.to + text.slice(tag.to).search(/\S|$/)
  }
  for (const tag of tags) context.addElement(tag)
  context.nextLine()
  return true
}

function readTagLines(context: BlockContext, line: Line): boolean {
  const from = context.lineStart + line.pos
  const tag = scanTag(page, from)
  if (tag === undefined) {
    spendInVain(page.length - from, from)
    return false
  }
  return readLines(context, line, 'MdxTag', tag === 'incomplete' ? -1 : tag.to)
}

/**
 * Reads lines up to the end of the node. The rest of the last line is a paragraph.
 *
 * @param end  in the page; -1: it has none, and is the rest of the page
 */
function readLines(context: BlockContext, line: Line, name: string, end: number): boolean {
  const from = context.lineStart + line.pos
  const last = end === -1 ? page.length : end
  const marks: Element[] = []
  while (context.lineStart + line.text.length < last && context.nextLine()) marks.push(...line.markers)
  const to = context.lineStart + line.text.length
  const until = Math.min(last, to)
  context.addElement(
    context.elt(
      name,
      from,
      until,
      marks.filter((mark) => mark.to <= until),
    ),
  )
  const remainder = page.slice(until, to)
  if (remainder.trim() !== '') {
    const inline = context.parser.parseInline(remainder, until)
    context.addElement(context.elt('Paragraph', until, to, inline))
  }
  context.nextLine()
  return true
}

function readExpression(context: InlineContext, next: number, position: number): number {
  if (next !== 123 /* { */) return -1
  const text = context.slice(position, context.end)
  const end = skipExpression(text, 0)
  if (end === -1) {
    spendInVain(text.length, position)
    return -1
  }
  const name = COMMENT_START.test(text) ? 'MdxComment' : 'MdxExpression'
  return context.addElement(context.elt(name, position, position + end))
}

function readTag(context: InlineContext, next: number, position: number): number {
  if (next !== 60 /* < */) return -1
  const text = context.slice(position, context.end)
  if (text.startsWith('<!--')) {
    const end = text.indexOf('-->')
    return end === -1 ? -1 : context.addElement(context.elt('MdxComment', position, position + end + 3))
  }
  const tag = scanTag(text, 0)
  if (tag === 'incomplete') spendInVain(text.length, position)
  if (typeof tag !== 'object') return -1
  return context.addElement(context.elt('MdxTag', position, position + tag.to))
}

/** The line without the marks of its containers. */
function rest(line: Line): string {
  return line.text.slice(line.pos)
}
