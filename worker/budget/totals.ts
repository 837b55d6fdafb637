import { monthOf, nextMidnight, nextMonth } from './calendar.ts'
import type { History, HistoryKey } from './history.ts'
import type { LimitName } from './types.ts'

/** A limit's period, and what is spent and reserved in it. Micro-dollars. */
export interface Scope {
  readonly limit: LimitName
  /** A day or a month. */
  readonly period: string
  /** The token whose limit it is; '' for the limits of all. */
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly resetsAt: number
  readonly total: { spent: number; reserved: number }
}

type Key = Pick<HistoryKey, 'day' | 'token'>

/** Running totals, so that no limit is checked by adding up rows. Each starts from the history. */
export interface Totals {
  /** The limits that a request of `token` on `day` counts for. */
  of(key: Key): readonly Scope[]
  reserve(key: Key, micro: number): void
  clear(): void
}

export function createTotals(history: History): Totals {
  const known = new Map<string, Scope>()

  function scope(limit: LimitName, period: string, token: string, day: string): Scope {
    const key = `${limit} ${period} ${token}`
    const found = known.get(key)
    if (found) return found
    const isMonth = limit === 'month'
    // Days are compared as text, and no month has one after its 31st.
    const [from, to] = isMonth ? [`${period}-01`, `${period}-31`] : [period, period]
    const spent = history.spent(from, to, limit === 'token' ? token : undefined)
    const resetsAt = isMonth ? nextMonth(day) : nextMidnight(day)
    const created: Scope = { limit, period, token, resetsAt, total: { spent, reserved: 0 } }
    known.set(key, created)
    return created
  }

  function of({ day, token }: Key): readonly Scope[] {
    const all = [scope('day', day, '', day), scope('month', monthOf(day), '', day)]
    return token === '' ? all : [...all, scope('token', day, token, day)]
  }

  return {
    of,
    reserve(key, micro) {
      for (const { total } of of(key)) total.reserved += micro
    },
    clear: () => known.clear(),
  }
}
