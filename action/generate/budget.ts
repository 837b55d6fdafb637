import { formatUsd } from '../../shared/format.ts'
import type { CostEstimate } from '../../shared/prices/estimate.ts'
import type { Doubt } from './doubts.ts'

export interface Limits {
  /** Requests that one run may send; absent: no limit. */
  readonly maxImages?: number | undefined
  /** USD that one run may spend; absent: no limit. */
  readonly maxCostUsd?: number | undefined
}

/** Money reserved for one request. Must be settled, whatever the outcome. */
export interface Reservation {
  /** @param costUsd  as billed; `undefined` when unknown, which counts as the amount reserved */
  settle(costUsd: number | undefined): void
}

export interface Budget {
  /**
   * Waits while an image in flight may turn out cheaper than the amount reserved for it.
   *
   * @returns the reservation, or one sentence that names the limit in the way
   */
  reserve(estimate: CostEstimate): Promise<Reservation | { readonly refused: string }>
}

/** Absorbs floating-point error: ten images at 0.1 are one dollar. */
const TOLERANCE_USD = 1e-9

/**
 * Keeps a run within its limits, however many requests are in flight.
 *
 * @param doubts  count as spent: with what was billed, else as a request in flight does, with the most that it may cost
 */
export function createBudget(
  { maxImages = Infinity, maxCostUsd = Infinity }: Limits,
  doubts: readonly Doubt[] = [],
): Budget {
  let started = 0
  let spentUsd = doubts.reduce((sum, { billedUsd, maxUsd }) => sum + (billedUsd ?? reservedFor(maxUsd)), 0)
  let reservedUsd = 0
  let inFlight = 0
  let waiting: (() => void)[] = []

  /** A request without a known price reserves the whole limit, so at most one of them runs, and runs alone. */
  function reservedFor(maxUsd: number | undefined): number {
    return maxCostUsd === Infinity ? 0 : (maxUsd ?? maxCostUsd)
  }

  const fits = (usd: number): boolean => spentUsd + reservedUsd + usd <= maxCostUsd + TOLERANCE_USD

  /** It doesn't fit now, but requests in flight may cost less than reserved. */
  const mayStillFit = (usd: number): boolean => started < maxImages && !fits(usd) && inFlight > 0

  function open(usd: number): Reservation {
    started++
    inFlight++
    reservedUsd += usd
    return {
      settle(costUsd) {
        inFlight--
        reservedUsd -= usd
        spentUsd += costUsd ?? usd
        const woken = waiting
        waiting = []
        for (const wake of woken) wake()
      },
    }
  }

  return {
    async reserve(estimate) {
      const usd = reservedFor(estimate.maxUsd)
      while (mayStillFit(usd)) await new Promise<void>((resolve) => waiting.push(resolve))
      if (started >= maxImages) {
        return {
          refused: `The limit of ${maxImages} ${maxImages === 1 ? 'image' : 'images'} for this run is reached (max-images).`,
        }
      }
      if (fits(usd)) return open(usd)
      const left = Math.max(0, maxCostUsd - spentUsd)
      const price =
        estimate.maxUsd === undefined
          ? 'the price of this image is unknown, so it needs the whole limit'
          : `this image may cost ${formatUsd(estimate.maxUsd)}`
      return {
        refused: `${formatUsd(left)} is left of the ${formatUsd(maxCostUsd)} for this run (max-cost-usd), and ${price}.`,
      }
    },
  }
}
