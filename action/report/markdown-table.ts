import { oneLine, shorten } from './one-line.ts'

const CELL_MAX_CHARACTERS = 300

/** Lines of Markdown of which the last rows may be left out. */
export interface Table {
  readonly open: readonly string[]
  readonly rows: readonly string[]
  readonly close: readonly string[]
}

/**
 * Markdown within a limit. Leaves out tables without rows, and counts rows that don't fit.
 *
 * @param more  where the other rows are, as the end of a sentence
 */
export function withinLimit(
  head: readonly string[],
  tables: readonly Table[],
  { maxBytes, more = '' }: { readonly maxBytes: number; readonly more?: string },
): string {
  const lines = [...head]
  let size = sizeOf(head)
  for (const { open, rows, close } of tables) {
    if (rows.length === 0) continue
    size += sizeOf(open) + sizeOf(close) + 100
    if (size > maxBytes) break
    lines.push(...open)
    let shown = 0
    for (const line of rows) {
      size += sizeOf([line])
      if (size > maxBytes) break
      lines.push(line)
      shown++
    }
    lines.push(...close)
    if (shown < rows.length) lines.push('', `… and ${rows.length - shown} more${more}.`)
  }
  return `${lines.join('\n')}\n`
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
}

/** Escapes user text for a table cell: no Markdown, no HTML, no line breaks. */
export function cell(text: string, maxCharacters = CELL_MAX_CHARACTERS): string {
  return shorten(oneLine(text), maxCharacters).replaceAll(
    /[\\`*_[\]#!|<>&~@"$]/g,
    (character) => `&#${character.codePointAt(0)};`,
  )
}
