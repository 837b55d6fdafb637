/** A reported cost this many times the estimate is more likely a mistake than a price. */
const IMPLAUSIBLE_FACTOR = 10

/** USD that a generation counts as, and why the reported cost was not believed, if it wasn't. */
export interface BilledCost {
  readonly usd: number
  /** One sentence, for the log. */
  readonly suspicious?: string
}

/**
 * What a generation counts as: the cost that OpenRouter reported, as far as that can be believed. Pure.
 *
 * One absurd number must neither use up a budget nor give money back to it.
 *
 * @param reportedUsd  `usage.cost`; `undefined` when the response had none
 * @param limits       `estimateUsd`: what the request was expected to cost; `maxUsd`: the limit of one generation
 */
export function billedCost(
  reportedUsd: number | undefined,
  { estimateUsd, maxUsd }: { readonly estimateUsd: number; readonly maxUsd: number },
): BilledCost {
  if (reportedUsd === undefined) return { usd: estimateUsd }
  if (!Number.isFinite(reportedUsd) || reportedUsd < 0) {
    return { usd: estimateUsd, suspicious: `The reported cost, ${reportedUsd} USD, is not an amount.` }
  }
  if (reportedUsd > IMPLAUSIBLE_FACTOR * estimateUsd && reportedUsd > maxUsd) {
    return {
      usd: maxUsd,
      suspicious: `The reported cost, ${reportedUsd} USD, is over ${IMPLAUSIBLE_FACTOR} times the estimate of ${estimateUsd} USD.`,
    }
  }
  return { usd: reportedUsd }
}
