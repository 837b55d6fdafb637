import type { ImageEndpoint, ImageModel, PriceLine } from '../catalogue/model.ts'
import { eligibleEndpoints } from '../catalogue/routing.ts'
import type { ImageSize } from '../spec/pixel-sizes.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { quantitiesOf, tierAt } from './quantities.ts'

/** What a request will cost, and what that rests on. */
export type CostEstimate =
  | {
      /** USD for the whole request, rounded up to a millionth. */
      readonly usd: number
      /** `list price` of images or pixels; `tokens`: a price a token times the documented number of tokens. */
      readonly basis: 'list price' | 'tokens'
    }
  | { readonly usd: undefined; readonly basis: 'unknown' }

const UNKNOWN: CostEstimate = { usd: undefined, basis: 'unknown' }

/** Documented surcharges, USD each, for price lists that leave them out. */
const SURCHARGES: readonly PriceLine[] = [
  { billable: 'input_font', unit: 'image', cost_usd: 0.03 },
  { billable: 'input_reference', unit: 'image', cost_usd: 0.2 },
]

/** How price lists spell the resolutions, in lower case. */
const TIER_NAMES = {
  '0.5K': ['0.5k', '512', '512px'],
  '1K': ['1k', '1024', '1024px'],
  '2K': ['2k', '2048', '2048px'],
  '4K': ['4k', '4096', '4096px'],
} as const satisfies Record<ImageSize, string[]>

const ALL_TIER_NAMES: ReadonlySet<string> = new Set(Object.values(TIER_NAMES).flat())

/**
 * What `spec` will cost: the dearest of the endpoints that OpenRouter may choose. Pure.
 *
 * Meant to be too high rather than too low, since money is reserved by it: unknown as soon as one of those
 * endpoints has no price to reckon with, and `n` times everything, because some providers serve `n` by asking
 * again. What it cannot know is how large input images are, and how much text comes with an image.
 *
 * @see docs/openrouter.md#prices
 */
export function estimateCost(spec: ImageSpec, model: ImageModel): CostEstimate {
  const [first, ...others] = eligibleEndpoints(spec, model).map((endpoint) =>
    endpointCost(spec, model, endpoint),
  )
  return others.reduce(dearer, first ?? UNKNOWN)
}

function dearer(a: CostEstimate, b: CostEstimate): CostEstimate {
  if (a.usd === undefined || b.usd === undefined) return UNKNOWN
  return b.usd > a.usd ? b : a
}

function endpointCost(spec: ImageSpec, model: ImageModel, endpoint: ImageEndpoint): CostEstimate {
  const tier = tierAt(spec, endpoint)
  const lines = applicableLines(endpoint, tier)
  const output = lines.filter(({ billable }) => billable === 'output_image')
  if (output.length === 0) return UNKNOWN

  const quantities = quantitiesOf(spec, model, endpoint)
  let usd = 0
  for (const { billable, unit, cost_usd } of lines) {
    if (quantities[billable].image === 0) continue
    const quantity = quantities[billable][unit]
    if (quantity === undefined) return UNKNOWN
    usd += cost_usd * quantity
  }
  return {
    usd: roundUp(usd * (spec.n ?? 1)),
    basis: output.some(({ unit }) => unit === 'token') ? 'tokens' : 'list price',
  }
}

/** The price list for one resolution: a line for each billable and unit, surcharges filled in. */
function applicableLines({ pricing }: ImageEndpoint, tier: ImageSize): PriceLine[] {
  const surcharges = SURCHARGES.filter(({ billable }) => !pricing.some((line) => line.billable === billable))
  const choices = Map.groupBy([...pricing, ...surcharges], ({ billable, unit }) => `${billable} ${unit}`)
  return Array.from(choices.values(), (lines) => lineFor(tier, lines))
}

/**
 * The variant of that resolution; the line without a variant where the others are for other resolutions; else the
 * dearest, because what the variants depend on is not known.
 */
function lineFor(tier: ImageSize, lines: readonly PriceLine[]): PriceLine {
  const names: readonly string[] = TIER_NAMES[tier]
  const variants = lines.map(({ variant }) => variant?.toLowerCase())
  const ofTier = lines.filter((_, index) => names.includes(variants[index] ?? ''))
  const general = variants.every((variant) => variant === undefined || ALL_TIER_NAMES.has(variant))
    ? lines.filter(({ variant }) => variant === undefined)
    : []
  const candidates = [ofTier, general, lines].find(({ length }) => length > 0) ?? lines
  return candidates.reduce((dearest, line) => (line.cost_usd > dearest.cost_usd ? line : dearest))
}

/** Up to the next millionth of a dollar, without what floating point adds (0.1 + 0.2 is 0.3). */
function roundUp(usd: number): number {
  return Math.ceil(Number((usd * 1e6).toFixed(6))) / 1e6
}
