import { costOf, type ImageResult, type RunResult } from '../generate/results.ts'
import { bytes, count, seconds, usd } from './format.ts'
import { oneLine } from './one-line.ts'
import type { Paint } from './paint.ts'
import { columns } from './table.ts'

/** What a run did, as a table for people, and in a sentence. */
export async function resultLines(
  result: RunResult,
  { paint }: { readonly paint: Paint },
): Promise<string[]> {
  const generated = result.images.filter((image) => image.outcome === 'generated')
  const failed = result.images.filter((image) => image.outcome === 'failed')
  const notTried = result.images.filter((image) => image.outcome === 'not-tried')
  const rows = await columns(generated.map((image) => [oneLine(image.planned.image.path), ...factsOf(image)]))
  const cost = costOf(result)
  const parts = [
    ...(generated.length > 0 ? [`${count(generated.length, 'image')} generated for ${usd(cost)}`] : []),
    ...(failed.length > 0
      ? [`${failed.length} failed${generated.length === 0 && cost > 0 ? ` (${usd(cost)} was billed)` : ''}`]
      : []),
    ...(notTried.length > 0 ? [`${notTried.length} not tried`] : []),
    ...(result.pruned.length > 0 ? [`${count(result.pruned.length, 'orphan')} removed`] : []),
  ]
  return [
    ...rows.map((row) => `  ${paint('green', '✓')} ${row}`),
    ...failed.map(
      ({ planned, message }) => `  ${paint('red', '✗')} ${failureText(planned.image.path, message)}`,
    ),
    ...notTried.map(({ planned }) => `  ${paint('dim', `- ${oneLine(planned.image.path)}: not tried`)}`),
    ...result.pruned.map((pruned) => `  - ${prunedLine(pruned)}`),
    '',
    `${parts.join(', ') || 'Nothing to do'}.`,
  ]
}

/** What became of an orphan. */
export function prunedLine({ path, file }: RunResult['pruned'][number]): string {
  return `${oneLine(path)}: ${PRUNED[file]}`
}

const PRUNED = {
  removed: 'removed',
  kept: 'out of the lock; the file was edited by hand and stays',
  'was not there': 'out of the lock; its file was gone already',
} as const satisfies Record<RunResult['pruned'][number]['file'], string>

/** Size, weight, price and time of an image that was made. */
export function factsOf(image: ImageResult & { readonly outcome: 'generated' }): string[] {
  const { entry, ms, convertedFrom } = image
  return [
    `${entry.width}×${entry.height}`,
    bytes(entry.bytes),
    entry.cost_usd === undefined ? 'price not said' : usd(entry.cost_usd),
    seconds(ms),
    ...(convertedFrom ? [`from ${convertedFrom}`] : []),
  ]
}

/** Which image, and what went wrong with it; many messages name the image themselves. */
export function failureText(path: string, message: string): string {
  return oneLine(message.startsWith(path) ? message : `${path}: ${message}`)
}
