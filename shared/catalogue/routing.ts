import { UnsupportedByModelError } from '../errors.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { quote, specIssue } from '../spec/spec-issue.ts'
import type { ImageEndpoint, ImageModel } from './model.ts'

/**
 * The endpoints that OpenRouter may choose from: all that `provider` does not exclude. `order` excludes others only
 * with `allow_fallbacks: false`. Empty without endpoint records, and when `provider` excludes every endpoint, which
 * {@link refuseEmptyRouting} turns into an error.
 */
export function eligibleEndpoints(spec: ImageSpec, model: ImageModel): readonly ImageEndpoint[] {
  return narrowingsOf(spec).reduce<readonly ImageEndpoint[]>(
    (endpoints, { allows }) => endpoints.filter(allows),
    model.endpoints,
  )
}

/**
 * @throws {UnsupportedByModelError} when `provider` excludes all of the model's endpoints, naming the field that
 *   excluded the last of them and the providers to choose from
 */
export function refuseEmptyRouting(spec: ImageSpec, model: ImageModel): void {
  let endpoints: readonly ImageEndpoint[] = model.endpoints
  for (const { field, names, allows } of narrowingsOf(spec)) {
    const allowed = endpoints.filter(allows)
    if (allowed.length === 0 && endpoints.length > 0) {
      const slugs = [...new Set(endpoints.map(tagOf))]
      const detail = `provider.${field} is ${quote(names)}, but ${model.id} is served by ${slugs.join(', ')}.`
      throw new UnsupportedByModelError(
        specIssue(['provider', field], detail, field === 'ignore' ? [] : slugs),
      )
    }
    endpoints = allowed
  }
}

interface Narrowing {
  readonly field: 'only' | 'ignore' | 'order'
  readonly names: readonly string[]
  readonly allows: (endpoint: ImageEndpoint) => boolean
}

/** An empty list means the same as no list. */
function narrowingsOf({ provider }: ImageSpec): Narrowing[] {
  const { only = [], ignore = [], order = [], allow_fallbacks } = provider ?? {}
  const narrowings: Narrowing[] = [
    { field: 'only', names: only, allows: (endpoint) => isNamed(endpoint, only) },
    { field: 'ignore', names: ignore, allows: (endpoint) => !isNamed(endpoint, ignore) },
  ]
  if (allow_fallbacks === false) {
    narrowings.push({
      field: 'order',
      names: order,
      allows: (endpoint) => isNamed(endpoint, order),
    })
  }
  return narrowings.filter(({ names }) => names.length > 0)
}

/** By slug, tag or display name; a bare slug names all its tags (`deepinfra` also `deepinfra/turbo`). */
function isNamed(endpoint: ImageEndpoint, names: readonly string[]): boolean {
  const own = [endpoint.provider_slug, tagOf(endpoint), endpoint.provider_name].map((name) =>
    name.toLowerCase(),
  )
  return names
    .map((name) => name.toLowerCase())
    .some((name) => own.some((value) => value === name || value.startsWith(`${name}/`)))
}

function tagOf(endpoint: ImageEndpoint): string {
  return endpoint.provider_tag ?? endpoint.provider_slug
}
