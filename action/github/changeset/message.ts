import { formatUsd } from '../../../shared/format.ts'
import { count } from '../../report/format.ts'
import type { FileChange } from './changeset.ts'

/** Images listed in a commit message. */
const LIST_MAX = 50

/** For people, in every commit that Easel creates. Easel itself knows its commits by their hash. */
const TRAILER = 'Generated-by: Easel'

const DEFAULT_TEMPLATE = '{summary}\n\n{list}'

/** Fills in the template of a commit message, or the default one. The body ends with {@link TRAILER}. */
export function messageFor(
  template = DEFAULT_TEMPLATE,
  changes: readonly FileChange[],
): { readonly headline: string; readonly body: string } {
  const values: Readonly<Record<string, string>> = {
    '{summary}': summaryOf(changes),
    '{count}': String(changes.length),
    '{cost}': formatUsd(costOf(changes)),
    '{list}': listOf(changes),
  }
  const text = template.replaceAll(/\{[a-z]+\}/g, (found) => values[found] ?? found)
  const [headline = '', ...rest] = text.trim().split(/\r?\n/)
  const body = rest.join('\n').trim()
  return { headline, body: body ? `${body}\n\n${TRAILER}` : TRAILER }
}

/** USD that the images cost, as far as OpenRouter said. */
export function costOf(changes: readonly FileChange[]): number {
  return changes.reduce((sum, { after }) => sum + (after?.cost_usd ?? 0), 0)
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
