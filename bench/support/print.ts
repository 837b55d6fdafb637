import type { Bound, Row } from './rows.ts'

/** The rows as a table for a terminal. */
export function formatRows(rows: readonly Row[]): string {
  const head = ['what', 'value', 'quartiles', 'reference', 'ratio', 'bound', '']
  const lines = rows.map((row) => [
    row.name,
    `${digits(row.value)} ${row.unit}`,
    row.spread[0] === row.spread[1] ? '' : `${digits(row.spread[0])}–${digits(row.spread[1])}`,
    row.reference === null ? '' : `${digits(row.reference)} ${row.against ?? ''}`,
    row.ratio === null ? '' : digits(row.ratio),
    row.bound ? boundText(row.bound, row.unit) : '',
    verdict(row.holds),
  ])
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  )
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The rows as a Markdown table. */
export function rowsToMarkdown(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, value, unit, spread: [low, high], reference, against, ratio, bound, holds }) =>
      `| ${name} | ${digits(value)} ${unit} | ${low === high ? '' : `${digits(low)}–${digits(high)}`} | ${
        reference === null ? '' : `${digits(reference)} ${unit}, ${against ?? ''}`
      } | ${ratio === null ? '' : digits(ratio)} | ${bound ? `${boundText(bound, unit)}: ${verdict(holds)}` : ''} |`,
  )
  return [
    '| what | value | quartiles | reference | ratio | bound |',
    '|---|--:|--:|---|--:|---|',
    ...lines,
  ].join('\n')
}

function boundText({ of, atMost, atLeast }: Bound, unit: string): string {
  const limit = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`
  if (of === 'ratio') return `ratio ${limit}`
  return of === 'value' ? `${limit} ${unit}` : `adds ${limit} ${unit}`
}

function verdict(holds: boolean | null): string {
  if (holds === null) return ''
  return holds ? 'holds' : 'BROKEN'
}

/** About three significant digits. */
export function digits(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return value.toLocaleString('en', { maximumFractionDigits: 0 })
  if (magnitude >= 10) return value.toFixed(1)
  return value === Math.round(value) ? String(value) : value.toFixed(2)
}
