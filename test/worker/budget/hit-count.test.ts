import { describe, expect, it, vi } from 'vitest'
import { createHitCount } from '../../../worker/budget/hit-count.ts'
import type { Hits } from '../../../worker/budget/types.ts'
import { startLedger } from '../../support/worker/ledger.ts'

const MINUTE_MS = 60_000

function startCount(record?: (hits: Hits) => Promise<void>) {
  const told: Hits[] = []
  let now = Date.parse('2026-11-25T12:00:00Z')
  const count = createHitCount({
    now: () => now,
    record: record ?? (async (hits) => void told.push(hits)),
  })
  return { count, told, pass: (ms: number) => (now += ms) }
}

describe('the hits of an isolate', () => {
  it('are told at once when the first one comes, and then together', async () => {
    const { count, told, pass } = startCount()
    await count.add(0.04)
    for (let n = 0; n < 1000; n++) expect(count.add(n % 2 === 0 ? 0.04 : undefined)).toBeUndefined()
    expect(told).toEqual([{ day: '2026-11-25', count: 1, savedUsd: 0.04 }])
    pass(MINUTE_MS)
    await count.add(undefined)
    expect(told).toHaveLength(2)
    expect(told[1]).toMatchObject({ day: '2026-11-25', count: 1001 })
    expect(told[1]?.savedUsd).toBeCloseTo(20)
  })

  it('take fewer than a hundred calls to the ledger a day, however many there are', async () => {
    const { count, told, pass } = startCount()
    // Until midnight, and twelve hours of the next day.
    for (let second = 0; second < 86_400; second++) {
      await count.add(0.01)
      pass(1000)
    }
    await count.tell()
    expect(told.length).toBeLessThan(105)
    expect(sumOf(told, '2026-11-25')).toBe(43_200)
    expect(sumOf(told, '2026-11-26')).toBe(43_200)
  })

  it('are lost when the ledger doesn’t answer, and never counted twice', async () => {
    using logged = vi.spyOn(console, 'error').mockReturnValue()
    const { count } = startCount(async () => Promise.reject(new Error('the ledger is restarted')))
    await expect(count.add(0.04)).resolves.toBeUndefined()
    expect(count.tell()).toBeUndefined()
    expect(logged).toHaveBeenCalledTimes(1)
  })

  it('don’t take a cost that is none into the sum', async () => {
    const { count, told } = startCount()
    for (const usd of [Number.NaN, -1, undefined, 0.04]) await count.add(usd)
    await count.tell()
    expect(told.map(({ savedUsd }) => savedUsd)).toEqual([0, 0.04])
  })
})

describe('the ledger’s count of hits', () => {
  it('is kept by day for as long as the history, and survives a restart', () => {
    const ledger = startLedger('2026-11-25T12:00:00Z')
    for (const day of ['2026-11-24', '2026-11-25', '2026-11-25'])
      ledger.addHits({ day, count: 3, savedUsd: 0.1 })
    ledger.restart()

    expect(ledger.usage('2026-11-23', '2026-11-25')).toMatchObject({
      hits: 9,
      savedUsd: 0.3,
      spentUsd: 0,
      days: [
        { date: '2026-11-23', hits: 0, savedUsd: 0 },
        { date: '2026-11-24', hits: 3, savedUsd: 0.1 },
        { date: '2026-11-25', hits: 6, savedUsd: 0.2 },
      ],
    })
    ledger.setTime('2027-12-29T12:00:00Z')
    expect(ledger.usage('2026-11-24', '2026-11-25')).toMatchObject({ hits: 6 })
    ledger.setTime('2027-12-30T12:00:00Z')
    expect(ledger.usage('2026-11-24', '2026-11-25')).toMatchObject({ hits: 0 })
  })
})

function sumOf(told: readonly Hits[], day: string): number {
  return told.filter((hits) => hits.day === day).reduce((sum, { count }) => sum + count, 0)
}
