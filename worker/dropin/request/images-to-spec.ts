import * as z from 'zod'
import canonicalize from 'canonicalize'
import type { ImageEndpoint } from '../../../shared/catalogue/model.ts'
import { PROVIDER_FIELDS } from '../../../shared/catalogue/documented.ts'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { providersTaking } from '../../../shared/openrouter/images-request.ts'
import { tierOf } from '../../../shared/spec/pixel-sizes.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import { toSpec } from './chat-to-spec.ts'
import { labelsOf, parseBody, transportFields } from './parse-body.ts'
import { type Body, isRecord, withoutNulls } from './raw-body.ts'

const inputReference = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string() }),
})

/** What the spec has under the same name is the spec's to check. */
const imagesBody = z.strictObject({
  model: z.unknown().optional(),
  prompt: z.unknown().optional(),
  n: z.unknown().optional(),
  resolution: z
    .string()
    .refine((value) => tierOf(value) !== undefined, 'must be a resolution such as 512 or 2K')
    .optional(),
  aspect_ratio: z.unknown().optional(),
  size: z.string().optional(),
  quality: z.unknown().optional(),
  output_format: z.unknown().optional(),
  output_compression: z.unknown().optional(),
  background: z.unknown().optional(),
  seed: z.unknown().optional(),
  input_references: z.array(inputReference).optional(),
  provider: z.record(z.string(), z.unknown()).optional(),
  ...transportFields,
})

export type ImagesBody = Readonly<z.infer<typeof imagesBody>>

const NESTED = { input_references: ['type', 'image_url'], image_url: ['url'] }

/**
 * A body of `POST /images`.
 *
 * @throws {InvalidSpecError} naming every wrong field
 */
export function parseImagesBody(body: Body): ImagesBody {
  return parseBody(imagesBody, withoutNulls(body), NESTED)
}

/**
 * The spec that a body of `POST /images` stands for: the way back from `buildImagesRequest`.
 *
 * @param endpoints  of the model, where `provider.options` may hold fields that a spec has itself
 * @throws {InvalidSpecError} as for any other spec
 */
export function imagesToSpec(images: ImagesBody, endpoints: readonly ImageEndpoint[] = []): ImageSpec {
  const { model, prompt, n, aspect_ratio, quality, output_format, output_compression, background, seed } =
    images
  const sameName = {
    model,
    prompt,
    n,
    aspect_ratio,
    quality,
    output_format,
    output_compression,
    background,
    seed,
  }
  const { resolution, size, input_references, provider } = images
  const sizeTier = size === undefined ? undefined : tierOf(size)
  const tier = resolution === undefined ? sizeTier : tierOf(resolution)
  if (sizeTier !== undefined && sizeTier !== tier) {
    const detail = `size is "${size}", but resolution is "${resolution}": leave one of them out.`
    throw new InvalidSpecError([specIssue(['size'], detail)])
  }
  const { fields, rest } = lift(withoutNulls(provider ?? {}), endpoints)
  return toSpec({
    ...Object.fromEntries(Object.entries(sameName).filter(([, value]) => value !== undefined)),
    ...(tier !== undefined && { image_size: tier }),
    ...(size !== undefined && sizeTier === undefined && { size }),
    ...(input_references && { input_images: input_references.map(({ image_url }) => image_url.url) }),
    ...fields,
    ...(provider && { provider: rest }),
    ...labelsOf(images),
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
    if (isShared && new Set(values.map((value) => canonicalize(value))).size === 1) fields[field] = values[0]
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
