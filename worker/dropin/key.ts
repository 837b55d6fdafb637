import type { Caller } from '../access/access.ts'
import type { BudgetUse } from '../budget/budget.ts'
import type { ReadBudgetUse } from '../routes/ports.ts'
import type { Settings } from '../settings.ts'

/**
 * `GET /key`: what is left for the caller today, in OpenRouter's words. A token without a cap of its own has
 * what is left for all.
 */
export async function keyRecord(
  caller: Caller,
  useOf: ReadBudgetUse,
  { dailyBudgetUsd, tokenBudgetsUsd }: Pick<Settings, 'dailyBudgetUsd' | 'tokenBudgetsUsd'>,
) {
  const token = caller.kind === 'token' ? caller.name : undefined
  const [all, own] = await Promise.all([useOf(), token === undefined ? undefined : useOf(token)])
  const cap = token === undefined ? undefined : tokenBudgetsUsd.get(token)
  const ownLeft = own && cap !== undefined ? left(cap, own) : Infinity
  const usage = (own ?? all).spentUsd
  return {
    label: token ?? caller.kind,
    limit: cap ?? dailyBudgetUsd,
    limit_remaining: Math.min(ownLeft, left(dailyBudgetUsd, all)),
    limit_reset: 'daily',
    // Easel keeps no books beyond the day: these are all today's.
    usage,
    usage_daily: usage,
    usage_weekly: usage,
    usage_monthly: usage,
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    include_byok_in_limit: false,
    is_free_tier: false,
    is_management_key: false,
    is_provisioning_key: false,
    creator_user_id: null,
    expires_at: null,
    // Newer than the OpenAPI document at hand; the official SDK insists on them.
    allowed_data_regions: ['global'],
    free_model_daily_requests: { limit: 0, remaining: 0, used: 0 },
    organization_id: null,
    workspace_id: null,
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  }
}

/** Reserved money is gone until it is settled. Rounded: sums of prices as floating-point numbers drift. */
function left(capUsd: number, { spentUsd, reservedUsd }: BudgetUse): number {
  return Math.max(0, Number((capUsd - spentUsd - reservedUsd).toFixed(6)))
}
