import type { Occasion, Operations } from '../costs/operations.ts'
import { type Flow, MONTH_SECONDS, type Traffic } from './traffic.ts'

/**
 * Cloudflare's list prices of the paid plan, USD: what a month includes, and what more costs. From the "Pricing"
 * pages of Workers, Observability, R2, Durable Objects and Images in its documentation, as of December 2026.
 * Requests are those from browsers: a Worker's requests to itself aren't billed again.
 */
export const PRICES = {
  plan: 5,
  requests: { included: 10e6, perMillion: 0.3 },
  cpuMs: { included: 30e6, perMillion: 0.02 },
  logGb: { included: 50, perMillion: 250_000 },
  logGbStored: { included: 12, perMillion: 100_000 },
  r2Reads: { included: 10e6, perMillion: 0.36 },
  r2Writes: { included: 1e6, perMillion: 4.5 },
  r2Gb: { included: 10, perMillion: 15_000 },
  objectRequests: { included: 1e6, perMillion: 0.15 },
  objectGbSeconds: { included: 400_000, perMillion: 12.5 },
  rowsRead: { included: 25e9, perMillion: 0.001 },
  rowsWritten: { included: 50e6, perMillion: 1 },
  transformations: { included: 5000, perMillion: 500 },
} as const

/** A Durable Object is billed for 128 MB while it is active. */
const OBJECT_GB = 0.128
/**
 * A log event with what the platform adds to it. Easel's own line is a fifth of that. How much the platform adds
 * isn't documented: 1 kB is a guess.
 */
const LOG_EVENT_GB = 1e-6
/** Logs are kept for seven days of the thirty that a GB-month has. */
const LOG_GB_MONTHS = 7 / 30

export interface Line {
  readonly what: keyof typeof PRICES | 'OpenRouter'
  readonly amount: number
  readonly usd: number
}

/**
 * What a month costs.
 *
 * @param counted  the operations of one request of each kind, counted in a local run
 * @param cpuMs  processor time of one request
 */
export function billOf(
  traffic: Traffic,
  flow: Flow,
  counted: Readonly<Record<Occasion, Operations>>,
  cpuMs: { readonly hit: number; readonly miss: number },
): Line[] {
  const requests = traffic.viewsPerMonth * (1 - traffic.browserShare)
  const fromR2 = requests * flow.r2
  const generated = traffic.newPerMonth
  const variants = generated * traffic.variantsPerImage
  const sum = (what: keyof Operations): number =>
    fromR2 * counted['variant, cached'][what] +
    generated * counted.miss[what] +
    variants * counted['variant, generated'][what]
  // A generation has its own line and its request's; hits have none.
  const logLines = 2 * generated
  const gb = (traffic.images * (traffic.imageMb + traffic.variantsPerImage * traffic.variantMb)) / 1000
  const amounts: Record<Exclude<keyof typeof PRICES, 'plan'>, number> = {
    requests,
    cpuMs: requests * cpuMs.hit + generated * cpuMs.miss,
    logGb: logLines * LOG_EVENT_GB,
    logGbStored: logLines * LOG_EVENT_GB * LOG_GB_MONTHS,
    r2Reads: sum('r2Reads'),
    r2Writes: sum('r2Writes'),
    r2Gb: gb,
    objectRequests: sum('objectRequests') + sum('alarms'),
    objectGbSeconds: generated * traffic.generateSeconds * OBJECT_GB,
    rowsRead: sum('rowsRead'),
    rowsWritten: sum('rowsWritten'),
    transformations: sum('transformations'),
  }
  const lines = (Object.keys(amounts) as (keyof typeof amounts)[]).map((what): Line => {
    const { included, perMillion } = PRICES[what]
    return { what, amount: amounts[what], usd: (Math.max(0, amounts[what] - included) / 1e6) * perMillion }
  })
  return [
    { what: 'plan', amount: 1, usd: PRICES.plan },
    ...lines,
    { what: 'OpenRouter', amount: generated, usd: generated * traffic.costPerImageUsd },
  ]
}

/** Requests a second to the ledger, on average: the one object that all generations share. */
export function budgetRequestsPerSecond({ newPerMonth }: Traffic): number {
  return (2 * newPerMonth) / MONTH_SECONDS
}
