import { describe, expect, it } from 'vitest'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { reserve, startLedger } from '../../support/worker/ledger.ts'

const GRANTED = { granted: true, settledSince: false }
const MIDNIGHT = Date.parse('2026-11-26T00:00:00Z')
const DECEMBER = Date.parse('2026-12-01T00:00:00Z')

describe('a limit', () => {
  it('is used up to the last micro-dollar, and not passed', () => {
    const ledger = startLedger()
    const limits = { dailyUsd: 0.3 }

    // 0.1 + 0.2 as floating-point numbers is more than 0.3.
    expect(reserve(ledger, 'one', { usd: 0.1 }, limits)).toEqual(GRANTED)
    expect(reserve(ledger, 'two', { usd: 0.2 }, limits)).toEqual(GRANTED)
    expect(reserve(ledger, 'three', { usd: 0.000_001 }, limits)).toMatchObject({ granted: false, leftUsd: 0 })
    expect(ledger.use()).toMatchObject({ spentUsd: 0, reservedUsd: 0.3 })
  })

  it('of a day that is spent refuses until midnight, and grants after it', () => {
    const ledger = startLedger()
    reserve(ledger, 'one', { usd: 4.99 })
    ledger.settle('one', { usd: 4.99, outcome: 'generated' })

    expect(reserve(ledger, 'two')).toEqual({
      granted: false,
      limit: 'day',
      leftUsd: 0.01,
      resetsAt: MIDNIGHT,
      retryAfterSeconds: 12 * 3600,
    })
    ledger.setTime(MIDNIGHT - 1)
    expect(reserve(ledger, 'two')).toMatchObject({ granted: false, retryAfterSeconds: 1 })
    ledger.setTime(MIDNIGHT)
    expect(reserve(ledger, 'two')).toEqual(GRANTED)
  })

  it('of a month that is spent refuses until the first of the next', () => {
    const ledger = startLedger()
    const limits = { dailyUsd: 1, monthlyUsd: 1.5 }
    reserve(ledger, 'one', { usd: 1 }, limits)
    ledger.settle('one', { usd: 1, outcome: 'generated' })
    ledger.setTime('2026-11-30T23:00:00Z')

    expect(reserve(ledger, 'two', { usd: 0.6 }, limits)).toEqual({
      granted: false,
      limit: 'month',
      leftUsd: 0.5,
      resetsAt: DECEMBER,
      retryAfterSeconds: 3600,
    })
    expect(reserve(ledger, 'three', { usd: 0.5 }, limits)).toEqual(GRANTED)
    ledger.setTime(DECEMBER)
    expect(reserve(ledger, 'two', { usd: 0.6 }, limits)).toEqual(GRANTED)
  })

  it('of a token refuses that token only', () => {
    const ledger = startLedger()
    const limits = { tokenUsd: 0.1 }
    reserve(ledger, 'one', { usd: 0.1, token: 'docs' }, limits)
    ledger.settle('one', { usd: 0.1, outcome: 'generated' })

    expect(reserve(ledger, 'two', { token: 'docs' }, limits)).toMatchObject({
      granted: false,
      limit: 'token',
    })
    expect(reserve(ledger, 'two', { token: 'ci' }, limits)).toEqual(GRANTED)
    expect(reserve(ledger, 'three')).toEqual(GRANTED)
    expect(ledger.use('docs')).toMatchObject({ spentUsd: 0.1, reservedUsd: 0 })
    expect(ledger.use('ci')).toMatchObject({ spentUsd: 0, reservedUsd: 0.04 })
    expect(ledger.use()).toMatchObject({ spentUsd: 0.1, reservedUsd: 0.08 })
  })

  it('that only reservations in flight use up refuses for seconds, not until midnight', () => {
    const ledger = startLedger()
    reserve(ledger, 'one', { usd: 4.99 })

    expect(reserve(ledger, 'two')).toMatchObject({
      granted: false,
      limit: 'day',
      leftUsd: 0.01,
      resetsAt: MIDNIGHT,
      retryAfterSeconds: 5,
    })
    ledger.settle('one', { usd: 0.04, outcome: 'generated' })
    expect(reserve(ledger, 'two')).toEqual(GRANTED)
  })

  it('that stands in the way longest is the one a refusal names', () => {
    const ledger = startLedger()
    const limits = { dailyUsd: 1, monthlyUsd: 1, tokenUsd: 1 }
    reserve(ledger, 'one', { usd: 0.9, token: 'docs' }, limits)
    expect(reserve(ledger, 'two', { usd: 0.2, token: 'docs' }, limits)).toMatchObject({
      retryAfterSeconds: 5,
    })

    ledger.settle('one', { usd: 0.9, outcome: 'generated' })
    expect(reserve(ledger, 'two', { usd: 0.2, token: 'docs' }, limits)).toMatchObject({
      limit: 'month',
      resetsAt: DECEMBER,
    })
  })

  it('of nothing grants what is free, and nothing else', () => {
    const ledger = startLedger()
    expect(reserve(ledger, 'free', { usd: 0 }, { dailyUsd: 0 })).toEqual(GRANTED)
    expect(reserve(ledger, 'one', { usd: 0.000_001 }, { dailyUsd: 0 })).toMatchObject({ granted: false })
  })

  it.each([Number.NaN, -1])('is not asked about %d USD: that is a bug of the caller', (usd) => {
    const ledger = startLedger()
    expect(() => reserve(ledger, 'one', { usd })).toThrow(RangeError)
    expect(ledger.use()).toMatchObject({ reservedUsd: 0 })
  })
})

describe('an attempt', () => {
  it('that reserves twice, or after it was settled, reserves once', () => {
    const ledger = startLedger()
    reserve(ledger, 'one')
    ledger.restart()
    expect(reserve(ledger, 'one')).toEqual(GRANTED)
    expect(ledger.use()).toMatchObject({ reservedUsd: 0.04 })

    ledger.settle('one', { usd: 0.03, outcome: 'generated' })
    expect(reserve(ledger, 'one')).toMatchObject({ granted: true })
    expect(ledger.use()).toMatchObject({ spentUsd: 0.03, reservedUsd: 0 })
  })

  it('that settles twice counts once, with the first bill', () => {
    const ledger = startLedger()
    reserve(ledger, 'one')
    ledger.settle('one', { usd: 0.03, outcome: 'generated' })
    ledger.restart()
    ledger.settle('one', { usd: 0.05, outcome: 'failed' })
    ledger.settle('nobody', { usd: 0.05, outcome: 'generated' })

    expect(ledger.usage('2026-11-25', '2026-11-25')).toMatchObject({
      spentUsd: 0.03,
      generated: 1,
      failed: 0,
      unknown: 0,
    })
  })

  it('that arrives after it was given up reserves nothing', () => {
    const ledger = startLedger()
    ledger.settle('late', { usd: 0, outcome: 'failed' })
    reserve(ledger, 'late', { usd: 1 })

    expect(ledger.use()).toMatchObject({ spentUsd: 0, reservedUsd: 0 })
  })

  it('with an unknown bill counts with all that was reserved', () => {
    const ledger = startLedger()
    reserve(ledger, 'one')
    ledger.settle('one', { outcome: 'unknown' })

    expect(ledger.use()).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
    expect(ledger.usage('2026-11-25', '2026-11-25')).toMatchObject({ unknown: 1, generated: 0 })
  })

  it('that failed gives its reservation back', () => {
    const ledger = startLedger()
    reserve(ledger, 'one')
    ledger.settle('one', { usd: 0, outcome: 'failed' })

    expect(ledger.use()).toMatchObject({ spentUsd: 0, reservedUsd: 0 })
    expect(ledger.usage('2026-11-25', '2026-11-25')).toMatchObject({ failed: 1 })
  })

  it('may be billed more than it reserved, and counts with the bill', () => {
    const ledger = startLedger()
    reserve(ledger, 'one', { usd: 0.04 }, { dailyUsd: 0.05 })
    ledger.settle('one', { usd: 0.09, outcome: 'generated' })

    expect(ledger.use()).toMatchObject({ spentUsd: 0.09 })
    expect(reserve(ledger, 'two', { usd: 0 }, { dailyUsd: 0.05 })).toMatchObject({ leftUsd: 0 })
  })

  it('that ends after midnight counts for the day it began on', () => {
    const ledger = startLedger('2026-11-30T23:59:59Z')
    reserve(ledger, 'one', { token: 'docs' }, { monthlyUsd: 1 })
    ledger.setTime('2026-12-01T00:00:30Z')
    expect(ledger.use()).toMatchObject({ reservedUsd: 0, month: { reservedUsd: 0 } })
    ledger.settle('one', { usd: 0.03, outcome: 'generated' })

    expect(ledger.use()).toMatchObject({ spentUsd: 0, weekSpentUsd: 0.03, month: { spentUsd: 0 } })
    expect(ledger.usage('2026-11-30', '2026-12-01').days).toMatchObject([
      { date: '2026-11-30', spentUsd: 0.03, generated: 1 },
      { date: '2026-12-01', spentUsd: 0, generated: 0 },
    ])
  })

  it('that nobody settles counts as unknown once its day and the next are over', () => {
    const ledger = startLedger()
    reserve(ledger, 'lost')
    ledger.setTime('2026-11-26T23:59:59Z')
    expect(ledger.use()).toMatchObject({ month: { reservedUsd: 0.04, spentUsd: 0 } })

    ledger.setTime('2026-11-27T00:00:00Z')
    expect(ledger.use()).toMatchObject({ month: { reservedUsd: 0, spentUsd: 0.04 } })
    expect(ledger.usage('2026-11-25', '2026-11-25')).toMatchObject({ unknown: 1 })
  })

  it.each([
    ['in the same life', () => undefined],
    ['after a restart', (ledger: ReturnType<typeof startLedger>) => ledger.restart()],
  ])('that its job has lost is released by the job’s next one, %s', (_, happens) => {
    const ledger = startLedger()
    const fingerprint = 'fox' as Fingerprint
    reserve(ledger, 'lost', { fingerprint }, { dailyUsd: 0.05 })
    reserve(ledger, 'another image', { usd: 0.01 }, { dailyUsd: 0.05 })
    happens(ledger)

    expect(reserve(ledger, 'next', { fingerprint }, { dailyUsd: 0.05 })).toMatchObject({ granted: true })
    expect(ledger.use()).toMatchObject({ reservedUsd: 0.05, spentUsd: 0 })
    expect(ledger.usage('2026-11-25', '2026-11-25')).toMatchObject({ failed: 0, unknown: 0 })
  })
})

describe('settledSince', () => {
  const FOX = 'fox' as Fingerprint
  const looked = (ledger: ReturnType<typeof startLedger>, id: string, lookedAt: number) =>
    reserve(ledger, id, { fingerprint: FOX, lookedAt })

  it.each([
    ['the ledger restarts', (ledger: ReturnType<typeof startLedger>) => ledger.restart()],
    ['nothing happens', () => undefined],
  ])('tells who looked before another attempt ended to look again, when %s in between', (_, happens) => {
    const ledger = startLedger()
    const start = ledger.time()
    looked(ledger, 'one', start)
    ledger.setTime(start + 20_000)
    ledger.settle('one', { usd: 0.04, outcome: 'generated' })
    happens(ledger)

    expect(looked(ledger, 'two', start + 10_000)).toMatchObject({ settledSince: true })
    // A minute is left for clocks that differ.
    expect(looked(ledger, 'three', start + 80_000)).toMatchObject({ settledSince: true })
    expect(looked(ledger, 'four', start + 80_001)).toMatchObject({ settledSince: false })
    expect(reserve(ledger, 'five', { lookedAt: start })).toMatchObject({ settledSince: false })
  })

  it('is known for ten minutes, however many attempts end in that time, and then its rows go in batches', () => {
    const ledger = startLedger()
    const start = ledger.time()
    const endOne = (id: string) => {
      reserve(ledger, id, { usd: 0.001 })
      ledger.settle(id, { usd: 0.001, outcome: 'generated' })
    }
    looked(ledger, 'first', start)
    ledger.settle('first', { usd: 0, outcome: 'failed' })
    for (let n = 0; n < 120; n++) endOne(`early ${n}`)
    ledger.setTime(start + 600_000)
    endOne('still')
    expect(looked(ledger, 'again', start)).toMatchObject({ settledSince: true })
    expect(rows(ledger)).toBe(123)

    ledger.setTime(start + 600_001)
    for (let n = 0; n < 10; n++) endOne(`late ${n}`)
    // 121 had expired: two batches of fifty.
    expect(rows(ledger)).toBe(33)
    expect(looked(ledger, 'once more', start)).toMatchObject({ settledSince: false })
  })
})

describe('the history', () => {
  it('counts by day, model and token, the most expensive first, and lists days without anything', () => {
    const ledger = startLedger('2026-11-23T12:00:00Z')
    const end = (id: string, model: string, token: string | undefined, usd: number) => {
      reserve(ledger, id, { model, token })
      ledger.settle(id, { usd, outcome: usd === 0 ? 'failed' : 'generated' })
    }
    end('one', 'a/cheap', 'docs', 0.01)
    end('two', 'a/dear', undefined, 0.2)
    ledger.setTime('2026-11-25T12:00:00Z')
    end('three', 'a/cheap', 'docs', 0.02)
    end('four', 'a/cheap', 'ci', 0)

    expect(ledger.usage('2026-11-23', '2026-11-25')).toEqual({
      ...totals(0.23, 3, 1),
      ...NO_HITS,
      days: [
        { date: '2026-11-23', ...totals(0.21, 2), ...NO_HITS },
        { date: '2026-11-24', ...totals(0, 0), ...NO_HITS },
        { date: '2026-11-25', ...totals(0.02, 1, 1), ...NO_HITS },
      ],
      models: [
        { model: 'a/dear', ...totals(0.2, 1) },
        { model: 'a/cheap', ...totals(0.03, 2, 1) },
      ],
      tokens: [
        { token: undefined, ...totals(0.2, 1) },
        { token: 'docs', ...totals(0.03, 2) },
        { token: 'ci', ...totals(0, 0, 1) },
      ],
    })
    expect(ledger.usage('2026-11-24', '2026-11-24')).toEqual({
      ...totals(0, 0),
      ...NO_HITS,
      days: [{ date: '2026-11-24', ...totals(0, 0), ...NO_HITS }],
      models: [],
      tokens: [],
    })
  })

  it('begins the week on Monday and the month on the first', () => {
    const ledger = startLedger('2026-10-31T12:00:00Z')
    const spend = (id: string) => {
      reserve(ledger, id, { usd: 0.01 })
      ledger.settle(id, { usd: 0.01, outcome: 'generated' })
    }
    spend('a Saturday')
    ledger.setTime('2026-11-01T12:00:00Z')
    spend('a Sunday')
    expect(ledger.use()).toMatchObject({ spentUsd: 0.01, weekSpentUsd: 0.02, month: { spentUsd: 0.01 } })

    ledger.setTime('2026-11-02T12:00:00Z')
    expect(ledger.use()).toMatchObject({ spentUsd: 0, weekSpentUsd: 0, month: { spentUsd: 0.01 } })
  })

  it('goes back 400 days, and no further', () => {
    const ledger = startLedger('2025-01-01T12:00:00Z')
    reserve(ledger, 'one')
    ledger.settle('one', { usd: 0.04, outcome: 'generated' })
    const ask = (to: string) => ledger.usage('2025-01-01', to).spentUsd

    ledger.setTime('2026-02-04T23:59:59Z')
    expect(ask('2026-02-04')).toBe(0.04)
    expect(ledger.usage('2025-01-01', '2026-02-04').days).toHaveLength(400)
    ledger.setTime('2026-02-05T00:00:00Z')
    expect(ask('2026-02-05')).toBe(0)
  })
})

const NO_HITS = { hits: 0, savedUsd: 0 }

function totals(spentUsd: number, generated: number, failed = 0) {
  return { spentUsd, generated, unknown: 0, failed }
}

function rows({ storage }: ReturnType<typeof startLedger>): number {
  return storage.sql.exec('SELECT id FROM ledger_reservations').toArray().length
}
