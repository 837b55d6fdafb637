import { describe, expect, it } from 'vitest'
import { keyRecord } from '../../../worker/dropin/key.ts'
import { reserve, startLedger } from '../../support/worker/ledger.ts'

const SETTINGS = {
  dailyBudgetUsd: 5,
  monthlyBudgetUsd: undefined,
  tokenBudgetsUsd: new Map([['docs', 1]]),
}
const DOCS = { kind: 'token', name: 'docs' } as const
const CI = { kind: 'token', name: 'ci' } as const

/** Spent by docs: $0.10 on a Sunday, $0.20 on Tuesday and $0.30 today, Wednesday. Reserved: $0.05. */
function spentByDocs() {
  const ledger = startLedger('2026-11-22T12:00:00Z')
  const days: [time: string, usd: number][] = [
    ['2026-11-22T12:00:00Z', 0.1],
    ['2026-11-24T12:00:00Z', 0.2],
    ['2026-11-25T12:00:00Z', 0.3],
  ]
  for (const [time, usd] of days) {
    ledger.setTime(time)
    reserve(ledger, time, { usd, token: 'docs' })
    ledger.settle(time, { usd, outcome: 'generated' })
  }
  reserve(ledger, 'in flight', { usd: 0.05, token: 'docs' })
  return (token?: string) => Promise.resolve(ledger.use(token))
}

describe('a key’s record', () => {
  it('tells what a token spent today, since Monday and this month, and what is left of its limit', async () => {
    expect(await keyRecord(DOCS, spentByDocs(), SETTINGS)).toMatchObject({
      label: 'docs',
      limit: 1,
      limit_remaining: 0.65,
      usage: 0.3,
      usage_daily: 0.3,
      usage_weekly: 0.5,
      usage_monthly: 0.6,
    })
  })

  it('of a token without a limit tells what is left for all, and its own usage', async () => {
    expect(await keyRecord(CI, spentByDocs(), SETTINGS)).toMatchObject({
      limit: 5,
      limit_remaining: 4.65,
      usage_daily: 0,
      usage_monthly: 0,
    })
  })

  it('has nothing left once the month’s budget is spent or reserved', async () => {
    const settings = { ...SETTINGS, monthlyBudgetUsd: 0.65 }
    expect(await keyRecord(DOCS, spentByDocs(), settings)).toMatchObject({ limit_remaining: 0 })
    expect(await keyRecord(CI, spentByDocs(), { ...settings, monthlyBudgetUsd: 0.75 })).toMatchObject({
      limit_remaining: 0.1,
    })
  })
})
