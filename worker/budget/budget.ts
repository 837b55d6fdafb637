import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'

/** Money that a generation will need. */
export interface Reservation {
  /** Of the attempt: the same one twice counts once. */
  readonly id: string
  readonly usd: number
  /** Name of the token that asks, where one does. */
  readonly token?: string | undefined
}

/** USD a day (UTC). */
export interface Caps {
  readonly dailyUsd: number
  /** Of the reservation's token alone. */
  readonly tokenUsd?: number | undefined
}

export type ReserveResult =
  | { readonly granted: true }
  | {
      readonly granted: false
      readonly cap: 'day' | 'token'
      readonly leftUsd: number
      /** Milliseconds since the epoch: the next midnight, UTC. */
      readonly resetsAt: number
    }

/** What was spent and what is reserved today, USD. */
export interface BudgetUse {
  readonly spentUsd: number
  readonly reservedUsd: number
  readonly resetsAt: number
}

const DAY_MS = 86_400_000

/** Millionths of a dollar, as whole numbers: sums of prices as floating-point numbers drift. */
const MICRO = 1_000_000

/**
 * The one ledger of a Worker: reserve the estimate before a generation, settle with the bill after it.
 * Durable Objects handle one call at a time, so no burst gets past a cap.
 */
export class Budget extends DurableObject<Env> {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS reservations (id TEXT PRIMARY KEY, day TEXT, token TEXT, micro INTEGER);
      CREATE TABLE IF NOT EXISTS spending (day TEXT, token TEXT, micro INTEGER, PRIMARY KEY (day, token));
    `)
  }

  /** Sets money aside when no cap is passed by it. */
  reserve({ id, usd, token = '' }: Reservation, { dailyUsd, tokenUsd }: Caps): ReserveResult {
    const day = today()
    if (this.#sql.exec('SELECT id FROM reservations WHERE id = ?', id).toArray().length > 0)
      return { granted: true }
    this.#forgetBefore(day)
    const micro = toMicro(usd)
    const leftOfDay = toMicro(dailyUsd) - this.#used(day)
    const leftOfToken = tokenUsd === undefined ? Infinity : toMicro(tokenUsd) - this.#used(day, token)
    if (micro > Math.min(leftOfDay, leftOfToken)) {
      const cap = leftOfToken < leftOfDay ? 'token' : 'day'
      return {
        granted: false,
        cap,
        leftUsd: Math.max(0, Math.min(leftOfDay, leftOfToken)) / MICRO,
        resetsAt: nextDay(),
      }
    }
    this.#sql.exec('INSERT INTO reservations VALUES (?, ?, ?, ?)', id, day, token, micro)
    return { granted: true }
  }

  /**
   * Turns a reservation into spending, on the day it was made; a second time does nothing.
   *
   * @param usd  what was billed, 0 when nothing was; absent when nobody knows: then all that was reserved
   */
  settle(id: string, usd?: number): void {
    const [row] = this.#sql
      .exec<{ day: string; token: string; micro: number }>(
        'DELETE FROM reservations WHERE id = ? RETURNING day, token, micro',
        id,
      )
      .toArray()
    const micro = usd === undefined ? (row?.micro ?? 0) : toMicro(usd)
    if (!row || micro === 0) return
    this.#sql.exec(
      `INSERT INTO spending VALUES (?1, ?2, ?3) ON CONFLICT (day, token) DO UPDATE SET micro = micro + ?3`,
      row.day,
      row.token,
      micro,
    )
  }

  /** Today's figures, of all or of one token. */
  use(token?: string): BudgetUse {
    const day = today()
    return {
      spentUsd: this.#sum('spending', day, token) / MICRO,
      reservedUsd: this.#sum('reservations', day, token) / MICRO,
      resetsAt: nextDay(),
    }
  }

  #used(day: string, token?: string): number {
    return this.#sum('spending', day, token) + this.#sum('reservations', day, token)
  }

  #sum(table: 'spending' | 'reservations', day: string, token?: string): number {
    const rows =
      token === undefined
        ? this.#sql.exec<{ sum: number }>(
            `SELECT coalesce(sum(micro), 0) AS sum FROM ${table} WHERE day = ?`,
            day,
          )
        : this.#sql.exec<{ sum: number }>(
            `SELECT coalesce(sum(micro), 0) AS sum FROM ${table} WHERE day = ? AND token = ?`,
            day,
            token,
          )
    return rows.one().sum
  }

  /** Days that are over stay a while, for settling what began in them. */
  #forgetBefore(day: string): void {
    const limit = new Date(Date.parse(day) - 2 * DAY_MS).toISOString().slice(0, 10)
    this.#sql.exec('DELETE FROM reservations WHERE day < ?', limit)
    this.#sql.exec('DELETE FROM spending WHERE day < ?', limit)
  }
}

/** The UTC date, such as 2026-11-22. */
function today(): string {
  return new Date().toISOString().slice(0, 10)
}

function nextDay(): number {
  return Date.parse(today()) + DAY_MS
}

/** Rounded up: a fraction of a micro-dollar is never given away. */
function toMicro(usd: number): number {
  return Math.ceil(Number((usd * MICRO).toFixed(3)))
}
