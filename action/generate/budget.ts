import type { CostEstimate } from '../../shared/prices/estimate.ts'

export interface Caps {
  /** Requests that one run may make; absent: as many as it takes. */
  readonly maxImages?: number | undefined
  /** USD that one run may spend; absent: as much as it takes. */
  readonly maxCostUsd?: number | undefined
}

/** Money and a place, put aside for one request. Must be settled, whatever comes of it. */
export interface Reservation {
  /** @param costUsd  as billed; `undefined` when nobody said, which counts as what was put aside */
  settle(costUsd: number | undefined): void
}

export interface Budget {
  /**
   * Waits while an image under way may turn out cheaper than was put aside for it.
   *
   * @returns the reservation, or one sentence that says which cap is in the way
   */
  reserve(estimate: CostEstimate): Promise<Reservation | { readonly refused: string }>
}

/** Floating point: ten images of 0.1 are one dollar. */
const TOLERANCE_USD = 1e-9

/** Keeps a run within its caps, however many requests are under way. */
export function createBudget({ maxImages = Infinity, maxCostUsd = Infinity }: Caps): Budget {
  let begun = 0
  let spentUsd = 0
  let reservedUsd = 0
  let underWay = 0
  let waiting: (() => void)[] = []

  const fits = (usd: number): boolean => spentUsd + reservedUsd + usd <= maxCostUsd + TOLERANCE_USD

  /** It doesn't fit now, but what is under way may cost less than was put aside. */
  const mayStillFit = (usd: number): boolean => begun < maxImages && !fits(usd) && underWay > 0

  function open(usd: number): Reservation {
    begun++
    underWay++
    reservedUsd += usd
    return {
      settle(costUsd) {
        underWay--
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
      // Without a price a request counts as the whole cap: one, alone, is all that can be afforded blindly.
      const usd = maxCostUsd === Infinity ? 0 : (estimate.usd ?? maxCostUsd)
      while (mayStillFit(usd)) await new Promise<void>((resolve) => waiting.push(resolve))
      if (begun >= maxImages) {
        return {
          refused: `The run may make ${maxImages} ${maxImages === 1 ? 'request' : 'requests'} (max-images), and has.`,
        }
      }
      if (fits(usd)) return open(usd)
      const left = Math.max(0, maxCostUsd - spentUsd)
      const price =
        estimate.usd === undefined
          ? 'its price is not known, so it counts as the whole cap'
          : `it may cost $${estimate.usd.toFixed(4)}`
      return {
        refused: `The run may spend $${maxCostUsd} (max-cost-usd): $${left.toFixed(4)} is left, and ${price}.`,
      }
    },
  }
}
