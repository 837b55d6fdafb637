import * as z from 'zod'
import { ApiError } from '../errors.ts'
import type { Model } from '../catalogue.ts'
import type { ParsedRequest, Tier } from '../parsed-request.ts'
import type { Size } from '../sizes.ts'
import { matchesRatio, sizeOf, tierOf } from '../sizes.ts'
import {
  QUALITIES,
  fontInputs,
  imagePart,
  imageProvider,
  parse,
  parseBody,
  references,
  rgb,
} from './parts.ts'
import {
  defaultFormat,
  requireAlpha,
  requireModel,
  requirePassthrough,
  requirePrompt,
  requireProvider,
  requireQuality,
  requireSupport,
} from './support.ts'

/** Which of them, the model says. */
const ASPECT_RATIOS =
  '1:1 1:2 1:4 1:8 2:1 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 9:19.5 19.5:9 9:20 20:9 9:21 21:9 2.35:1 5:2 auto'.split(
    ' ',
  )
const TIERS = ['512', '1K', '1.5K', '2K', '4K'] as const

/** `ImageGenerationRequest` of the OpenAPI document. */
const body = z.strictObject({
  model: z.string(),
  prompt: z.string(),
  n: z.int().min(1).max(10).optional(),
  resolution: z.enum(TIERS).optional(),
  aspect_ratio: z.enum(ASPECT_RATIOS).optional(),
  size: z.string().optional(),
  quality: z.enum(QUALITIES).optional(),
  output_format: z.enum(['png', 'jpeg', 'webp', 'gif', 'svg']).optional(),
  output_compression: z.int().min(0).max(100).optional(),
  background: z.enum(['auto', 'transparent', 'opaque']).optional(),
  seed: z.int().optional(),
  input_references: z.array(imagePart).max(16).optional(),
  provider: imageProvider.optional(),
  stream: z.boolean().optional(),
  user: z.string().optional(),
  session_id: z.string().max(256).optional(),
  trace: z.record(z.string(), z.unknown()).optional(),
})

type Request = z.infer<typeof body>

/** What may stand under `provider.options.<slug>`; which of it, the endpoint says. */
const passthrough = z.looseObject({
  font_inputs: fontInputs.optional(),
  super_resolution_references: references.optional(),
  rgb_colors: z.array(rgb).optional(),
  background_rgb_color: rgb.optional(),
  style: z.string().optional(),
})

/** Sides of an explicit size, in pixels. */
const MIN_SIDE = 64
const MAX_SIDE = 8192

/**
 * Reads a body of `POST /images`.
 *
 * @throws {ApiError} 400, 404 as OpenRouter documents them
 */
export function readImagesRequest(text: string): ParsedRequest {
  const request = parseBody(body, text)
  const model = requireModel(request.model)
  requireProvider(model, request.provider)
  requirePrompt(request.prompt)
  requireCapabilities(model, request)
  const { tier, ...size } = readSize(model, request)
  const format = request.output_format ?? defaultFormat(model)
  const transparent = request.background === 'transparent'
  requireAlpha(transparent, format)
  const inputs = (request.input_references ?? []).map((part) => part.image_url.url)
  const { font_inputs, super_resolution_references, rgb_colors, background_rgb_color, style, ...extras } =
    readPassthrough(model, request)

  return {
    api: 'image',
    model,
    prompt: request.prompt,
    ...size,
    tier,
    count: request.n ?? 1,
    seed: request.seed,
    format,
    compression: request.output_compression,
    quality: request.quality ?? 'auto',
    transparent,
    inputs,
    fonts: font_inputs ?? [],
    references: inputs.length === 0 ? [] : (super_resolution_references ?? []),
    colours: rgb_colors ?? [],
    backgroundColour: background_rgb_color,
    style,
    extras,
    wantsImage: true,
    wantsText: false,
    stream: request.stream ?? false,
  }
}

/** `quality` and `output_compression` are ignored by providers without such a knob; the rest is refused. */
function requireCapabilities(model: Model, request: Request): void {
  for (const field of ['n', 'aspect_ratio', 'background', 'output_format', 'seed'] as const) {
    const value = request[field]
    if (value !== undefined) requireSupport(model, field, value)
  }
  requireQuality(model, request.quality, 'quality')
  if (request.input_references !== undefined) {
    requireSupport(model, 'input_references', request.input_references.length)
  }
}

/** A tier combines with the ratio; pixels are authoritative, and what contradicts them is refused. */
function readSize(model: Model, request: Request): Size & { tier: Tier } {
  const { size, resolution, aspect_ratio } = request
  const named = size === undefined ? resolution : TIERS.find((tier) => tier === size)
  if (size === undefined || named !== undefined) {
    if (named !== undefined)
      requireSupport(model, 'resolution', named, size === undefined ? 'resolution' : 'size')
    if (size !== undefined && resolution !== undefined && resolution !== size)
      throw mismatch('resolution', size)
    const tier = named ?? '1K'
    return { ...sizeOf(aspect_ratio ?? '1:1', tier), tier }
  }
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(size)?.map(Number) ?? []
  if (
    width === undefined ||
    height === undefined ||
    [width, height].some((side) => side < MIN_SIDE || side > MAX_SIDE)
  ) {
    throw new ApiError(400, { message: `size: ${size} is neither a tier nor pixels such as 2048x2048` })
  }
  const pixels = { width, height }
  const tier = tierOf(pixels)
  if (aspect_ratio !== undefined && !matchesRatio(pixels, aspect_ratio)) throw mismatch('aspect_ratio', size)
  if (resolution !== undefined && resolution !== tier) throw mismatch('resolution', size)
  return { ...pixels, tier }
}

function mismatch(field: string, size: string): ApiError {
  return new ApiError(400, { message: `${field} conflicts with size ${size}` })
}

/** Options for other providers are not for us to judge: the request may be routed to them elsewhere. */
function readPassthrough(model: Model, request: Request): z.infer<typeof passthrough> {
  const slug = model.provider.provider_slug
  const path = `provider.options.${slug}`
  const options = parse(passthrough, request.provider?.options?.[slug] ?? {}, path)
  for (const key of Object.keys(options)) requirePassthrough(model, key, `${path}.${key}`)
  return options
}
