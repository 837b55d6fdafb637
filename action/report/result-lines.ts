import {
  costOf,
  type ImageResult,
  possiblyBilled,
  type RunResult,
  totalEstimate,
} from '../generate/results.ts'
import type { PlannedImage } from '../plan/plan.ts'
import { reasonOf } from './describe.ts'
import { formatBytes, formatUsd } from '../../shared/format.ts'
import { count, seconds } from './format.ts'
import { oneLine } from './one-line.ts'
import type { Paint } from './paint.ts'
import { keptText } from './plan-lines.ts'
import { possiblyBilledText } from './possibly-billed.ts'
import { columns } from './table.ts'

/**
 * What a run did, as a table for people and a summary.
 *
 * @param printed  the results to leave out, because they have been printed already
 */
export async function resultLines(
  result: RunResult,
  {
    paint,
    printed = new Set(),
  }: { readonly paint: Paint; readonly printed?: ReadonlySet<ImageResult['outcome']> },
): Promise<string[]> {
  const generated = result.images.filter((image) => image.outcome === 'generated')
  const adopted = result.images.filter((image) => image.outcome === 'adopted')
  const kept = result.images.filter(
    ({ outcome, planned }) => outcome === 'unchanged' && planned.status === 'drifted',
  )
  const failed = result.images.filter((image) => image.outcome === 'failed')
  const notTried = result.images.filter((image) => image.outcome === 'not-tried')
  const pruned = result.pruned.filter(({ file }) => file !== 'spared')
  const rows = await columns(generated.map((image) => [oneLine(image.planned.image.path), ...factsOf(image)]))
  const cost = costOf(result)
  const parts = [
    ...(generated.length > 0 ? [`${count(generated.length, 'image')} generated for ${formatUsd(cost)}`] : []),
    ...(adopted.length > 0 ? [`${count(adopted.length, 'image')} adopted`] : []),
    ...(failed.length > 0
      ? [
          `${failed.length} failed${generated.length === 0 && cost > 0 ? ` (${formatUsd(cost)} was billed)` : ''}`,
        ]
      : []),
    ...(notTried.length > 0 ? [`${notTried.length} not tried`] : []),
    ...(pruned.length > 0 ? [`${count(pruned.length, 'orphan')} removed`] : []),
  ]
  const inDoubt = possiblyBilled(result)
  const paths = inDoubt.map(({ image }) => image.path)
  const doubt = possiblyBilledText(paths, totalEstimate(inDoubt))
  const unprinted = (outcome: ImageResult['outcome'], lines: readonly string[]): readonly string[] =>
    printed.has(outcome) ? [] : lines
  const lines = [
    ...unprinted(
      'generated',
      rows.map((row) => `  ${paint('green', '✓')} ${row}`),
    ),
    ...unprinted(
      'adopted',
      adopted.map(({ planned }) => `  ${paint('green', '=')} ${adoptedText(planned)}`),
    ),
    ...unprinted(
      'failed',
      failed.map((image) => `  ${paint('red', '✗')} ${failureText(image)}`),
    ),
    ...notTried.map(({ planned }) => `  ${paint('dim', `- ${oneLine(planned.image.path)}: not tried`)}`),
    ...result.pruned.map((orphan) => `  - ${prunedLine(orphan)}`),
  ]
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    `${parts.join(', ') || 'Nothing to do'}.`,
    ...(kept.length > 0 ? [keptText(kept)] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ]
}

/** An image that cost nothing. */
export function adoptedText(planned: PlannedImage): string {
  return `${oneLine(planned.image.path)}  ${reasonOf(planned)}`
}

/** What happened to an orphan. */
export function prunedLine({ path, file, why }: RunResult['pruned'][number]): string {
  return `${oneLine(path)}: ${PRUNED[file]}${why === undefined ? '' : ` because ${oneLine(why)}`}`
}

const PRUNED = {
  removed: 'removed',
  kept: 'removed from the lock; the file was edited by hand and stays',
  missing: 'removed from the lock; the file was already gone',
  spared: 'an orphan, but not removed',
} as const satisfies Record<RunResult['pruned'][number]['file'], string>

/** Pixels, file size, cost and duration of a generated image. */
export function factsOf(image: ImageResult & { readonly outcome: 'generated' }): string[] {
  const { entry, ms, convertedFrom } = image
  return [
    `${entry.width}×${entry.height}`,
    formatBytes(entry.bytes),
    entry.cost_usd === undefined ? 'unknown cost' : formatUsd(entry.cost_usd),
    seconds(ms),
    ...(convertedFrom ? [`converted from ${convertedFrom}`] : []),
  ]
}

/** The image and what went wrong. Messages that already start with the path don’t get it twice. */
export function failureText({
  planned,
  message,
  mayHaveBeenBilled,
}: ImageResult & { readonly outcome: 'failed' }): string {
  const { path } = planned.image
  const doubt = mayHaveBeenBilled ? ' (may have been billed)' : ''
  return oneLine(message.startsWith(path) ? message : `${path}: ${message}`) + doubt
}
