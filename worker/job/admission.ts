import type { EaselErrorCode } from '../../shared/errors.ts'
import { formatUsd } from '../../shared/format.ts'
import { limitKeyOf } from '../access/access.ts'
import { storageFailed } from '../gallery/storage-error.ts'
import type { Budget } from '../budget/budget.ts'
import type { Settings } from '../settings.ts'
import { type Failure, toFailure } from './failure.ts'
import { askLedger } from './patience.ts'
import type { SentRequest } from './types.ts'

export type Admission =
  | {
      readonly ok: true
      /** A generation of this fingerprint ended after the caller looked for the image. */
      readonly settledSince: boolean
    }
  | { readonly ok: false; readonly failure: Failure }

export const LEDGER_FAILED: Failure = toFailure(
  storageFailed(
    'The ledger can’t be reached, so nothing was generated or charged. Try again in a few seconds.',
  ),
)

/**
 * Whether a generation may start: the caller's rate limit, then the money, which is reserved under `attempt`.
 * Asked once for each generation, not for each request that waits for it.
 */
export async function admit(
  { caller, fingerprint, model, reserveUsd, lookedAt }: SentRequest,
  attempt: string,
  settings: Pick<Settings, 'dailyBudgetUsd' | 'monthlyBudgetUsd' | 'tokenBudgetsUsd'>,
  limit: RateLimit | undefined,
  budget: DurableObjectStub<Budget>,
): Promise<Admission> {
  const rate = await limit?.limit({ key: limitKeyOf(caller) })
  if (rate && !rate.success) {
    return refused(
      'rate_limited',
      'Too many new images in a minute. Cached images are still served. Retry in a minute.',
      60,
    )
  }
  const token = caller.kind === 'token' ? caller.name : undefined
  try {
    const limits = {
      dailyUsd: settings.dailyBudgetUsd,
      monthlyUsd: settings.monthlyBudgetUsd,
      tokenUsd: token === undefined ? undefined : settings.tokenBudgetsUsd.get(token),
    }
    const reservation = { id: attempt, fingerprint, usd: reserveUsd, token, model, lookedAt }
    const result = await askLedger(budget.reserve(reservation, limits))
    if (result.granted) return { ok: true, settledSince: result.settledSince }
    const whose = {
      day: 'The daily budget',
      month: 'The monthly budget',
      token: `The budget of token ${token}`,
    }
    const { limit: exhausted, leftUsd, resetsAt, retryAfterSeconds } = result
    const isSpent = Date.now() + retryAfterSeconds * 1000 >= resetsAt - 1000
    const wayOut = isSpent
      ? `It resets at ${new Date(resetsAt).toISOString()}.`
      : `The rest is reserved for images in progress: retry in ${retryAfterSeconds} s.`
    return refused(
      'budget_exhausted',
      `${whose[exhausted]} has ${formatUsd(leftUsd)} left, and this image may cost ${formatUsd(reserveUsd)}. ${wayOut}`,
      retryAfterSeconds,
    )
  } catch (error) {
    console.error(error)
    // It may have been reserved all the same.
    void Promise.resolve(budget.settle(attempt, { usd: 0, outcome: 'failed' })).catch(() => undefined)
    return { ok: false, failure: LEDGER_FAILED }
  }
}

function refused(code: EaselErrorCode, message: string, retryAfterSeconds: number): Admission {
  return {
    ok: false,
    failure: { code, message, extras: { retryAfterSeconds: Math.ceil(retryAfterSeconds) } },
  }
}
