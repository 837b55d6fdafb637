import type { EaselErrorCode } from '../../shared/errors.ts'
import type { Budget } from '../budget/budget.ts'
import type { Settings } from '../settings.ts'
import type { Order, Outcome } from './types.ts'

/**
 * Whether a generation may begin: the caller's rate, then the money, which is set aside under `attempt`.
 * Asked once for each generation, not for each request that waits for it.
 */
export async function admit(
  { caller, fingerprint, model, reserveUsd }: Order,
  attempt: string,
  {
    dailyBudgetUsd,
    monthlyBudgetUsd,
    tokenBudgetsUsd,
  }: Pick<Settings, 'dailyBudgetUsd' | 'monthlyBudgetUsd' | 'tokenBudgetsUsd'>,
  limit: RateLimit | undefined,
  budget: DurableObjectStub<Budget>,
): Promise<Outcome> {
  const rate = await limit?.limit({ key: `${caller.kind}:${caller.name}` })
  if (rate && !rate.success) {
    return refused(
      'rate_limited',
      'Too many new images in a minute. Those that exist are served all the same.',
      60,
    )
  }
  const token = caller.kind === 'token' ? caller.name : undefined
  const result = await budget.reserve(
    { id: attempt, fingerprint, usd: reserveUsd, token, model, lookedAt: Date.now() },
    {
      dailyUsd: dailyBudgetUsd,
      monthlyUsd: monthlyBudgetUsd,
      tokenUsd: token === undefined ? undefined : tokenBudgetsUsd.get(token),
    },
  )
  if (result.granted) return { ok: true }
  const whose = result.limit === 'token' ? `of the token ${token}` : 'of this Easel'
  const reset = new Date(result.resetsAt).toISOString()
  return refused(
    'budget_exhausted',
    `The ${result.limit === 'month' ? 'monthly' : 'daily'} budget ${whose} has ${formatUsd(result.leftUsd)} left, and this image may cost ${formatUsd(reserveUsd)}. It is renewed at ${reset}.`,
    result.retryAfterSeconds,
  )
}

function refused(code: EaselErrorCode, message: string, retryAfterSeconds: number): Outcome {
  return {
    ok: false,
    failure: { code, message, extras: { retryAfterSeconds: Math.ceil(retryAfterSeconds) } },
  }
}

function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`
}
