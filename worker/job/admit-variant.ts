import type { Budget } from '../budget/budget.ts'
import type { VariantUnavailable } from '../gallery/variant-store.ts'
import type { Settings } from '../settings.ts'
import { askLedger } from './patience.ts'

/**
 * Whether a variant may be made: the requester's rate limit, then the daily limit of all. Checked once for each
 * variant, not for each request that waits for it.
 *
 * @param limitKey  whom the rate limit counts it for
 * @returns why not, or `undefined`
 * @throws when the ledger can't be reached
 */
export async function admitVariant(
  limitKey: string,
  { dailyVariants }: Pick<Settings, 'dailyVariants'>,
  limit: RateLimit | undefined,
  budget: DurableObjectStub<Budget>,
): Promise<VariantUnavailable['reason'] | undefined> {
  const rate = await limit?.limit({ key: limitKey })
  if (rate && !rate.success) return 'rate-limit'
  const isCounted = await askLedger(budget.takeVariant(dailyVariants))
  return isCounted ? undefined : 'daily-limit'
}
