import { bytes, usd } from '../../report/format.ts'
import { oneLine, shorten } from '../../report/one-line.ts'
import type { LockEntry } from '../../lock/schema.ts'
import type { Change } from './file-change.ts'

/** GitHub's bound for a body is 65,536 characters. Room is left for what people add. */
const SECTION_MAX_CHARACTERS = 50_000

const BEGIN = '<!-- easel:begin -->'
const END = '<!-- easel:end -->'

/** The part of a pull request's body that Easel keeps: each image before and after, and its cost. */
export function bodyFor(
  changes: readonly Change[],
  { before, after }: { readonly before: string; readonly after: string },
): string {
  const cost = changes.reduce((sum, change) => sum + (change.after?.cost_usd ?? 0), 0)
  const head = [
    `Made by Easel from the descriptions in this repository, for ${usd(cost)} in all.`,
    '',
    '| Image | Before | After | Cost |',
    '| --- | --- | --- | ---: |',
  ]
  const rows = changes.map((change) => row(change, before, after))
  const shown: string[] = []
  let size = head.join('\n').length
  for (const line of rows) {
    size += line.length + 1
    if (size > SECTION_MAX_CHARACTERS) break
    shown.push(line)
  }
  const rest = rows.length - shown.length
  return [...head, ...shown, ...(rest > 0 ? ['', `… and ${rest} more.`] : [])].join('\n')
}

/** Puts the section into a body: in the place of the old one, or at the end where there never was one. */
export function withSection(body: string, section: string): string {
  const whole = `${BEGIN}\n${section}\n${END}`
  if (body === '') return whole
  const [from, to] = [body.indexOf(BEGIN), body.indexOf(END)]
  // Somebody took it out, or half of it: the body is theirs.
  if (from < 0 || to < from) return body
  return body.slice(0, from) + whole + body.slice(to + END.length)
}

function row({ path, before: old, after: now }: Change, beforeUrl: string, afterUrl: string): string {
  const cost = now?.cost_usd === undefined ? '' : usd(now.cost_usd)
  return `| ${[code(path), image(old, path, beforeUrl), image(now, path, afterUrl), cost].join(' | ')} |`
}

function image(entry: LockEntry | undefined, path: string, url: string): string {
  if (!entry) return '—'
  const src = `${url}/${path.split('/').map(encodeURIComponent).join('/')}`
  return `<img src="${src}" width="240"><br>${entry.width}×${entry.height}, ${bytes(entry.bytes)}`
}

/** A path as text of a cell: nothing in it is Markdown or HTML. */
function code(path: string): string {
  return shorten(oneLine(path), 300).replaceAll(
    /[\\`*_[\]#!|<>&~@"$]/g,
    (character) => `&#${character.codePointAt(0)};`,
  )
}
