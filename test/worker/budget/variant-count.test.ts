import { describe, expect, it } from 'vitest'
import { startLedger } from '../../support/worker/ledger.ts'

describe('the daily limit on variants', () => {
  it('grants that many a day (UTC), also across a restart, and again the next day', () => {
    const ledger = startLedger('2026-11-25T23:59:00Z')
    const first = Array.from({ length: 3 }, () => ledger.takeVariant(4))
    ledger.restart()
    const second = Array.from({ length: 3 }, () => ledger.takeVariant(4))
    ledger.setTime('2026-11-26T00:00:00Z')
    const next = Array.from({ length: 5 }, () => ledger.takeVariant(4))

    expect([first, second, next].map((granted) => granted.filter(Boolean).length)).toEqual([3, 1, 4])
  })

  it('applies at once when it is lowered or raised, and 0 grants none', () => {
    const ledger = startLedger()

    expect([4, 4, 2, 3, 0].map((limit) => ledger.takeVariant(limit))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
  })

  it('keeps one row, whatever was counted on other days', () => {
    const ledger = startLedger('2026-11-25T12:00:00Z')
    for (const day of ['2026-11-26', '2026-11-27', '2026-11-28']) {
      ledger.setTime(day)
      ledger.takeVariant(10)
      ledger.takeVariant(10)
    }

    expect(ledger.storage.sql.exec('SELECT * FROM ledger_variants').toArray()).toEqual([
      { day: '2026-11-28', made: 2 },
    ])
  })
})
