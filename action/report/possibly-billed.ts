import { formatUsd } from '../../shared/format.ts'
import { count, itOrThem } from './format.ts'
import { oneLine } from './one-line.ts'

const PATHS_MAX = 5

/**
 * Names the images whose requests may have been billed although no image arrived.
 *
 * @param estimateUsd  for all of them; `undefined` when the price of one is unknown
 */
export function possiblyBilledText(
  paths: readonly string[],
  estimateUsd: number | undefined,
): string | undefined {
  if (paths.length === 0) return undefined
  const named = paths.slice(0, PATHS_MAX).map(oneLine).join(', ')
  const more = paths.length > PATHS_MAX ? ` and ${paths.length - PATHS_MAX} more` : ''
  const price = estimateUsd === undefined ? 'unknown price' : `about ${formatUsd(estimateUsd)}`
  return `${count(paths.length, 'image')} may have been billed: ${named}${more} (${price}). Check openrouter.ai/activity before you generate ${itOrThem(paths)} again.`
}
