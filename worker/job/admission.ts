import type { EaselErrorCode } from '../../shared/errors.ts'
import { formatUsd } from '../../shared/format.ts'
import { limitKeyOf } from '../access/access.ts'
import type { Budget } from '../budget/budget.ts'
import type { ReserveResult } from '../budget/types.ts'
import type { Settings } from '../settings.ts'
import { settle } from './bill.ts'
import { LEDGER_FAILED } from './failure.ts'
import { askLedger } from './patience.ts'
import type { Refusal, SentRequest } from './types.ts'

export interface Admitted {
  readonly ok: true
  /** A generation of this fingerprint ended after the caller looked for the image. */
  readonly settledSince: boolean
}

export interface AdmissionPorts {
  readonly settings: Pick<Settings, 'dailyBudgetUsd' | 'monthlyBudgetUsd' | 'tokenBudgetsUsd'>
  readonly limit: RateLimit | undefined
  readonly budget: DurableObjectStub<Budget>
}

/**
 * Whether a generation may start: the caller's rate limit, then the money, which is reserved under `attempt`.
 * Asked once for each generation, not for each request that waits for it.
 */
export async function admit(
  { caller, fingerprint, model, reserveUsd, lookedAt }: SentRequest,
  attempt: string,
  { settings, limit, budget }: AdmissionPorts,
): Promise<Admitted | Refusal> {
  const rate = await limit?.limit({ key: limitKeyOf(caller) })
  if (rate && !rate.success) {
    const message = 'Too many new images in a minute. Cached images are still served. Retry in a minute.'
    return { ...refused('rate_limited', message, 60), isCallers: true }
  }
  const token = caller.kind === 'token' ? caller.name : undefined
  const limits = {
    dailyUsd: settings.dailyBudgetUsd,
    monthlyUsd: settings.monthlyBudgetUsd,
    tokenUsd: token === undefined ? undefined : settings.tokenBudgetsUsd.get(token),
  }
  const reservation = { id: attempt, fingerprint, usd: reserveUsd, token, model, lookedAt }
  try {
    const result = await askLedger(budget.reserve(reservation, limits))
    if (result.granted) return { ok: true, settledSince: result.settledSince }
    const refusal = refused(
      'budget_exhausted',
      exhausted(result, token, reserveUsd),
      result.retryAfterSeconds,
    )
    return { ...refusal, isCallers: result.limit === 'token' }
  } catch (error) {
    console.error(error)
    // It may have been reserved all the same.
    void settle(budget, { attempt, usd: 0, outcome: 'unsent' })
    return { ok: false, failure: LEDGER_FAILED }
  }
}

function exhausted(
  { limit, leftUsd, resetsAt, retryAfterSeconds }: Extract<ReserveResult, { granted: false }>,
  token: string | undefined,
  reserveUsd: number,
): string {
  const whose = {
    day: 'The daily budget',
    month: 'The monthly budget',
    token: `The budget of token ${token}`,
  }
  const isSpent = Date.now() + retryAfterSeconds * 1000 >= resetsAt - 1000
  const wayOut = isSpent
    ? `It resets at ${new Date(resetsAt).toISOString()}.`
    : `The rest is reserved for images in progress: retry in ${retryAfterSeconds} s.`
  return `${whose[limit]} has ${formatUsd(leftUsd)} left, and this image may cost ${formatUsd(reserveUsd)}. ${wayOut}`
}

function refused(code: EaselErrorCode, message: string, retryAfterSeconds: number): Refusal {
  return { ok: false, failure: { code, message, extras: { retryAfterSeconds } } }
}
