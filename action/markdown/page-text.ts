import type { Position } from '../config/diagnostic.ts'

/** How to parse a file. */
export type PageSyntax = 'markdown' | 'mdx'

/** A Markdown file, ready for the parser. Offsets are the same in `written` and in `text`. */
export interface PageText {
  /** Relative to the root of the workspace. */
  readonly file: string
  readonly syntax: PageSyntax
  /** The file's text without its byte order mark. */
  readonly written: string
  /** The same length, with front matter blanked out and line breaks as `\n`. */
  readonly text: string
  readonly hasByteOrderMark: boolean
  /** The position of an offset. Columns count UTF-16 units, as editors and annotations do. */
  position(offset: number): Position
}

const FRONT_MATTER = /^(---|\+\+\+)[ \t]*\n(?:[\s\S]*?\n)??\1[ \t]*(?=\n|$)/

export function pageText(file: string, content: string): PageText {
  const hasByteOrderMark = content.startsWith('\uFEFF')
  const written = hasByteOrderMark ? content.slice(1) : content
  const text = written
    .replaceAll('\r\n', ' \n')
    .replaceAll('\r', '\n')
    .replace(FRONT_MATTER, (matter) => matter.replaceAll(/[^\n]/g, ' '))
  let lineStarts: readonly number[] | undefined
  return {
    file,
    syntax: syntaxOf(file),
    written,
    text,
    hasByteOrderMark,
    position(offset) {
      lineStarts ??= startsOfLines(text)
      const line = countUpTo(lineStarts, offset)
      return { file, line, column: offset - (lineStarts[line - 1] ?? 0) + 1 }
    },
  }
}

function syntaxOf(file: string): PageSyntax {
  return file.toLowerCase().endsWith('.mdx') ? 'mdx' : 'markdown'
}

function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** How many of the sorted numbers are at most `limit`. */
export function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
