import * as z from 'zod'
import type { ImageEndpoint } from '../../../shared/catalogue/model.ts'
import { PROVIDER_FIELDS } from '../../../shared/catalogue/documented.ts'
import { providersTaking } from '../../../shared/openrouter/images-request.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { canonicalText } from './canonical.ts'
import { imagePart, toSpec } from './chat-to-spec.ts'
import { type Body, isRecord, withoutNulls, withoutTransport } from './raw-body.ts'

/** What `resolution`, and `size` where it is no pixels, call the tiers that a spec names in K. */
const TIERS: ReadonlyMap<unknown, string> = new Map([
  ['512', '0.5K'],
  ['1K', '1K'],
  ['2K', '2K'],
  ['4K', '4K'],
])

/** What of an images request a spec can say; the fields that have the same name are the spec's to check. */
const imagesBody = z.strictObject({
  model: z.unknown(),
  prompt: z.unknown(),
  n: z.unknown().optional(),
  resolution: z.string().optional(),
  aspect_ratio: z.unknown().optional(),
  size: z.string().optional(),
  quality: z.unknown().optional(),
  output_format: z.unknown().optional(),
  output_compression: z.unknown().optional(),
  background: z.unknown().optional(),
  seed: z.unknown().optional(),
  input_references: z.array(imagePart).optional(),
  provider: z.record(z.string(), z.unknown()).optional(),
})

/**
 * The spec that a body of `POST /images` stands for: the way back from `buildImagesRequest`.
 *
 * @param endpoints  of the model, where `provider.options` may hold fields that a spec has itself
 * @returns `undefined` when no spec can say the same
 */
export function imagesToSpec(body: Body, endpoints: readonly ImageEndpoint[] = []): ImageSpec | undefined {
  const { data } = imagesBody.safeParse(withoutTransport(body))
  if (!data) return undefined
  const { resolution, size, input_references, provider, ...sameName } = data
  const tiers = [resolution, TIERS.has(size) ? size : undefined].filter((tier) => tier !== undefined)
  const [tier, other = tier] = tiers
  if (tier !== other || tiers.some((name) => !TIERS.has(name))) return undefined
  const { fields, rest } = lift(withoutNulls(provider ?? {}), endpoints)
  return toSpec({
    ...sameName,
    ...(tier !== undefined && { image_size: TIERS.get(tier) }),
    ...(size !== undefined && !TIERS.has(size) && { size }),
    ...(input_references && { input_images: input_references.map(({ image_url }) => image_url.url) }),
    ...fields,
    ...(provider && { provider: rest }),
    // The same image over either wire; it is generated over the one that was chosen.
    api: 'images',
  })
}

/** Takes the spec's own fields out of `options`, where all the providers that know them are given the same. */
function lift(
  { options, ...routing }: Body,
  endpoints: readonly ImageEndpoint[],
): { readonly fields: Body; readonly rest: Body } {
  if (!isRecord(options))
    return { fields: {}, rest: options === undefined ? routing : { ...routing, options } }
  const fields: Record<string, unknown> = {}
  for (const field of PROVIDER_FIELDS) {
    const holders = Object.keys(options).filter((slug) => valueAt(options, slug, field) !== undefined)
    const takers = new Set(providersTaking(field, endpoints))
    const values = holders.map((slug) => valueAt(options, slug, field))
    const isShared =
      holders.length > 0 && holders.length === takers.size && holders.every((slug) => takers.has(slug))
    if (isShared && new Set(values.map(canonicalText)).size === 1) fields[field] = values[0]
  }
  const left = Object.entries(options)
    .map(([slug, inner]) => [slug, isRecord(inner) ? without(inner, fields) : inner] as const)
    .filter(([, inner]) => !isRecord(inner) || Object.keys(inner).length > 0)
  return { fields, rest: left.length > 0 ? { ...routing, options: Object.fromEntries(left) } : routing }
}

function valueAt(options: Body, slug: string, field: string): unknown {
  const inner = options[slug]
  return isRecord(inner) && Object.hasOwn(inner, field) ? inner[field] : undefined
}

function without(record: Body, fields: Body): Body {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !Object.hasOwn(fields, key)))
}
