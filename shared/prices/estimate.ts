import type { ImageEndpoint, ImageModel, PriceLine } from '../catalogue/model.ts'
import { eligibleEndpoints } from '../catalogue/routing.ts'
import { type SideFactor, sideFactor } from '../spec/pixel-sizes.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { factorAt, type Quantities, quantitiesOf } from './quantities.ts'

/** What a request costs, and what the numbers are based on. */
export type CostEstimate =
  | {
      /** USD for the whole request, rounded up to a millionth: what it probably costs. For people. */
      readonly usd: number
      /** USD: the most that the request can cost. For reservations and limits. */
      readonly maxUsd: number
      /** `list price` of images, pixels or requests; `tokens`: a price per token times the documented number. */
      readonly basis: 'list price' | 'tokens'
    }
  | { readonly usd: undefined; readonly maxUsd: undefined; readonly basis: 'unknown' }

const UNKNOWN: CostEstimate = { usd: undefined, maxUsd: undefined, basis: 'unknown' }

/** Documented surcharges, USD each, for price lists that leave them out. */
const SURCHARGES: readonly PriceLine[] = [
  { billable: 'input_font', unit: 'image', cost_usd: 0.03 },
  { billable: 'input_reference', unit: 'image', cost_usd: 0.2 },
]

/**
 * What `spec` costs at the most expensive endpoint that OpenRouter may choose. Pure.
 *
 * Both figures are unknown as soon as one of those endpoints has no usable price.
 *
 * @see docs/openrouter.md#prices
 */
export function estimateCost(spec: ImageSpec, model: ImageModel): CostEstimate {
  const [first, ...others] = eligibleEndpoints(spec, model).map((endpoint) =>
    endpointCost(spec, model, endpoint),
  )
  return others.reduce(higher, first ?? UNKNOWN)
}

/**
 * What a request with fallbacks costs: probably what the first model does, and at most what the dearest does. Only one
 * of them is billed.
 */
export function estimateFallback([first, ...others]: readonly [
  CostEstimate,
  ...CostEstimate[],
]): CostEstimate {
  if (first.usd === undefined) return UNKNOWN
  let { maxUsd } = first
  for (const other of others) {
    if (other.maxUsd === undefined) return UNKNOWN
    maxUsd = Math.max(maxUsd, other.maxUsd)
  }
  return { ...first, maxUsd }
}

function higher(a: CostEstimate, b: CostEstimate): CostEstimate {
  if (a.usd === undefined || b.usd === undefined) return UNKNOWN
  const { basis } = b.usd > a.usd ? b : a
  return { usd: Math.max(a.usd, b.usd), maxUsd: Math.max(a.maxUsd, b.maxUsd), basis }
}

function endpointCost(spec: ImageSpec, model: ImageModel, endpoint: ImageEndpoint): CostEstimate {
  const lines = applicableLines(endpoint, factorAt(spec, endpoint))
  const output = lines.filter(({ billable }) => billable === 'output_image')
  if (output.length === 0) return UNKNOWN

  const { likely, most } = quantitiesOf(spec, model, endpoint)
  const usd = sum(lines, likely)
  const maxUsd = sum(lines, most)
  if (usd === undefined || maxUsd === undefined) return UNKNOWN
  return {
    usd: roundUp(usd),
    maxUsd: roundUp(Math.max(usd, maxUsd)),
    basis: output.some(({ unit }) => unit === 'token') ? 'tokens' : 'list price',
  }
}

/** USD; `undefined` when a line that applies has a unit that its billable can't be counted in. */
function sum(lines: readonly PriceLine[], quantities: Quantities): number | undefined {
  let usd = 0
  for (const { billable, unit, cost_usd } of lines) {
    if (quantities[billable].image === 0) continue
    const quantity = quantities[billable][unit]
    if (quantity === undefined) return undefined
    usd += cost_usd * quantity
  }
  return usd
}

/** The price list for one resolution: one line for each billable and unit, with surcharges filled in. */
function applicableLines({ pricing }: ImageEndpoint, factor: SideFactor): PriceLine[] {
  const surcharges = SURCHARGES.filter(({ billable }) => !pricing.some((line) => line.billable === billable))
  const choices = Map.groupBy([...pricing, ...surcharges], ({ billable, unit }) => `${billable} ${unit}`)
  return Array.from(choices.values(), (lines) => lineFor(factor, lines))
}

function factorOf({ variant = '' }: PriceLine): SideFactor | undefined {
  return sideFactor(variant)
}

/**
 * The variant for that resolution. Without one, the line without a variant, if all variants are resolutions.
 * Otherwise the most expensive, because nobody knows what the variants depend on.
 */
function lineFor(factor: SideFactor, lines: readonly PriceLine[]): PriceLine {
  const ofResolution = lines.filter((line) => factorOf(line) === factor)
  const general = lines.every((line) => line.variant === undefined || factorOf(line) !== undefined)
    ? lines.filter(({ variant }) => variant === undefined)
    : []
  const candidates = [ofResolution, general, lines].find(({ length }) => length > 0) ?? lines
  return candidates.reduce((highest, line) => (line.cost_usd > highest.cost_usd ? line : highest))
}

/** Up to the next millionth of a dollar, without floating-point noise: 0.1 + 0.2 is 0.3. */
function roundUp(usd: number): number {
  return Math.ceil(Number((usd * 1e6).toFixed(6))) / 1e6
}
