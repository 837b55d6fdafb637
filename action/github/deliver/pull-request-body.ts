import { formatBytes, formatUsd } from '../../../shared/format.ts'
import { oneLine, shorten } from '../../report/one-line.ts'
import type { LockEntry } from '../../lock/schema.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { costOf } from '../changeset/message.ts'

/** GitHub's limit for a body is 65,536 characters. This leaves room for what people add. */
const SECTION_MAX_CHARACTERS = 50_000

const BEGIN = '<!-- easel:begin -->'
const END = '<!-- easel:end -->'

/** The last commit up to which a pull request's branch has only commits of Easel. */
const RECORD = /<!-- easel:commit ([0-9a-f]{40}) -->/

/**
 * Easel's section of a pull request's body: each image before and after, and its cost.
 *
 * @param before  the URL of the base's files; `after` of those on the branch
 * @param record  for {@link recordIn}
 */
export function bodyFor(
  changes: readonly FileChange[],
  {
    before,
    after,
    record,
  }: { readonly before: string; readonly after: string; readonly record?: string | undefined },
): string {
  const head = [
    `Easel generated these images from their descriptions in this repository, for ${formatUsd(costOf(changes))} in total.`,
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
  return [
    ...head,
    ...shown,
    ...(rest > 0 ? ['', `… and ${rest} more.`] : []),
    ...(record === undefined ? [] : ['', `<!-- easel:commit ${record} -->`]),
  ].join('\n')
}

/** What a body records; `undefined` when the branch isn't Easel's, or somebody removed it. */
export function recordIn(body: string): string | undefined {
  return RECORD.exec(body)?.[1]
}

/** Replaces Easel's section in a body. An empty body becomes the section. */
export function withSection(body: string, section: string): string {
  const whole = `${BEGIN}\n${section}\n${END}`
  if (body === '') return whole
  const [from, to] = [body.indexOf(BEGIN), body.indexOf(END)]
  // Somebody removed the section, or half of it: leave the body to them.
  if (from < 0 || to < from) return body
  return body.slice(0, from) + whole + body.slice(to + END.length)
}

function row({ path, before: old, after: now }: FileChange, beforeUrl: string, afterUrl: string): string {
  const cost = now?.cost_usd === undefined ? '' : formatUsd(now.cost_usd)
  return `| ${[code(path), image(old, path, beforeUrl), image(now, path, afterUrl), cost].join(' | ')} |`
}

function image(entry: LockEntry | undefined, path: string, url: string): string {
  if (!entry) return '—'
  const src = `${url}${path.split('/').map(encodeURIComponent).join('/')}`
  return `<img src="${src}" width="240"><br>${entry.width}×${entry.height}, ${formatBytes(entry.bytes)}`
}

/** Escapes a path for a table cell, so that nothing in it is Markdown or HTML. */
function code(path: string): string {
  return shorten(oneLine(path), 300).replaceAll(
    /[\\`*_[\]#!|<>&~@"$]/g,
    (character) => `&#${character.codePointAt(0)};`,
  )
}
