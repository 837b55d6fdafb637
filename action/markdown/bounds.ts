import type { BlockContext, Element, LeafBlock, MarkdownConfig } from '@lezer/markdown'
import { countUpTo } from './page-text.ts'

/** A page that could not be read in time. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
  /** Where in the page. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Quotes inside each other, or half as many lists. Every line is read once for each of those around it. */
const DEPTH_MAX = 200

/** What a page may cost: in characters read, about a nanosecond each. All real pages need less than a hundredth. */
const WORK_MAX = 200_000_000
const WORK_MAX_PER_CHARACTER = 2000

/** Of loops in JavaScript, compared with regular expressions. */
const SLOW = 30

/** Shorter text costs too little to be worth a look. */
const SHORT = 1000

/** The page that is being read, which is synchronous, and what is left for it. */
let page = ''
let left = 0

export function beginPage(text: string): void {
  page = text
  left = WORK_MAX + WORK_MAX_PER_CHARACTER * text.length
}

/**
 * Counts characters that were read in vain, or will be. They are bounded, so that no page takes time in proportion to
 * its square.
 *
 * @throws {UnreadableError} when it is too much
 */
export function spendInVain(characters: number, offset: number): void {
  spend(SLOW * characters, 'has too many marks that nothing closes', offset)
}

function spend(work: number, problem: string, offset: number): void {
  left -= work
  if (left < 0) throw new UnreadableError(problem, offset)
}

/** Bounds for Lezer's blocks. Its inline marks are bounded by {@link spendOnText}. */
export const boundedBlocks: MarkdownConfig = {
  parseBlock: [{ name: 'Bounds', before: 'FencedCode', parse: refuseDepth, endLeaf: spendOnLine }],
}

function refuseDepth({ depth, lineStart }: BlockContext): boolean {
  if (depth <= DEPTH_MAX) return false
  throw new UnreadableError('nests quotes or lists too deeply', lineStart)
}

const DEFINITION = /\[[^\]]{1,999}\]:/y

/** A definition's title is read from its start with each line. */
function spendOnLine({ lineStart }: BlockContext, _line: unknown, { start, content }: LeafBlock): boolean {
  // Looks at the page: V8 would copy the content, which grows by a line, to look at it.
  DEFINITION.lastIndex = start
  if (content.length > SHORT && DEFINITION.test(page)) spendInVain(content.length, lineStart)
  return false
}

const OPENED = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
  ['<![CDATA[', ']]>'],
] as const

/**
 * Counts what Lezer will read in vain in a paragraph, a heading or a cell.
 *
 * @throws {UnreadableError} when it is too much
 */
export function spendOnText(text: string, offset: number): void {
  if (text.length <= SHORT) return
  const backticks = new Set(text.match(/`+/g))
  const titles = countOf(/\]\([^\s()]*\s+\(/g, text)
  let characters = text.length * (backticks.size + titles)
  characters += looksBack(text) / SLOW
  for (const word of text.split(/\s/)) characters += word.length * countOf(/\]\(/g, word)
  for (const spaces of text.match(/ {100,}/g) ?? []) characters += spaces.length ** 2
  for (const part of text.split('>')) characters += part.length * countOf(/</g, part)
  for (const [open, close] of OPENED) {
    const unclosed = text.slice(text.lastIndexOf(close) + 1)
    characters += unclosed.length * (unclosed.split(open).length - 1)
  }
  spendInVain(characters, offset)
}

/** How often a closing bracket is compared with a mark before it. */
function looksBack(text: string): number {
  const opened: number[] = []
  let marks = 0
  let looks = 0
  for (const [mark] of text.matchAll(/[!&*<[\\\]_`{~]/g)) {
    if (mark === '[') opened.push(marks)
    if (mark === ']') {
      looks += marks
      marks = opened.pop() ?? marks
    }
    marks++
  }
  return looks
}

/** Of a child that is copied. */
const COPIED = 10

/**
 * Counts what Lezer will copy. It puts the mark of each quoted line into what goes on over that line, such as a comment,
 * and copies the children of that, which are also the marks so far.
 *
 * @throws {UnreadableError} when it is too much
 */
export function spendOnQuoteMarks(elements: readonly Element[], text: string, offset: number): void {
  if (text.length <= SHORT || elements.length === 0) return
  const marks = quoteMarksIn(text, offset)
  if (marks.length > 0) visit(elements)

  function visit(siblings: readonly Element[]): void {
    for (const element of siblings) {
      const { from, to } = element
      const count = countUpTo(marks, to) - countUpTo(marks, from)
      if (count === 0) continue
      const children = childrenOf(element)
      const copies = count * (children.length + count / 2)
      spend(COPIED * copies, 'has too many quoted lines in a comment, a tag or emphasis', from)
      visit(children)
    }
  }
}

/** Lezer blanks them out in the text. The first line's are no part of it. */
function quoteMarksIn(text: string, offset: number): number[] {
  const marks: number[] = []
  for (let line = text.indexOf('\n'); line !== -1; line = text.indexOf('\n', line + 1)) {
    for (let at = line + 1; text[at] === ' '; at++) if (page[offset + at] === '>') marks.push(offset + at)
  }
  return marks
}

/** Lezer's types leave them out. */
function childrenOf(element: Element): readonly Element[] {
  return 'children' in element && Array.isArray(element.children) ? element.children : []
}

function countOf(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0
}
