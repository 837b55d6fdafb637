import { toUsd } from './money.ts'
import type { Sql } from './storage.ts'
import type { Scope } from './totals.ts'
import type { LimitName } from './types.ts'

const PERCENTS = [50, 80, 100] as const

/** Somebody should know: this much of a budget is spent. */
export interface ReachedThreshold {
  readonly limit: LimitName
  /** The token whose limit it is. */
  readonly token?: string
  /** A day or a month. */
  readonly period: string
  readonly percent: (typeof PERCENTS)[number]
  readonly spentUsd: number
  readonly limitUsd: number
  /** Milliseconds since the epoch. */
  readonly resetsAt: number
}

/** Finds the thresholds that spending reaches: each once in a period, the highest when it reaches several. */
export interface Thresholds {
  /**
   * @param limitMicro   micro-dollars
   * @param isExhausted  whether what is left is too little for a request: then all of it counts as reached
   */
  check(scope: Scope, limitMicro: number, isExhausted?: boolean): ReachedThreshold | undefined
  forgetBefore(period: string): void
}

export function createThresholds(sql: Sql): Thresholds {
  return {
    check({ limit, token, period, total: { spent }, resetsAt }, limitMicro, isExhausted = false) {
      const percent = PERCENTS.findLast(
        (one) => limitMicro > 0 && (isExhausted || spent * 100 >= limitMicro * one),
      )
      if (percent === undefined) return undefined
      const [known] = sql
        .exec<{ percent: number }>(
          'SELECT percent FROM ledger_thresholds WHERE period = ? AND budget = ? AND token = ?',
          period,
          limit,
          token,
        )
        .toArray()
      if (known && known.percent >= percent) return undefined
      sql.exec('INSERT OR REPLACE INTO ledger_thresholds VALUES (?, ?, ?, ?)', period, limit, token, percent)
      return {
        limit,
        ...(token !== '' && { token }),
        period,
        percent,
        spentUsd: toUsd(spent),
        limitUsd: toUsd(limitMicro),
        resetsAt,
      }
    },
    forgetBefore(period) {
      sql.exec('DELETE FROM ledger_thresholds WHERE period < ?', period)
    },
  }
}
