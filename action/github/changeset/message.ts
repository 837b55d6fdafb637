import { count, usd } from '../../report/format.ts'
import type { FileChange } from './file-change.ts'

/** Images listed in a commit message. */
const LIST_MAX = 50

/** In every commit that Easel creates, so that it recognises its own. */
export const TRAILER = 'Generated-by: Easel'

export const DEFAULT_MESSAGE = '{summary}\n\n{list}'

/** The placeholders of a template. */
const PLACEHOLDERS = ['{summary}', '{count}', '{cost}', '{list}'] as const

/**
 * Fills in the template of a commit message. The body ends with {@link TRAILER}.
 *
 * @param costUsd  the cost of the run
 */
export function messageFor(
  template: string,
  changes: readonly FileChange[],
  costUsd: number,
): { readonly headline: string; readonly body: string } {
  const values: Readonly<Record<(typeof PLACEHOLDERS)[number], string>> = {
    '{summary}': summaryOf(changes),
    '{count}': String(changes.length),
    '{cost}': usd(costUsd),
    '{list}': listOf(changes),
  }
  const text = template.replaceAll(/\{(summary|count|cost|list)\}/g, (found) =>
    found in values ? values[found as keyof typeof values] : found,
  )
  const [headline = '', ...rest] = text.trim().split(/\r?\n/)
  const body = rest.join('\n').trim()
  return { headline, body: body ? `${body}\n\n${TRAILER}` : TRAILER }
}

/** `Update 3 images`, or the path if it is only one. */
export function summaryOf(changes: readonly FileChange[]): string {
  const verb = changes.every(({ after }) => !after)
    ? 'Remove'
    : changes.every(({ before }) => !before)
      ? 'Add'
      : 'Update'
  const [only] = changes
  return `${verb} ${changes.length === 1 && only ? only.path : count(changes.length, 'image')}`
}

function listOf(changes: readonly FileChange[]): string {
  const lines = changes.map(
    ({ path, before, after }) => `- ${path}${after ? (before ? '' : ' (new)') : ' (removed)'}`,
  )
  const shown = lines.slice(0, LIST_MAX)
  return (lines.length > LIST_MAX ? [...shown, `- and ${lines.length - LIST_MAX} more`] : shown).join('\n')
}
