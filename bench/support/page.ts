import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { rowsToMarkdown } from './print.ts'
import type { Row } from './rows.ts'

const BEGIN = '<!-- measured -->'
const END = '<!-- end of measured -->'

/** Writes a run's table, with the machine and its load, which spoils such numbers. */
export function writeRows(path: string, rows: readonly Row[]): void {
  const machine = `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${process.platform}; load average ${loadavg()[0]?.toFixed(1)}.`
  replaceBetweenMarks(path, `On ${machine}\n\n${rowsToMarkdown(rows)}`)
}

/** Replaces the text between a page's marks. */
export function replaceBetweenMarks(path: string, text: string): void {
  const [before, rest] = readFileSync(path, 'utf8').split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`${path} has no ${BEGIN} … ${END}`)
  writeFileSync(path, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`)
}
