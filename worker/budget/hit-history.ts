import { toMicro, toUsd } from './money.ts'
import type { Sql } from './storage.ts'
import type { Hits, HitTotals } from './types.ts'

/** The hits of each day. */
export interface HitHistory {
  add(hits: Hits): void
  /** By day; a day without hits is absent. @param from, to  days, both included */
  byDay(from: string, to: string): ReadonlyMap<string, HitTotals>
  forgetBefore(day: string): void
}

export function createHitHistory(sql: Sql): HitHistory {
  return {
    add({ day, count, savedUsd }) {
      sql.exec(
        `INSERT INTO ledger_hits (day, hits, saved) VALUES (?, ?, ?)
         ON CONFLICT (day) DO UPDATE SET hits = hits + excluded.hits, saved = saved + excluded.saved`,
        day,
        count,
        toMicro(savedUsd),
      )
    },
    byDay(from, to) {
      const rows = sql
        .exec<{ day: string; hits: number; saved: number }>(
          'SELECT day, hits, saved FROM ledger_hits WHERE day BETWEEN ? AND ?',
          from,
          to,
        )
        .toArray()
      return new Map(rows.map(({ day, hits, saved }) => [day, { hits, savedUsd: toUsd(saved) }]))
    },
    forgetBefore(day) {
      sql.exec('DELETE FROM ledger_hits WHERE day < ?', day)
    },
  }
}
