import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { assertModelCan } from '../../shared/catalogue/models-that-can.ts'
import { EaselError } from '../../shared/errors.ts'
import { canonicalSpec, type Fingerprint } from '../../shared/fingerprint.ts'
import { formatUsd } from '../../shared/format.ts'
import { buildRequest, type UpstreamRequest } from '../../shared/openrouter/request.ts'
import { type CostEstimate, estimateCost, estimateFallback } from '../../shared/prices/estimate.ts'
import { candidateSpecs, type SingleModelSpec } from '../../shared/spec/candidates.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { Caller } from '../access/access.ts'
import type { Described } from '../gallery/manifest.ts'
import type { Settings } from '../settings.ts'
import { candidateOf, conversationCandidate, findAllowed } from './candidates.ts'
import type { JobRequest } from './types.ts'

/** What routes want generated, and who asks. */
export type GenerateRequest = SpecToGenerate & {
  readonly fingerprint: Fingerprint
  readonly caller: Caller
  /** Generate although the image is cached, and replace it. */
  readonly refresh: boolean
  /** Milliseconds since the epoch: when the route saw that the image isn't cached. */
  readonly lookedAt: number
}

export interface SpecToGenerate {
  readonly spec: ImageSpec
  /** The same image as the model is asked for it, where fields differ that don't change the image. */
  readonly sent?: ImageSpec | undefined
  /** Where the spec doesn't say all: it has the needs and the price, this is what is sent and stored. */
  readonly conversation?: { readonly request: UpstreamRequest; readonly described: Described } | undefined
}

export interface PricingPorts {
  readonly catalogue: Catalogue
  readonly settings: Pick<Settings, 'allowedModels' | 'maxCostUsd'>
}

/** Everything that is checked before money is spent. An unknown price counts as the limit of a generation. */
export async function priceRequest(
  { spec, sent = spec, conversation, ...asked }: GenerateRequest,
  ports: PricingPorts,
): Promise<JobRequest> {
  const { maxCostUsd } = ports.settings
  const { candidates, estimate } = await priceSpec(sent, conversation, ports)
  const { usd: estimateUsd = maxCostUsd, maxUsd: reserveUsd = maxCostUsd } = estimate
  const { fingerprint, caller, refresh, lookedAt } = asked
  return {
    fingerprint,
    candidates,
    described: conversation?.described ?? { spec: await canonicalSpec(spec) },
    model: spec.model,
    prompt: spec.prompt,
    estimateUsd,
    reserveUsd,
    caller,
    refresh,
    lookedAt,
  }
}

/**
 * What a spec would cost, after the checks that precede a generation; the ledger isn't asked.
 *
 * @throws {EaselError} as {@link priceRequest}
 */
export async function estimateSpec(
  spec: ImageSpec,
  ports: PricingPorts,
): Promise<CostEstimate & { readonly warnings: readonly string[] }> {
  const { estimate, warnings } = await priceSpec(spec, undefined, ports)
  return { ...estimate, warnings }
}

/** The requests for each of a spec's models, and what they cost. */
async function priceSpec(
  spec: ImageSpec,
  conversation: SpecToGenerate['conversation'],
  { catalogue, settings: { allowedModels, maxCostUsd } }: PricingPorts,
) {
  const [first, ...others] = candidateSpecs(spec)
  const preferred = await priceOne(first)
  const fallbacks = await Promise.all(others.map(priceOne))
  const estimate = estimateFallback([preferred.price, ...fallbacks.map(({ price }) => price)])
  const { maxUsd = maxCostUsd } = estimate
  if (maxUsd > maxCostUsd) throw exceedsMaxCost(maxUsd, maxCostUsd)
  return {
    candidates: [preferred.candidate, ...fallbacks.map(({ candidate }) => candidate)] as const,
    estimate,
    warnings: [preferred, ...fallbacks].flatMap(({ warnings }) => warnings),
  }

  async function priceOne(one: SingleModelSpec) {
    const entry = await findAllowed(one.model, catalogue, allowedModels)
    await assertModelCan(one, entry.model, catalogue)
    // A conversation has the limits of the chat API, too.
    const request = buildRequest(conversation ? { ...one, api: 'chat' } : one, entry.model)
    const candidate = conversation
      ? conversationCandidate(one.model, entry, conversation.request)
      : candidateOf(one.model, entry, request)
    return { candidate, price: estimateCost(one, entry.model), warnings: entry.warnings }
  }
}

function exceedsMaxCost(usd: number, maxCostUsd: number): EaselError {
  return new EaselError(
    'budget_exhausted',
    `This generation can cost ${formatUsd(usd)}; the limit is ${formatUsd(maxCostUsd)} (EASEL_MAX_COST_USD). Choose a smaller size or another model.`,
  )
}
