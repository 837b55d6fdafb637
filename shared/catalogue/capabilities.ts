import { UnsupportedByModelError } from '../errors.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { specIssue } from '../spec/spec-issue.ts'
import { documentedParameters } from './documented.ts'
import type { ImageEndpoint, ImageModel } from './model.ts'
import { type Need, needsOf, type Offer, unnamedIn } from './needs.ts'
import { eligibleEndpoints, refuseEmptyRouting } from './routing.ts'

/**
 * Checks that `model` can generate `spec`: at least one provider that `spec.provider` allows must accept all fields.
 * Without endpoint records, the model's own list decides; without that, the documentation.
 *
 * @throws {UnsupportedByModelError} naming the field, its value and what is accepted, or the `provider` field that
 *   leaves no provider
 */
export function checkCapabilities(spec: ImageSpec, model: ImageModel): void {
  refuseEmptyRouting(spec, model)
  const eligible = eligibleEndpoints(spec, model)
  const offers = eligible.length > 0 ? eligible.map(offerOf) : [offerOfModel(model)]
  const needs = needsOf(spec, model)
  const who = eligible.length < model.endpoints.length ? `${model.id} at ${namesOf(eligible)}` : model.id

  for (const need of needs) {
    const refusals = offers.map((offer) => need.refusal(offer))
    if (refusals.every((refusal) => refusal !== undefined)) throw refused(need, refusals.flat(), who)
  }
  refuseCombination(needs, offers, eligible, model)
  refuseOptions(spec, eligible)
}

/** Options of other models' providers have no effect. A provider gets its own, and bills them. */
function refuseOptions({ provider }: ImageSpec, eligible: readonly ImageEndpoint[]): void {
  const options = new Map(Object.entries(provider?.options ?? {}))
  for (const { provider_slug: slug, allowed_passthrough_parameters: passthrough } of eligible) {
    const key = Object.keys(options.get(slug) ?? {}).find((name) => !passthrough.includes(name))
    if (key === undefined) continue
    const accepts = unnamedIn(passthrough)
    const what = accepts.length > 0 ? `accepts ${accepts.join(', ')}` : 'accepts no options'
    throw new UnsupportedByModelError(
      specIssue(
        ['provider', 'options', slug, key],
        `provider.options.${slug} holds ${key}, but ${slug} ${what}.`,
        accepts,
      ),
    )
  }
}

/** Each field has a provider that accepts it. If none accepts them all, the one that accepts most is named. */
function refuseCombination(
  needs: readonly Need[],
  offers: readonly Offer[],
  eligible: readonly ImageEndpoint[],
  model: ImageModel,
): void {
  const [nearest] = offers
    .map((offer, index) => ({
      offer,
      endpoint: eligible[index],
      unmet: needs.filter((need) => need.refusal(offer) !== undefined),
    }))
    .toSorted((a, b) => a.unmet.length - b.unmet.length)
  const need = nearest?.unmet[0]
  if (!need || !nearest.endpoint) return
  throw refused(
    need,
    need.refusal(nearest.offer) ?? [],
    `no provider of ${model.id} accepts all these fields together; ${nearest.endpoint.provider_name}`,
  )
}

function refused(need: Need, accepted: readonly string[], who: string): UnsupportedByModelError {
  const accepts = [...new Set(accepted)]
  const detail =
    accepts.length > 0
      ? `${need.statement}, but ${who} accepts ${accepts.join(', ')}.`
      : [`${need.statement}, but ${who} does not accept ${need.field}.`, need.advice]
          .filter(Boolean)
          .join(' ')
  return new UnsupportedByModelError(specIssue([need.field], detail, accepts))
}

function offerOf(endpoint: ImageEndpoint): Offer {
  return {
    parameters: endpoint.supported_parameters,
    passthrough: endpoint.allowed_passthrough_parameters,
  }
}

function offerOfModel(model: ImageModel): Offer {
  const isListed = model.apis.images && !model.unlisted
  return {
    parameters: isListed ? model.supported_parameters : documentedParameters(model),
    passthrough: undefined,
  }
}

function namesOf(endpoints: readonly ImageEndpoint[]): string {
  return [...new Set(endpoints.map((endpoint) => endpoint.provider_name))].join(', ')
}
