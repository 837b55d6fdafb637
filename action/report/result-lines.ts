import {
  costOf,
  type ImageResult,
  possiblyBilled,
  type RunResult,
  totalEstimate,
} from '../generate/results.ts'
import type { PlannedImage } from '../plan/plan.ts'
import { reasonOf } from './describe.ts'
import { bytes, count, seconds, usd } from './format.ts'
import { oneLine } from './one-line.ts'
import type { Paint } from './paint.ts'
import { keptText } from './plan-lines.ts'
import { possiblyBilledText } from './possibly-billed.ts'
import { columns } from './table.ts'

/** What a run did, as a table for people and a summary. */
export async function resultLines(
  result: RunResult,
  { paint }: { readonly paint: Paint },
): Promise<string[]> {
  const generated = result.images.filter((image) => image.outcome === 'generated')
  const adopted = result.images.filter((image) => image.outcome === 'adopted')
  const failed = result.images.filter((image) => image.outcome === 'failed')
  const rows = await columns(generated.map((image) => [oneLine(image.planned.image.path), ...factsOf(image)]))
  return [
    ...rows.map((row) => `  ${paint('green', '✓')} ${row}`),
    ...adopted.map(({ planned }) => `  ${paint('green', '=')} ${adoptedText(planned)}`),
    ...failed.map((image) => `  ${paint('red', '✗')} ${failureText(image)}`),
    ...closingLines(result, { paint }),
  ]
}

/** The same without the images that a log of the run has shown as they finished. */
export function closingLines(result: RunResult, { paint }: { readonly paint: Paint }): string[] {
  const countOf = (wanted: ImageResult['outcome']): number =>
    result.images.filter(({ outcome }) => outcome === wanted).length
  const [generated, adopted, failed] = [countOf('generated'), countOf('adopted'), countOf('failed')]
  const kept = result.images.filter(
    ({ outcome, planned }) => outcome === 'unchanged' && planned.status === 'drifted',
  )
  const notTried = result.images.filter((image) => image.outcome === 'not-tried')
  const cost = costOf(result)
  const parts = [
    ...(generated > 0 ? [`${count(generated, 'image')} generated for ${usd(cost)}`] : []),
    ...(adopted > 0 ? [`${count(adopted, 'image')} adopted`] : []),
    ...(failed > 0
      ? [`${failed} failed${generated === 0 && cost > 0 ? ` (${usd(cost)} was billed)` : ''}`]
      : []),
    ...(notTried.length > 0 ? [`${notTried.length} not tried`] : []),
    ...(result.pruned.length > 0 ? [`${count(result.pruned.length, 'orphan')} removed`] : []),
  ]
  const inDoubt = possiblyBilled(result)
  const paths = inDoubt.map(({ image }) => image.path)
  const doubt = possiblyBilledText(paths, totalEstimate(inDoubt))
  return [
    ...notTried.map(({ planned }) => `  ${paint('dim', `- ${oneLine(planned.image.path)}: not tried`)}`),
    ...result.pruned.map((pruned) => `  - ${prunedLine(pruned)}`),
    '',
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
export function prunedLine({ path, file }: RunResult['pruned'][number]): string {
  return `${oneLine(path)}: ${PRUNED[file]}`
}

const PRUNED = {
  removed: 'removed',
  kept: 'removed from the lock; the file was edited by hand and stays',
  missing: 'removed from the lock; the file was already gone',
} as const satisfies Record<RunResult['pruned'][number]['file'], string>

/** Pixels, file size, cost and duration of a generated image. */
export function factsOf(image: ImageResult & { readonly outcome: 'generated' }): string[] {
  const { entry, ms, convertedFrom } = image
  return [
    `${entry.width}×${entry.height}`,
    bytes(entry.bytes),
    entry.cost_usd === undefined ? 'unknown cost' : usd(entry.cost_usd),
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
