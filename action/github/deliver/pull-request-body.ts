import { formatBytes, formatUsd } from '../../../shared/format.ts'
import { cell, withinLimit } from '../../report/markdown-table.ts'
import type { LockEntry } from '../../lock/schema.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { costOf } from '../changeset/message.ts'

/** GitHub's limit for a body is 65,536 characters. This leaves room for what people add. */
const SECTION_MAX_BYTES = 50_000

const BEGIN = '<!-- easel:begin -->'
const END = '<!-- easel:end -->'

/** The last commit up to which a pull request's branch has only commits of Easel, and the project that they are for. */
const RECORD = /<!-- easel:commit ([0-9a-f]{40} \S+) -->/

/**
 * Easel's section of a pull request's body: each image before and after, and its cost.
 *
 * @param urls    of a file of the base, and of one on the branch
 * @param record  for {@link recordIn}
 */
export function bodyFor(
  changes: readonly FileChange[],
  urls: Readonly<Record<'before' | 'after', (path: string) => string>>,
  record?: string,
): string {
  const head = `Easel generated these images from their descriptions in this repository, for ${formatUsd(costOf(changes))} in total.`
  const rows = changes.map(({ path, before: old, after: now }) => {
    const cost = now?.cost_usd === undefined ? '' : formatUsd(now.cost_usd)
    return `| ${[cell(path), image(old, urls.before(path)), image(now, urls.after(path)), cost].join(' | ')} |`
  })
  const open = ['| Image | Before | After | Cost |', '| --- | --- | --- | ---: |']
  const body = withinLimit([head, ''], [{ open, rows, close: [] }], { maxBytes: SECTION_MAX_BYTES })
  return record === undefined ? body : `${body}\n<!-- easel:commit ${record} -->`
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

function image(entry: LockEntry | undefined, src: string): string {
  if (!entry) return '—'
  return `<img src="${src}" width="240"><br>${entry.width}×${entry.height}, ${formatBytes(entry.bytes)}`
}
