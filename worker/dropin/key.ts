import type { BudgetUse, BudgetUseOf } from '../budget/types.ts'
import type { Settings } from '../settings.ts'

/**
 * `GET /key`: what is left for the caller today, in OpenRouter's words. A token without a limit of its own has
 * what is left for all.
 */
export async function keyRecord(
  caller: { readonly kind: string; readonly name: string },
  useOf: BudgetUseOf,
  {
    dailyBudgetUsd,
    monthlyBudgetUsd,
    tokenBudgetsUsd,
  }: Pick<Settings, 'dailyBudgetUsd' | 'monthlyBudgetUsd' | 'tokenBudgetsUsd'>,
) {
  const token = caller.kind === 'token' ? caller.name : undefined
  const [all, own] = await Promise.all([useOf(), token === undefined ? undefined : useOf(token)])
  const tokenLimit = token === undefined ? undefined : tokenBudgetsUsd.get(token)
  const use = own ?? all
  return {
    label: token ?? caller.kind,
    limit: tokenLimit ?? dailyBudgetUsd,
    limit_remaining: Math.min(
      left(tokenLimit, use),
      left(dailyBudgetUsd, all),
      left(monthlyBudgetUsd, all.month),
    ),
    limit_reset: 'daily',
    // Of the day, as the limit is: clients subtract one from the other.
    usage: use.spentUsd,
    usage_daily: use.spentUsd,
    usage_weekly: use.weekSpentUsd,
    usage_monthly: use.month.spentUsd,
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
    // Missing from OpenRouter's OpenAPI document, and required by its SDK.
    allowed_data_regions: ['global'],
    free_model_daily_requests: { limit: 0, remaining: 0, used: 0 },
    organization_id: null,
    workspace_id: null,
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  }
}

/** USD. Reserved money is gone until it is settled. Rounded: differences of prices as floating-point numbers drift. */
function left(
  limitUsd: number | undefined,
  { spentUsd, reservedUsd }: Pick<BudgetUse, 'spentUsd' | 'reservedUsd'>,
): number {
  if (limitUsd === undefined) return Infinity
  return Math.max(0, Number((limitUsd - spentUsd - reservedUsd).toFixed(6)))
}
