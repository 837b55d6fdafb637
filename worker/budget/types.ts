import type { Fingerprint } from '../../shared/fingerprint.ts'

/** Money that a generation will need. */
export interface Reservation {
  /** Idempotency key, one for each attempt: reserving twice counts once. */
  readonly id: string
  /** One attempt at a time: an earlier one that is still open was lost before anything was sent, and is released. */
  readonly fingerprint: Fingerprint
  /** USD: the most that the generation can cost. */
  readonly usd: number
  /** Name of the requester's token, if it has one. */
  readonly token?: string | undefined
  readonly model: string
  /** Milliseconds since the epoch: when the caller last saw that the image is not cached. */
  readonly lookedAt: number
}

/** USD. Days and months are UTC. */
export interface Limits {
  readonly dailyUsd: number
  readonly monthlyUsd?: number | undefined
  /** Daily limit of the reservation's token. */
  readonly tokenUsd?: number | undefined
}

/** Of all requests in a day or a month, or of one token's in a day. */
export type LimitName = 'day' | 'month' | 'token'

export type ReserveResult =
  | {
      readonly granted: true
      /** A generation of this fingerprint ended since `lookedAt`: look again before paying. */
      readonly settledSince: boolean
    }
  | {
      readonly granted: false
      /** The limit that would be passed; the one that lasts longest, if several would. */
      readonly limit: LimitName
      readonly leftUsd: number
      /** Milliseconds since the epoch: the next UTC midnight, or the first of the next month. */
      readonly resetsAt: number
      /** Until the reset; a few seconds when the limit is only reserved, not spent. */
      readonly retryAfterSeconds: number
    }

/** How an attempt ended. */
export interface Settlement {
  /** USD that it counts as, 0 when nothing was billed; absent: all that was reserved. */
  readonly usd?: number | undefined
  /** `unknown`: it may have been billed, and nobody can tell. `unsent`: OpenRouter wasn't asked, so nothing counts. */
  readonly outcome: 'generated' | 'failed' | 'unknown' | 'unsent'
}

/** What is spent and reserved today, this week and this month (UTC), USD. */
export interface BudgetUse {
  readonly spentUsd: number
  readonly reservedUsd: number
  /** Milliseconds since the epoch: the next midnight. */
  readonly resetsAt: number
  /** Since Monday. */
  readonly weekSpentUsd: number
  readonly month: { readonly spentUsd: number; readonly reservedUsd: number; readonly resetsAt: number }
}

/** Counts of one day, model or token, or of all. */
export interface UsageTotals {
  readonly spentUsd: number
  readonly generated: number
  readonly unknown: number
  readonly failed: number
}

/** Hits of one UTC day, on their way to the ledger. */
export interface Hits {
  readonly day: string
  readonly count: number
  /** USD: what generating the images had cost, of those whose cost is known. */
  readonly savedUsd: number
}

/** Images served from the cache: at least so many, since an isolate that is evicted takes some of its count along. */
export interface HitTotals {
  readonly hits: number
  readonly savedUsd: number
}

/** What was generated, spent and served from the cache in some days. A token of `undefined` is requests without one. */
export interface UsageReport extends UsageTotals, HitTotals {
  /** Every day of the period, oldest first. */
  readonly days: readonly (UsageTotals & HitTotals & { readonly date: string })[]
  /** Most expensive first, as are tokens. */
  readonly models: readonly (UsageTotals & { readonly model: string })[]
  readonly tokens: readonly (UsageTotals & { readonly token: string | undefined })[]
}

/** Reads today's use, of all requests or of one token's. */
export type BudgetUseOf = (token?: string) => Promise<BudgetUse>

/** Reads the history. @param from, to  UTC days, both included */
export type UsageOf = (from: string, to: string) => Promise<UsageReport>
