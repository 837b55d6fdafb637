import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reserve, startLedger, type TestLedger } from '../../support/worker/ledger.ts'

const LIMITS = { day: 500_000, month: 1_500_000, token: 200_000 }
const usdOf = (micro: number) => micro / 1e6
const DAY_MS = 86_400_000
const REMEMBER_MS = 600_000

/** Late in a month, so that few steps pass its end. */
const START = '2026-02-26T20:00:00Z'

type Step =
  | {
      readonly kind: 'reserve'
      readonly id: number
      readonly micro: number
      readonly token: string | undefined
    }
  | { readonly kind: 'settle'; readonly id: number; readonly share: number; readonly isKnown: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'restart' }

const id = fc.nat(19)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      id,
      micro: fc.integer({ min: 0, max: 150_000 }),
      token: fc.constantFrom(undefined, 'docs', 'ci'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      id,
      /** Of what was reserved, in thousandths. */
      share: fc.integer({ min: 0, max: 1000 }),
      isKnown: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: DAY_MS })),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

/** The same book, kept in the most obvious way: a list that is added up each time. */
interface Entry {
  readonly day: string
  readonly token: string | undefined
  readonly reserved: number
  readonly bill?: number
  readonly settledAt?: number
}

const held = ({ reserved, bill }: Entry) => bill ?? reserved
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

function createBook() {
  const entries = new Map<number, Entry>()
  const sum = (chosen: (entry: Entry) => boolean, amount: (entry: Entry) => number) =>
    Array.from(entries.values())
      .filter(chosen)
      .reduce((total, entry) => total + amount(entry), 0)

  return {
    entries,
    sum,
    /** Nobody settles what began before yesterday: it counts as billed. */
    writeOffLost(now: number) {
      for (const [key, entry] of entries) {
        if (entry.bill === undefined && entry.day < dayOf(now - DAY_MS))
          entries.set(key, { ...entry, bill: entry.reserved, settledAt: now })
      }
    },
    isWithinLimits: (day: string, token: string | undefined, micro: number) =>
      sum((entry) => entry.day === day, held) + micro <= LIMITS.day &&
      sum((entry) => entry.day.slice(0, 7) === day.slice(0, 7), held) + micro <= LIMITS.month &&
      (token === undefined ||
        sum((entry) => entry.day === day && entry.token === token, held) + micro <= LIMITS.token),
  }
}

/** @returns whether ledger and book agree on what is granted */
function play(ledger: TestLedger, book: ReturnType<typeof createBook>, one: Step): boolean {
  const now = ledger.time()
  book.writeOffLost(now)
  switch (one.kind) {
    case 'wait':
      ledger.setTime(now + one.ms)
      return true
    case 'restart':
      ledger.restart()
      return true
    case 'reserve': {
      const known = book.entries.get(one.id)
      // An attempt has its id to itself, so none comes back after it was forgotten.
      if (known?.settledAt !== undefined && now - known.settledAt > REMEMBER_MS) return true
      const day = dayOf(now)
      const isGranted = known !== undefined || book.isWithinLimits(day, one.token, one.micro)
      const result = reserve(
        ledger,
        String(one.id),
        { usd: usdOf(one.micro), token: one.token },
        {
          dailyUsd: usdOf(LIMITS.day),
          monthlyUsd: usdOf(LIMITS.month),
          tokenUsd: one.token === undefined ? undefined : usdOf(LIMITS.token),
        },
      )
      if (!known && isGranted) book.entries.set(one.id, { day, token: one.token, reserved: one.micro })
      return result.granted === isGranted
    }
    case 'settle': {
      const known = book.entries.get(one.id)
      // Settling before reserving gives the reservation up: tested by itself.
      if (!known) return true
      const bill = Math.floor((known.reserved * one.share) / 1000)
      ledger.settle(
        String(one.id),
        one.isKnown ? { usd: usdOf(bill), outcome: 'generated' } : { outcome: 'unknown' },
      )
      if (known.bill === undefined)
        book.entries.set(one.id, { ...known, bill: one.isKnown ? bill : known.reserved, settledAt: now })
      return true
    }
  }
}

function microOf(usd: number): number {
  return Math.round(usd * 1e6)
}

describe('after any mixture of reserving, settling, waiting and restarting', () => {
  it('the ledger holds the sum of the bills to the micro-dollar, and no limit was passed', () => {
    const isKept = fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
      const ledger = startLedger(START)
      const book = createBook()
      expect(steps.every((one) => play(ledger, book, one))).toBe(true)

      const now = ledger.time()
      book.writeOffLost(now)
      const today = dayOf(now)
      const month = today.slice(0, 7)
      const billed = (chosen: (entry: Entry) => boolean) => book.sum(chosen, ({ bill = 0 }) => bill)
      const open = (chosen: (entry: Entry) => boolean) =>
        book.sum(
          (entry) => entry.bill === undefined && chosen(entry),
          ({ reserved }) => reserved,
        )

      const use = ledger.use()
      expect(microOf(use.spentUsd)).toBe(billed(({ day }) => day === today))
      expect(microOf(use.reservedUsd)).toBe(open(({ day }) => day === today))
      expect(microOf(use.month.spentUsd)).toBe(billed(({ day }) => day.startsWith(month)))
      expect(microOf(use.month.reservedUsd)).toBe(open(({ day }) => day.startsWith(month)))
      expect(microOf(ledger.use('docs').spentUsd)).toBe(
        billed(({ day, token }) => day === today && token === 'docs'),
      )
      const { spentUsd, days, generated, unknown } = ledger.usage('2026-02-26', today)
      expect(microOf(spentUsd)).toBe(billed(() => true))
      expect(generated + unknown).toBe(
        Array.from(book.entries.values()).filter(({ bill }) => bill !== undefined).length,
      )
      for (const { date, spentUsd: ofDay } of days) {
        expect(microOf(ofDay)).toBe(billed(({ day }) => day === date))
        expect(microOf(ofDay)).toBeLessThanOrEqual(LIMITS.day)
      }
      // What limits are checked against is the same as what the tables hold.
      const refused = reserve(ledger, 'too much', { usd: 100 }, { dailyUsd: usdOf(LIMITS.day) })
      expect(refused).toMatchObject({
        leftUsd: usdOf(LIMITS.day - microOf(use.spentUsd) - microOf(use.reservedUsd)),
      })
    })

    fc.assert(isKept, { numRuns: 300 })
  })
})
