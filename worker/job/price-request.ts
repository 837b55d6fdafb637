import type { Catalogue, CatalogueEntry } from '../../shared/catalogue/catalogue.ts'
import { assertModelCan } from '../../shared/catalogue/models-that-can.ts'
import { EaselError } from '../../shared/errors.ts'
import { canonicalSpec, type Fingerprint } from '../../shared/fingerprint.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import { buildRequest, type UpstreamRequest } from '../../shared/openrouter/request.ts'
import { estimateCost, estimateFallback } from '../../shared/prices/estimate.ts'
import { candidateSpecs, type SingleModelSpec } from '../../shared/spec/candidates.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { Caller } from '../access/access.ts'
import type { Described } from '../gallery/manifest.ts'
import type { Settings } from '../settings.ts'
import { bodyCandidate, candidateOf, findAllowed } from './candidates.ts'
import type { JobRequest } from './types.ts'

/** What routes want generated, and who asks. */
export type GenerateRequest = (SpecToGenerate | BodyToGenerate) & {
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
}

/** What no spec can express: passed on unchanged. */
export interface BodyToGenerate {
  readonly body: {
    readonly request: UpstreamRequest
    /** The models that it names; the first is the one asked for. */
    readonly models: readonly [string, ...string[]]
    /** Its words, for the log. */
    readonly prompt: string
    /** A spec that costs as much; absent when the price can't be told. */
    readonly priceLike?: ImageSpec | undefined
    readonly described: Described
  }
}

export interface PricingPorts {
  readonly catalogue: Catalogue
  readonly settings: Pick<Settings, 'allowedModels' | 'maxCostUsd'>
}

/** Everything that is checked before money is spent. An unknown price counts as the limit of a generation. */
export async function priceRequest(
  request: GenerateRequest,
  { catalogue, settings }: PricingPorts,
): Promise<JobRequest> {
  const { fingerprint, caller, refresh, lookedAt } = request
  const { maxCostUsd } = settings
  const { estimate, ...what } = 'spec' in request ? await priceSpec(request) : await priceBody(request)
  const { usd: estimateUsd = maxCostUsd, maxUsd: reserveUsd = maxCostUsd } = estimate ?? {}
  if (reserveUsd > maxCostUsd) throw exceedsMaxCost(reserveUsd, maxCostUsd)
  return { ...what, fingerprint, caller, refresh, lookedAt, estimateUsd, reserveUsd }

  async function priceSpec({ spec, sent = spec }: SpecToGenerate) {
    const [first, ...others] = candidateSpecs(sent)
    const preferred = await priceOne(first)
    const fallbacks = await Promise.all(others.map(priceOne))
    return {
      candidates: [preferred.candidate, ...fallbacks.map(({ candidate }) => candidate)] as const,
      described: { spec: await canonicalSpec(spec) },
      model: spec.model,
      prompt: spec.prompt,
      estimate: estimateFallback([preferred.price, ...fallbacks.map(({ price }) => price)]),
    }
  }

  async function priceOne(spec: SingleModelSpec) {
    const entry = await allowedModel(spec.model)
    await assertModelCan(spec, entry.model, catalogue)
    const candidate = candidateOf(spec.model, entry, buildRequest(spec, entry.model))
    return { candidate, price: estimateCost(spec, entry.model) }
  }

  async function priceBody({ body }: BodyToGenerate) {
    const { request: upstream, models, prompt, priceLike, described } = body
    const [first, ...others] = models
    const entry = await allowedModel(first)
    const candidates: Candidates = [
      bodyCandidate(first, entry, upstream),
      ...(await Promise.all(
        others
          .filter((model) => model !== first)
          .map(async (model) => bodyCandidate(model, await allowedModel(model), upstream)),
      )),
    ]
    return {
      candidates,
      described,
      model: first,
      prompt,
      estimate: priceLike && candidates.length === 1 ? estimateCost(priceLike, entry.model) : undefined,
    }
  }

  function allowedModel(id: string): Promise<CatalogueEntry> {
    return findAllowed(id, catalogue, settings.allowedModels)
  }
}

function exceedsMaxCost(usd: number, maxCostUsd: number): EaselError {
  return new EaselError(
    'budget_exhausted',
    `This generation can cost $${usd.toFixed(2)}; the limit is $${maxCostUsd.toFixed(2)} (EASEL_MAX_COST_USD). Choose a smaller size or another model.`,
  )
}
