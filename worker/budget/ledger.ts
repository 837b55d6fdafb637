import { addDays, dayOf, mondayOf, monthOf, nextMidnight, nextMonth } from './calendar.ts'
import { createHistory, HISTORY_DAYS } from './history.ts'
import { toMicro, toUsd } from './money.ts'
import { createReservations, type OpenReservation } from './reservations.ts'
import { createTables, type LedgerStorage } from './storage.ts'
import { createThresholds, type ReachedThreshold } from './thresholds.ts'
import { createTotals, type Scope } from './totals.ts'
import { createVariantCount } from './variant-count.ts'
import type { BudgetUse, Hits, Limits, Reservation, ReserveResult, Settlement, UsageReport } from './types.ts'

/** Retry after this when the limit is only reserved, not spent: most generations take seconds, and cost less than reserved. */
const IN_FLIGHT_SECONDS = 5

/** How long a settled reservation is remembered, milliseconds: longer than anybody looks before reserving. */
const REMEMBER_MS = 600_000

/** How far the clocks of two machines may differ, milliseconds. */
const CLOCK_MARGIN_MS = 60_000

export interface LedgerPorts {
  readonly storage: LedgerStorage
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onThreshold: (reached: ReachedThreshold) => void
}

/** What the object `Budget` offers, without the platform. */
export interface Ledger {
  reserve(reservation: Reservation, limits: Limits): ReserveResult
  settle(id: string, settlement: Settlement): void
  use(token?: string): BudgetUse
  usage(from: string, to: string): UsageReport
  takeVariant(limit: number): boolean
  addHits(hits: Hits): void
}

/**
 * The budget's book: reserve the most that a generation can cost, settle with what it did cost. Both count for the
 * day of the reservation.
 *
 * Reserving and settling look at running totals in memory, whatever is in flight or in the history. Totals are
 * summed up once a day, and whenever the object starts.
 */
export function createLedger({ storage, now, onThreshold }: LedgerPorts): Ledger {
  const { sql } = storage
  createTables(sql)
  const reservations = createReservations(sql)
  const history = createHistory(sql)
  const thresholds = createThresholds(sql)
  const totals = createTotals(history)
  const variants = createVariantCount(sql)
  let day = ''

  function today(): string {
    const current = dayOf(now())
    if (current !== day) startDay(current)
    return current
  }

  function startDay(current: string): void {
    day = current
    totals.clear()
    for (const open of reservations.allOpen()) totals.reserve(open, open.micro)
    // No job runs for a day: these jobs are lost, and whether they were billed is unknown.
    for (const open of reservations.allOpen())
      if (open.day < addDays(current, -1)) close(open, { outcome: 'unknown' })
    const oldest = addDays(current, 1 - HISTORY_DAYS)
    history.forgetBefore(oldest)
    thresholds.forgetBefore(monthOf(addDays(current, -HISTORY_DAYS)))
  }

  function close(open: OpenReservation, { usd, outcome }: Settlement): void {
    const micro = usd === undefined ? open.micro : toMicro(usd)
    const at = now()
    // Read before the history changes, which they start from.
    const scopes = totals.of(open)
    storage.transactionSync(() => {
      if (outcome !== 'unsent') history.add(open, micro, outcome)
      reservations.settle(open, at)
    })
    for (const { total } of scopes) {
      total.reserved -= open.micro
      total.spent += micro
    }
    if (micro > 0) scopes.forEach((scope) => notify(thresholds.check(scope, open.limits[scope.limit] ?? 0)))
    reservations.forgetSettledBefore(at - REMEMBER_MS)
  }

  function notify(reached: ReachedThreshold | undefined): void {
    if (reached) onThreshold(reached)
  }

  function reservedUsd(from: string, to: string, token: string | undefined): number {
    const counted = reservations
      .allOpen()
      .filter((open) => open.day >= from && open.day <= to && (token ?? open.token) === open.token)
    return toUsd(counted.reduce((sum, { micro }) => sum + micro, 0))
  }

  return {
    reserve({ id, fingerprint, usd, token = '', model, lookedAt }, limits) {
      const key = { day: today(), token, model }
      const settledAt = reservations.settledAt(fingerprint) ?? -Infinity
      const granted = { granted: true, settledSince: settledAt >= lookedAt - CLOCK_MARGIN_MS } as const
      if (reservations.has(id)) return granted

      // A job reserves only when it owes nothing: it was restarted between reserving and recording that it had.
      const lost = reservations.openOf(fingerprint)
      if (lost) close(lost, { usd: 0, outcome: 'unsent' })

      const micro = toMicro(usd)
      const microLimits = {
        day: toMicro(limits.dailyUsd),
        month: limits.monthlyUsd === undefined ? null : toMicro(limits.monthlyUsd),
        token: limits.tokenUsd === undefined ? null : toMicro(limits.tokenUsd),
      }
      const scopes = totals.of(key)
      const refusal = refuse(micro, microLimits, scopes, now())
      if (refusal) {
        const { limit, retryAfterSeconds } = refusal
        const scope = scopes.find((one) => one.limit === limit)
        const isExhausted = scope && retryAfterSeconds > IN_FLIGHT_SECONDS
        if (isExhausted) notify(thresholds.check(scope, microLimits[limit] ?? 0, true))
        return refusal
      }

      reservations.add({ id, fingerprint, ...key, micro, limits: microLimits })
      totals.reserve(key, micro)
      return granted
    },
    settle(id, settlement) {
      today()
      const open = reservations.open(id)
      if (open) close(open, settlement)
      else reservations.refuseLate(id, now())
    },
    use(token) {
      const current = today()
      const first = `${monthOf(current)}-01`
      return {
        spentUsd: toUsd(history.spent(current, current, token)),
        reservedUsd: reservedUsd(current, current, token),
        resetsAt: nextMidnight(current),
        weekSpentUsd: toUsd(history.spent(mondayOf(current), current, token)),
        month: {
          spentUsd: toUsd(history.spent(first, current, token)),
          reservedUsd: reservedUsd(first, current, token),
          resetsAt: nextMonth(current),
        },
      }
    },
    usage(from, to) {
      today()
      return history.report(from, to)
    },
    takeVariant: (limit) => variants.take(today(), limit),
    addHits(hits) {
      today()
      history.addHits(hits)
    },
  }
}

/** The refusal by the limit that lasts longest; `undefined` when every limit has enough left. */
function refuse(
  micro: number,
  limits: OpenReservation['limits'],
  scopes: readonly Scope[],
  now: number,
): Extract<ReserveResult, { granted: false }> | undefined {
  const refusals = scopes.flatMap(({ limit, total: { spent, reserved }, resetsAt }) => {
    const most = limits[limit]
    if (most === null || spent + reserved + micro <= most) return []
    const isInFlight = spent + micro <= most
    const retryAfterSeconds = isInFlight ? IN_FLIGHT_SECONDS : Math.ceil((resetsAt - now) / 1000)
    const leftUsd = toUsd(Math.max(0, most - spent - reserved))
    return [{ granted: false, limit, leftUsd, resetsAt, retryAfterSeconds } as const]
  })
  return refusals.toSorted((a, b) => b.retryAfterSeconds - a.retryAfterSeconds)[0]
}
