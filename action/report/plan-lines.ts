import { totalEstimate } from '../generate/results.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { reasonOf, sizeOf } from './describe.ts'
import { formatUsd } from '../../shared/format.ts'
import { count, itOrThem } from './format.ts'
import { oneLine, shorten } from './one-line.ts'
import type { Paint, Style } from './paint.ts'
import { columns } from './table.ts'

const MARK = {
  new: ['+', 'green'],
  changed: ['~', 'yellow'],
  missing: ['+', 'green'],
  drifted: ['!', 'red'],
  'up-to-date': ['=', 'dim'],
} as const satisfies Record<PlannedImage['status'], readonly [string, Style]>

const MODEL_MAX_CHARACTERS = 40

/** A plan as lines for people. Images with something to do come last, next to the total. */
export async function planLines(
  plan: Plan,
  { configPath, paint }: { readonly configPath: string; readonly paint: Paint },
): Promise<string[]> {
  const ordered = [...plan.images.filter(isIdle), ...plan.images.filter((planned) => !isIdle(planned))]
  const rows = await columns([
    ...ordered.map(cells),
    ...plan.orphans.map(({ path, why }) => [`- ${oneLine(path)}`, '', '', '', orphanText(why)]),
  ])
  const styles: (Style | undefined)[] = [
    ...ordered.map((planned) => (isIdle(planned) ? 'dim' : MARK[planned.status][1])),
    ...plan.orphans.map(() => 'red' as const),
  ]
  const painted = rows.map((row, index) => {
    const style = styles[index]
    if (style === undefined) return `  ${row}`
    // Only the mark is coloured, but idle rows are dim as a whole.
    return `  ${style === 'dim' ? paint('dim', row) : paint(style, row.slice(0, 1)) + row.slice(1)}`
  })
  const title = `${paint('bold', configPath)}: ${count(plan.images.length, 'image')}`
  return [title, ...(painted.length > 0 ? ['', ...painted] : []), '', ...summaryLines(plan)]
}

/**
 * What a run would do, in a few sentences.
 *
 * @param isDone  whether it has been done
 */
export function summaryLines(plan: Plan, { isDone = false }: { readonly isDone?: boolean } = {}): string[] {
  const toGenerate = plan.images.filter(({ action }) => action === 'generate')
  const kept = plan.images.filter(({ status, action }) => status === 'drifted' && action === 'keep')
  const moved = plan.images.filter(({ aliasChange, action }) => aliasChange && action === 'keep')
  const refused = plan.images.filter(({ action }) => action === 'fail')
  const upToDate = plan.images.filter(({ status, action }) => status === 'up-to-date' && action === 'keep')
  const adopted = plan.images.filter(({ action }) => action === 'adopt')
  const removable = plan.orphans.filter(({ why }) => why === undefined)
  return [
    toGenerate.length > 0
      ? `${count(toGenerate.length, 'image')} to generate, for ${estimateOf(toGenerate)}; ${upToDate.length} up to date.`
      : `Nothing to generate; ${count(upToDate.length, 'image')} up to date.`,
    ...(adopted.length > 0 ? [`${count(adopted.length, 'image')} to adopt, at no cost.`] : []),
    ...(kept.length > 0 ? [keptText(kept)] : []),
    ...(moved.length > 0
      ? [
          `${count(moved.length, 'image')} whose alias means another model now; --on-alias-change regenerate regenerates ${itOrThem(moved)}.`,
        ]
      : []),
    ...(refused.length > 0 ? [`${count(refused.length, 'file')} in the way: a run would fail.`] : []),
    ...(plan.isLockUnmerged
      ? [
          isDone
            ? 'The lock held both sides of a merge, and is resolved.'
            : 'The lock holds both sides of a merge; easel generate resolves it.',
        ]
      : []),
    ...(removable.length < plan.orphans.length
      ? [`${count(plan.orphans.length - removable.length, 'orphan')} kept; easel prune --dry-run says why.`]
      : []),
    ...(removable.length > 0
      ? [`${count(removable.length, 'orphan')} in the lock; easel prune removes ${itOrThem(removable)}.`]
      : []),
  ]
}

function orphanText(why: string | undefined): string {
  const reason = why === undefined ? '' : `, and kept because ${oneLine(why)}`
  return `orphan: no longer in the config${reason}`
}

/** What happens to files that Easel did not write. */
export function keptText(kept: readonly unknown[]): string {
  return `${count(kept.length, 'file')} edited by hand and kept; easel adopt takes ${itOrThem(kept)} into the lock, --on-drift regenerate overwrites ${itOrThem(kept)}.`
}

/** `about $0.12`, and how many images have no known price. */
function estimateOf(images: readonly PlannedImage[]): string {
  const priced = images.filter(({ image }) => image.estimate.usd !== undefined)
  const unknown = images.length - priced.length
  const sum = `about ${formatUsd(totalEstimate(priced) ?? 0)}`
  if (unknown === 0) return sum
  return priced.length === 0
    ? 'an unknown price'
    : `${sum} plus ${count(unknown, 'image')} at an unknown price`
}

function cells(planned: PlannedImage): string[] {
  const { image, status, action } = planned
  const name = `${MARK[status][0]} ${oneLine(image.path)}${image.id === undefined ? '' : ` (${image.id})`}`
  return [
    name,
    shorten(oneLine(image.spec.model), MODEL_MAX_CHARACTERS),
    sizeOf(planned),
    action === 'generate' ? formatUsd(image.estimate.usd) : '',
    reasonOf(planned),
  ]
}

function isIdle({ status, action }: PlannedImage): boolean {
  return status === 'up-to-date' && action === 'keep'
}
