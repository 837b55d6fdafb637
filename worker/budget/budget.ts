import { DurableObject } from 'cloudflare:workers'
import { createLedger, type Ledger } from './ledger.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { ReachedThreshold } from './thresholds.ts'
import type { BudgetUse, Hits, Limits, Reservation, ReserveResult, Settlement, UsageReport } from './types.ts'
import { postWebhook, type WebhookTarget } from './webhook.ts'

/** What the budget uses of the environment. The Worker has checked both before anything is reserved. */
export interface BudgetEnv {
  readonly EASEL_ALERT_URL?: string
  readonly EASEL_ALERT_SECRET?: string
}

/**
 * The one ledger of a Worker. Its calls are synchronous, so no two overlap and no burst gets past a limit.
 *
 * Thin: it gives the ledger a database and a clock, and delivers alerts from its alarm, where no generation waits
 * for them.
 */
export class Budget extends DurableObject<BudgetEnv> {
  readonly #ledger: Ledger
  readonly #outbox: Outbox
  readonly #target: WebhookTarget | undefined
  readonly #now: () => number

  constructor(ctx: DurableObjectState, env: BudgetEnv, now: () => number = Date.now) {
    super(ctx, env)
    const { EASEL_ALERT_URL: url, EASEL_ALERT_SECRET: secret } = env
    const target = url && secret ? { url, secret } : undefined
    this.#target = target
    this.#now = now
    this.#ledger = createLedger({
      storage: ctx.storage,
      now,
      onThreshold: (reached) => this.#alert(reached),
    })
    this.#outbox = createOutbox({
      sql: ctx.storage.sql,
      now,
      send: async (message) => target && postWebhook(target, message, now()),
      onGivenUp: ({ id }, error) =>
        console.error(`EASEL_ALERT_URL did not accept the alert ${id}, and Easel gave up: ${String(error)}`),
    })
  }

  /** Reserves money if no limit is passed by it. */
  reserve(reservation: Reservation, limits: Limits): ReserveResult {
    return this.#ledger.reserve(reservation, limits)
  }

  /** Turns a reservation into spending, on the day it was made. Settling twice counts once. */
  settle(id: string, settlement: Settlement): void {
    this.#ledger.settle(id, settlement)
  }

  /** What is spent and reserved, of all or of one token. */
  use(token?: string): BudgetUse {
    return this.#ledger.use(token)
  }

  /** The history. @param from, to  UTC days, both included */
  usage(from: string, to: string): UsageReport {
    return this.#ledger.usage(from, to)
  }

  /** Counts one more variant for today, unless `limit` are counted already. @returns whether it was counted */
  takeVariant(limit: number): boolean {
    return this.#ledger.takeVariant(limit)
  }

  /** Counts images that were served from the cache. */
  addHits(hits: Hits): void {
    this.#ledger.addHits(hits)
  }

  /** Delivers alerts. One that fails is due again later, with its own backoff instead of the platform's. */
  override async alarm(): Promise<void> {
    const next = await this.#outbox.deliver()
    if (next !== undefined) await this.ctx.storage.setAlarm(next)
  }

  #alert({ limit, token, period, percent, spentUsd, limitUsd, resetsAt }: ReachedThreshold): void {
    const data = {
      limit,
      token,
      period,
      threshold_percent: percent,
      spent_usd: spentUsd,
      limit_usd: limitUsd,
      resets_at: new Date(resetsAt).toISOString(),
    }
    console.log(JSON.stringify({ event: 'budget', ...data }))
    if (!this.#target) return
    const now = this.#now()
    const timestamp = new Date(now).toISOString()
    const body = JSON.stringify({ type: 'budget.threshold_reached', timestamp, data })
    this.#outbox.add({ id: `msg_${crypto.randomUUID()}`, body })
    // Committed together with the message. Should it fail, the next alert delivers both.
    this.ctx.storage.setAlarm(now).catch((error: unknown) => console.error(error))
  }
}
