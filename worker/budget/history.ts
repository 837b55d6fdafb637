import { addDays } from './calendar.ts'
import { toMicro, toUsd } from './money.ts'
import type { Sql } from './storage.ts'
import type { Hits, HitTotals, Settlement, UsageReport, UsageTotals } from './types.ts'

/** How far back the history goes, today included. */
export const HISTORY_DAYS = 400

/** What the history counts by. */
export interface HistoryKey {
  readonly day: string
  readonly token: string
  readonly model: string
}

const SUMS =
  'sum(spent) AS spent, sum(generated) AS generated, sum(unknown) AS unknown, sum(failed) AS failed'

/** What was spent and generated, by day, token and model, and the hits of each day. Micro-dollars, unless the name says USD. */
export interface History {
  add(key: HistoryKey, micro: number, outcome: Settlement['outcome']): void
  addHits(hits: Hits): void
  /** @param from, to  days, both included */
  spent(from: string, to: string, token?: string): number
  report(from: string, to: string): UsageReport
  forgetBefore(day: string): void
}

export function createHistory(sql: Sql): History {
  /** One row for each value of `column`, most expensive first. */
  function totalsBy(column: keyof HistoryKey, from: string, to: string): Map<string, UsageTotals> {
    const rows = sql
      .exec<SumRow & { name: string }>(
        `SELECT ${column} AS name, ${SUMS} FROM ledger_history WHERE day BETWEEN ? AND ?
         GROUP BY ${column} ORDER BY sum(spent) DESC, ${column}`,
        from,
        to,
      )
      .toArray()
    return new Map(rows.map((row) => [row.name, toTotals(row)]))
  }

  function total(from: string, to: string): UsageTotals {
    const query = `SELECT ${SUMS} FROM ledger_history WHERE day BETWEEN ? AND ? HAVING count(*) > 0`
    const [row] = sql.exec<SumRow>(query, from, to).toArray()
    return row ? toTotals(row) : NOTHING
  }

  /** By day, or the sum of all as one row; a day without hits is absent. */
  function hitsIn(from: string, to: string, day: 'day' | "''"): Map<string, HitTotals> {
    const rows = sql
      .exec<{ day: string; hits: number; saved: number }>(
        `SELECT ${day} AS day, sum(hits) AS hits, sum(saved) AS saved FROM ledger_hits
         WHERE day BETWEEN ? AND ? GROUP BY 1`,
        from,
        to,
      )
      .toArray()
    return new Map(rows.map((row) => [row.day, { hits: row.hits, savedUsd: toUsd(row.saved) }]))
  }

  return {
    add({ day, token, model }, micro, outcome) {
      sql.exec(
        `INSERT INTO ledger_history (day, token, model, spent, generated, unknown, failed)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, token, model) DO UPDATE SET spent = spent + excluded.spent,
         generated = generated + excluded.generated, unknown = unknown + excluded.unknown,
         failed = failed + excluded.failed`,
        day,
        token,
        model,
        micro,
        Number(outcome === 'generated'),
        Number(outcome === 'unknown'),
        Number(outcome === 'failed'),
      )
    },
    addHits({ day, count, savedUsd }) {
      sql.exec(
        `INSERT INTO ledger_hits (day, hits, saved) VALUES (?, ?, ?)
         ON CONFLICT (day) DO UPDATE SET hits = hits + excluded.hits, saved = saved + excluded.saved`,
        day,
        count,
        toMicro(savedUsd),
      )
    },
    spent(from, to, token) {
      const query = 'SELECT coalesce(sum(spent), 0) AS spent FROM ledger_history WHERE day BETWEEN ? AND ?'
      const [row] = (
        token === undefined
          ? sql.exec<{ spent: number }>(query, from, to)
          : sql.exec<{ spent: number }>(`${query} AND token = ?`, from, to, token)
      ).toArray()
      return row?.spent ?? 0
    },
    report(from, to) {
      const days = totalsBy('day', from, to)
      const hits = hitsIn(from, to, 'day')
      return {
        ...total(from, to),
        ...(hitsIn(from, to, "''").get('') ?? NO_HITS),
        days: daysFrom(from, to).map((date) => ({
          date,
          ...(days.get(date) ?? NOTHING),
          ...(hits.get(date) ?? NO_HITS),
        })),
        models: Array.from(totalsBy('model', from, to), ([model, totals]) => ({ model, ...totals })),
        tokens: Array.from(totalsBy('token', from, to), ([token, totals]) => ({
          token: token === '' ? undefined : token,
          ...totals,
        })),
      }
    },
    forgetBefore(day) {
      sql.exec('DELETE FROM ledger_history WHERE day < ?', day)
      sql.exec('DELETE FROM ledger_hits WHERE day < ?', day)
    },
  }
}

const NO_HITS: HitTotals = { hits: 0, savedUsd: 0 }
const NOTHING: UsageTotals = { spentUsd: 0, generated: 0, unknown: 0, failed: 0 }

type SumRow = { spent: number; generated: number; unknown: number; failed: number }

function toTotals({ spent, generated, unknown, failed }: SumRow): UsageTotals {
  return { spentUsd: toUsd(spent), generated, unknown, failed }
}

function daysFrom(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}
