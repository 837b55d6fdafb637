/** Millionths of a dollar, as whole numbers: sums of prices as floating-point numbers drift. */
const MICRO = 1_000_000

/** Rounded up: a fraction of a micro-dollar is never given away. */
export function toMicro(usd: number): number {
  if (!(usd >= 0)) throw new RangeError(`${usd} USD is not an amount`)
  return Math.min(Math.ceil(Number((usd * MICRO).toFixed(3))), Number.MAX_SAFE_INTEGER)
}

export function toUsd(micro: number): number {
  return micro / MICRO
}
