import { describe, expect, it } from 'vitest'
import type { Limits, Reservation } from '../../../worker/budget/types.ts'
import { reserve, startLedger, type TestLedger } from '../../support/worker/ledger.ts'

let attempts = 0

function spend(
  ledger: TestLedger,
  usd: number,
  fields: Partial<Reservation> = {},
  limits: Partial<Limits> = {},
): void {
  const id = `attempt ${attempts++}`
  expect(reserve(ledger, id, { usd, ...fields }, { dailyUsd: 1, ...limits })).toMatchObject({ granted: true })
  ledger.settle(id, { usd, outcome: 'generated' })
}

const percents = ({ reached }: TestLedger) => reached.map(({ limit, percent }) => `${limit} ${percent}`)

describe('a threshold', () => {
  it('of 50, 80 and 100 % is reached once, by what is spent and not by what is reserved', () => {
    const ledger = startLedger()
    reserve(ledger, 'in flight', { usd: 0.1 }, { dailyUsd: 1 })
    spend(ledger, 0.49)
    expect(ledger.reached).toEqual([])

    spend(ledger, 0.01)
    for (let n = 0; n < 4; n++) spend(ledger, 0.1)
    ledger.settle('in flight', { usd: 0.1, outcome: 'generated' })
    expect(percents(ledger)).toEqual(['day 50', 'day 80', 'day 100'])
    expect(ledger.reached[1]).toEqual({
      limit: 'day',
      period: '2026-11-25',
      percent: 80,
      spentUsd: 0.8,
      limitUsd: 1,
      resetsAt: Date.parse('2026-11-26T00:00:00Z'),
    })
  })

  it('is the highest, when one generation reaches several', () => {
    const ledger = startLedger()
    spend(ledger, 0.9)
    expect(percents(ledger)).toEqual(['day 80'])
  })

  it('is reached no second time in its period, not even after a restart', () => {
    const ledger = startLedger()
    spend(ledger, 0.6)
    ledger.restart()
    spend(ledger, 0.1)
    expect(percents(ledger)).toEqual(['day 50'])

    ledger.setTime('2026-11-26T12:00:00Z')
    spend(ledger, 0.6)
    expect(percents(ledger)).toEqual(['day 50', 'day 50'])
    expect(ledger.reached[1]).toMatchObject({ period: '2026-11-26' })
  })

  it('is of a day, a month and each token', () => {
    const ledger = startLedger()
    const limits = { dailyUsd: 10, monthlyUsd: 1, tokenUsd: 0.5 }
    spend(ledger, 0.3, { token: 'docs' }, limits)
    spend(ledger, 0.3, { token: 'ci' }, limits)
    spend(ledger, 0.2, {}, { dailyUsd: 10, monthlyUsd: 1 })

    expect(ledger.reached).toMatchObject([
      { limit: 'token', token: 'docs', percent: 50, period: '2026-11-25' },
      { limit: 'month', percent: 50, period: '2026-11', resetsAt: Date.parse('2026-12-01T00:00:00Z') },
      { limit: 'token', token: 'ci', percent: 50 },
      { limit: 'month', percent: 80 },
    ])
    expect(ledger.reached[1]).not.toHaveProperty('token')
  })

  it('is never reached by what costs nothing, nor where the limit is nothing', () => {
    const ledger = startLedger()
    spend(ledger, 0, {}, { dailyUsd: 0 })
    expect(ledger.reached).toEqual([])
  })
})
