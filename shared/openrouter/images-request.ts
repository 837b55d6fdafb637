import { PROVIDER_FIELDS } from '../catalogue/documented.ts'
import type { ImageEndpoint, ImageModel } from '../catalogue/model.ts'
import { UnsupportedByModelError } from '../errors.ts'
import { resolutionOf } from '../spec/pixel-sizes.ts'
import type { SpecIssue } from '../spec/spec-issue.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { fieldName, specIssue } from '../spec/spec-issue.ts'

/** Body of `POST /images`. */
export interface ImagesRequest {
  readonly model: string
  readonly prompt: string
  readonly n?: number
  readonly resolution?: string
  readonly aspect_ratio?: string
  readonly size?: string
  readonly quality?: string
  readonly output_format?: string
  readonly output_compression?: number
  readonly background?: string
  readonly seed?: number
  readonly input_references?: readonly {
    readonly type: 'image_url'
    readonly image_url: { readonly url: string }
  }[]
  readonly provider?: Readonly<Record<string, unknown>>
  readonly user?: string
  readonly session_id?: string
  readonly trace?: Readonly<Record<string, unknown>>
  readonly stream?: true
}

const SAME_NAME_FIELDS = [
  'aspect_ratio',
  'size',
  'quality',
  'background',
  'output_format',
  'output_compression',
  'seed',
  'user',
  'session_id',
  'trace',
] as const satisfies readonly (keyof ImageSpec)[]

/** The provider routing that the images API has. */
const ROUTING_FIELDS: ReadonlySet<string> = new Set([
  'order',
  'only',
  'ignore',
  'allow_fallbacks',
  'sort',
  'options',
])

/**
 * The JSON body that requests images from OpenRouter's images API. Pure: sends nothing.
 *
 * A field absent from `spec` is absent from the body. `stream` is on where the model streams, because
 * that keeps the connection alive.
 *
 * @throws {UnsupportedByModelError} when the spec holds what only the chat API has, or a provider field that
 *   isn't one of the model's pass-through parameters
 */
export function buildImagesRequest(
  spec: ImageSpec,
  model: Pick<ImageModel, 'endpoints' | 'supports_streaming' | 'supported_parameters' | 'unlisted'>,
): ImagesRequest {
  const obstacle = imagesObstacle(spec, model)
  if (obstacle) throw new UnsupportedByModelError(obstacle)
  const sameName = SAME_NAME_FIELDS.flatMap((field) =>
    spec[field] === undefined ? [] : [[field, spec[field]]],
  )
  const provider = providerPreferences(spec, model.endpoints)
  return {
    ...(Object.fromEntries(sameName) as Partial<ImagesRequest>),
    model: spec.model,
    prompt: spec.prompt,
    // Every model generates one image at 1K; only some know the fields.
    ...(spec.n !== undefined && spec.n > 1 && { n: spec.n }),
    ...(spec.image_size &&
      !(spec.image_size === '1K' && !model.supported_parameters['resolution']) && {
        resolution: resolutionOf(spec.image_size),
      }),
    ...(spec.input_images && {
      input_references: spec.input_images.map((url) => ({ type: 'image_url' as const, image_url: { url } })),
    }),
    ...(provider && { provider }),
    ...(model.supports_streaming && { stream: true as const }),
  }
}

/** Why this spec cannot go over the images API; `undefined` when it can. */
function imagesObstacle(
  spec: ImageSpec,
  model: Pick<ImageModel, 'supported_parameters' | 'unlisted'>,
): SpecIssue | undefined {
  const field = Object.keys(spec.provider ?? {}).find((key) => !ROUTING_FIELDS.has(key))
  if (field) {
    const detail = `provider.${field} exists on the chat API only, and this spec needs the images API${spec.api === 'images' ? ': set api: chat.' : '.'}`
    return specIssue(['provider', field], detail)
  }
  // The two APIs list parameters separately: a model may take a seed over chat only.
  if (spec.seed !== undefined && !model.unlisted && !model.supported_parameters['seed']) {
    const detail = `seed is ${spec.seed}, but ${spec.model} takes no seed over the images API: leave it out, or set api: chat.`
    return specIssue(['seed'], detail)
  }
  return undefined
}

function providerPreferences(
  spec: ImageSpec,
  endpoints: readonly ImageEndpoint[],
): ImagesRequest['provider'] {
  const passthrough = passthroughOptions(spec)
  const keys = Object.keys(passthrough)
  if (keys.length === 0) return spec.provider
  const options: Record<string, Record<string, unknown>> = { ...spec.provider?.options }
  for (const key of keys) {
    const slugs = providersTaking(key, endpoints)
    if (slugs.length === 0) throw notPassedOn(key, spec)
    for (const slug of slugs) options[slug] = { ...options[slug], [key]: passthrough[key] }
  }
  return { ...spec.provider, options }
}

function passthroughOptions(spec: ImageSpec): Record<string, unknown> {
  const named = PROVIDER_FIELDS.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]]))
  return { ...spec.image_config, ...Object.fromEntries(named) }
}

export function providersTaking(key: string, endpoints: readonly ImageEndpoint[]): string[] {
  return endpoints
    .filter((endpoint) => endpoint.allowed_passthrough_parameters.includes(key))
    .map((endpoint) => endpoint.provider_slug)
}

function notPassedOn(key: string, spec: ImageSpec): UnsupportedByModelError {
  const path = Object.hasOwn(spec.image_config ?? {}, key) ? ['image_config', key] : [key]
  const detail = `${fieldName(path)} is not passed on by the images API for ${spec.model}: set api: chat, or leave it out.`
  return new UnsupportedByModelError(specIssue(path, detail))
}
