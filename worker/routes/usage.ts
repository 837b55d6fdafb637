import { Hono } from 'hono'
import * as z from 'zod'
import type { Access } from '../access/access.ts'
import { addDays, dayOf, daysBetween } from '../budget/calendar.ts'
import { HISTORY_DAYS } from '../budget/history.ts'
import type { HitCount } from '../budget/hit-count.ts'
import type { BudgetUse, BudgetUseOf, HitTotals, UsageOf, UsageReport, UsageTotals } from '../budget/types.ts'
import type { Settings } from '../settings.ts'
import { invalidParameter, parseQuery } from './parse-query.ts'

export interface UsagePorts {
  readonly access: Pick<Access, 'toManage'>
  readonly budgetUseOf: BudgetUseOf
  readonly hits: Pick<HitCount, 'tell'>
  readonly usageOf: UsageOf
  readonly settings: Pick<Settings, 'dailyBudgetUsd' | 'monthlyBudgetUsd'>
}

const DEFAULT_DAYS = 30

const day = z.iso.date('must be a day such as 2026-11-22').optional()
const usageQuery = z.strictObject({ from: day, to: day })

/** `GET /v1/usage?from=&to=`: what was generated, spent, and served from the cache, for those with a token. */
export function usageRoutes({ access, budgetUseOf, hits, usageOf, settings }: UsagePorts): Hono {
  const app = new Hono()

  app.get('/', async (c) => {
    await access.toManage(c.req.raw)
    const { from, to } = parsePeriod(new URL(c.req.url).searchParams, dayOf(Date.now()))
    // Whoever has just looked at an image sees it counted.
    await hits.tell()
    const [report, use] = await Promise.all([usageOf(from, to), budgetUseOf()])
    return c.json({ from, to, ...reportBody(report), budget: budgetBody(use, settings) }, 200, {
      'Cache-Control': 'no-store',
    })
  })

  return app
}

/**
 * The days that a query asks for, both included.
 *
 * @throws {InvalidSpecError} naming the parameter
 */
function parsePeriod(query: URLSearchParams, today: string): { readonly from: string; readonly to: string } {
  const { to = today, from = addDays(to, 1 - DEFAULT_DAYS) } = parseQuery(query, usageQuery)
  if (from > to) throw invalidParameter('from', `must not be after to, which is ${to}`)
  if (daysBetween(from, to) > HISTORY_DAYS)
    throw invalidParameter('from', `must be at most ${HISTORY_DAYS} days before to`)
  return { from, to }
}

function reportBody({ days, models, tokens, ...totals }: UsageReport) {
  return {
    ...totalsBody(totals),
    ...hitsBody(totals),
    days: days.map(({ date, ...of }) => ({ date, ...totalsBody(of), ...hitsBody(of) })),
    models: models.map(({ model, ...of }) => ({ model, ...totalsBody(of) })),
    // `null`: requests without a token, by a signed URL or in open mode.
    tokens: tokens.map(({ token = null, ...of }) => ({ token, ...totalsBody(of) })),
  }
}

function totalsBody({ spentUsd, generated, unknown, failed }: UsageTotals) {
  return { spent_usd: spentUsd, generated, unknown, failed }
}

function hitsBody({ hits, savedUsd }: HitTotals) {
  return { hits, saved_usd: savedUsd }
}

function budgetBody({ spentUsd, reservedUsd, resetsAt, month }: BudgetUse, settings: UsagePorts['settings']) {
  const { dailyBudgetUsd, monthlyBudgetUsd } = settings
  return {
    ...(Number.isFinite(dailyBudgetUsd) && { daily_usd: dailyBudgetUsd }),
    ...(monthlyBudgetUsd !== undefined && { monthly_usd: monthlyBudgetUsd }),
    spent_today_usd: spentUsd,
    spent_month_usd: month.spentUsd,
    reserved_usd: reservedUsd,
    resets_at: new Date(resetsAt).toISOString(),
  }
}
