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

const GFM = [Table, Strikethrough, TaskList]

const PARSERS: Readonly<Record<PageSyntax, MarkdownParser>> = {
  markdown: parser.configure(GFM),
  mdx: parser.configure([...GFM, mdx]),
}

/** Text without one of these has no image, comment or tag. */
const WORTH_READING = /!\[|[<{]/

/** Skip text that holds nothing of interest: a third of the time, and half of the tree. */
const LEAN_PARSERS: Readonly<Record<PageSyntax, MarkdownParser>> = {
  markdown: lean(PARSERS.markdown),
  mdx: lean(PARSERS.mdx),
}

/** @param isLean  parses only images, comments and tags in text, and skips the rest */
export function parserFor(syntax: PageSyntax, { isLean }: { readonly isLean: boolean }): MarkdownParser {
  return (isLean ? LEAN_PARSERS : PARSERS)[syntax]
}

function lean(full: MarkdownParser): MarkdownParser {
  const parseInline: MarkdownParser['parseInline'] = (text, offset) =>
    WORTH_READING.test(text) ? full.parseInline(text, offset) : []
  return Object.assign(Object.create(full) as MarkdownParser, { parseInline })
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
  return readLines(context, line, 'MdxComment', (text) => {
    const found = COMMENT_END.exec(text)
    return found ? found.index + found[0].length : -1
  })
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
  return readLines(context, line, 'MdxTag', (text) => {
    const tag = scanTag(text, 0)
    if (tag === 'incomplete') return -1
    return tag === undefined ? text.length : tag.to
  })
}

/**
 * Reads lines until `endIn` finds the end of the node in them. The rest of the last line is a paragraph.
 *
 * @param endIn  returns -1 when the end is not there yet
 */
function readLines(
  context: BlockContext,
  line: Line,
  name: string,
  endIn: (text: string) => number,
): boolean {
  const from = context.lineStart + line.pos
  let text = rest(line)
  const marks: Element[] = []
  // Further lines keep their quote marks and indentation, so that offsets stay right.
  while (endIn(text) === -1 && context.nextLine()) {
    text += `\n${line.text}`
    marks.push(...line.markers)
  }
  const found = endIn(text)
  const end = found === -1 ? text.length : found
  const remainder = text.slice(end)
  context.addElement(
    context.elt(
      name,
      from,
      from + end,
      marks.filter((mark) => mark.to <= from + end),
    ),
  )
  if (remainder.trim() !== '') {
    const inline = context.parser.parseInline(remainder, from + end)
    context.addElement(context.elt('Paragraph', from + end, from + text.length, inline))
  }
  context.nextLine()
  return true
}

function readExpression(context: InlineContext, next: number, position: number): number {
  if (next !== 123 /* { */) return -1
  const text = context.slice(position, context.end)
  const end = skipExpression(text, 0)
  if (end === -1) return -1
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
  if (typeof tag !== 'object') return -1
  return context.addElement(context.elt('MdxTag', position, position + tag.to))
}

/** The line without the marks of its containers. */
function rest(line: Line): string {
  return line.text.slice(line.pos)
}
