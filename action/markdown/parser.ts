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
 * Lezer's parser is incremental and made for editors; of those that give positions, it is the fastest (seven times
 * micromark). It has no MDX, so what MDX changes is here: expressions and tags of JSX instead of HTML, no indented
 * code, no <autolinks>, and ESM. JavaScript is skipped over, not understood.
 */

const ESM = /^(import|export)\b/
/** Those of HTML are no MDX, but Docusaurus takes them. */
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

/** Without one of these, text holds no image, no comment and no tag. */
const WORTH_READING = /!\[|[<{]/

/** Leave text alone that holds nothing to be found: a third of the time, and half of the tree. */
const LEAN_PARSERS: Readonly<Record<PageSyntax, MarkdownParser>> = {
  markdown: lean(PARSERS.markdown),
  mdx: lean(PARSERS.mdx),
}

/** @param isLean  only images, comments and tags matter: what else is in text is left as it is */
export function parserFor(syntax: PageSyntax, { isLean }: { readonly isLean: boolean }): MarkdownParser {
  return (isLean ? LEAN_PARSERS : PARSERS)[syntax]
}

function lean(full: MarkdownParser): MarkdownParser {
  const parseInline: MarkdownParser['parseInline'] = (text, offset) =>
    WORTH_READING.test(text) ? full.parseInline(text, offset) : []
  return Object.assign(Object.create(full) as MarkdownParser, { parseInline })
}

/** `import` and `export` at the start of a line, up to a blank one. */
function readEsm(context: BlockContext, line: Line): boolean {
  if (line.basePos !== 0 || !ESM.test(line.text)) return false
  const from = context.lineStart
  while (context.nextLine() && line.next !== -1);
  context.addElement(context.elt('MdxEsm', from, context.prevLineEnd()))
  return true
}

/** A comment with lines of its own, which may hold blank lines, lists and whatever else. */
function readCommentBlock(context: BlockContext, line: Line): boolean {
  if (!COMMENT_START.test(rest(line))) return false
  const onFirst = COMMENT_END.exec(rest(line))
  // With text behind it, it belongs to a paragraph.
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
 * Tags on lines of their own, and a tag over several lines, which a paragraph could take for quotes and lists. Those
 * with text beside them are a paragraph's.
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
 * Takes lines until `endIn` says where the thing ends in them; what follows on its last line is a paragraph.
 *
 * @param endIn  -1: not yet
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
  // Other lines are taken whole, with quote marks and indentation, so that offsets stay right.
  while (endIn(text) === -1 && context.nextLine()) {
    text += `\n${line.text}`
    marks.push(...line.markers)
  }
  const found = endIn(text)
  const end = found === -1 ? text.length : found
  const behind = text.slice(end)
  context.addElement(
    context.elt(
      name,
      from,
      from + end,
      marks.filter((mark) => mark.to <= from + end),
    ),
  )
  if (behind.trim() !== '') {
    const inline = context.parser.parseInline(behind, from + end)
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

/** The line without what containers take of it. */
function rest(line: Line): string {
  return line.text.slice(line.pos)
}
