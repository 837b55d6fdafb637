import type { OpenRouterClient } from '../../shared/openrouter/client.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import { isFileOf } from '../lock/file-state.ts'
import { forgetInFlight, type InFlightRecord, readInFlight } from './in-flight.ts'

/** An image that was in flight when an earlier run died. */
export interface Doubt {
  readonly path: string
  /** USD that OpenRouter says it billed; absent where nobody can tell. */
  readonly billedUsd?: number
  /** USD, probably; absent when the price is unknown. */
  readonly estimateUsd?: number
  /** USD, at most; absent when the price is unknown. */
  readonly maxUsd?: number
}

/**
 * What earlier runs may have paid for and lost. Asks OpenRouter where it named the generation. Each is returned once.
 *
 * @param rescued  images that arrived, whatever became of the run
 */
export async function takeDoubts(
  root: string,
  {
    client,
    rescued,
    signal,
  }: {
    readonly client: Pick<OpenRouterClient, 'costOf'>
    readonly rescued: readonly RescuedImage[]
    readonly signal: AbortSignal
  },
): Promise<readonly Doubt[]> {
  const left = await readInFlight(root)
  const doubts = await Promise.all(
    left.map(async (record): Promise<Doubt[]> => {
      if (await hasArrived(record, rescued)) return []
      const { path, estimate_usd, max_usd, generation_id } = record
      const billedUsd =
        typeof generation_id !== 'string'
          ? undefined
          : await client.costOf(generation_id, { signal }).catch(() => undefined)
      return [
        {
          path,
          ...(estimate_usd !== undefined && { estimateUsd: estimate_usd }),
          ...(max_usd !== undefined && { maxUsd: max_usd }),
          ...(billedUsd !== undefined && { billedUsd }),
        },
      ]
    }),
  )
  await Promise.all(left.map((record) => forgetInFlight(root, record)))
  return doubts.flat().filter(({ billedUsd }) => billedUsd !== 0)
}

async function hasArrived(
  { path, fingerprint, generation_id }: InFlightRecord,
  rescued: readonly RescuedImage[],
): Promise<boolean> {
  for (const { path: rescuedPath, entry, file } of rescued) {
    if (rescuedPath !== path || entry.fingerprint !== fingerprint) continue
    // Another image of the same spec, from before.
    if (generation_id && entry.generation_id && generation_id !== entry.generation_id) continue
    if (await isFileOf(file, entry)) return true
  }
  return false
}
