import * as z from 'zod'
import { ApiError } from '../errors.ts'
import type { Model } from '../catalogue.ts'
import type { ParsedRequest, Tier } from '../parsed-request.ts'
import { sizeOf } from '../sizes.ts'
import { QUALITIES, chatProvider, fontInputs, imagePart, parse, parseBody, references, rgb } from './parts.ts'
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

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() })
const content = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))])
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content, name: z.string().optional() }),
  z.strictObject({ role: z.literal('system'), content, name: z.string().optional() }),
  z.strictObject({ role: z.literal('developer'), content, name: z.string().optional() }),
  z.strictObject({ role: z.literal('assistant'), content: content.nullish(), name: z.string().optional() }),
])

/** `ChatRequest` of the OpenAPI document, without what has no place in a request for images. */
const body = z.strictObject({
  model: z.string().optional(),
  models: z.array(z.string()).optional(),
  messages: z.array(message).min(1),
  modalities: z.array(z.enum(['text', 'image', 'audio'])).optional(),
  image_config: z.record(z.string(), z.unknown()).optional(),
  provider: chatProvider.optional(),
  seed: z.int().nullish(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).optional(),
  reasoning: z.record(z.string(), z.unknown()).optional(),
  session_id: z.string().max(256).optional(),
  user: z.string().optional(),
  trace: z.record(z.string(), z.unknown()).optional(),
})

/** The fields that OpenRouter's page documents; what else a model takes stands in its passthrough list. */
const imageConfig = z.looseObject({
  aspect_ratio: z.string().optional(),
  image_size: z.enum(['0.5K', '1K', '1.5K', '2K', '4K']).optional(),
  quality: z.enum(QUALITIES).optional(),
  background: z.enum(['auto', 'transparent', 'opaque']).optional(),
  output_format: z.enum(['png', 'jpeg', 'webp', 'gif', 'svg']).optional(),
  output_compression: z.int().min(0).max(100).optional(),
  moderation: z.enum(['auto', 'low']).optional(),
  n: z.int().min(1).max(10).optional(),
  font_inputs: fontInputs.optional(),
  super_resolution_references: references.optional(),
  strength: z.number().min(0).max(1).optional(),
  rgb_colors: z.array(rgb).optional(),
  background_rgb_color: rgb.optional(),
  style: z.string().optional(),
  text_layout: z
    .array(
      z.strictObject({
        text: z.string(),
        bbox: z.array(z.array(z.number().min(0).max(1)).length(2)).length(4),
      }),
    )
    .optional(),
})

type ImageConfig = z.infer<typeof imageConfig>

/** What each field needs from the model. Fields in no list are refused by every model. */
const CAPABILITY_FIELDS = ['aspect_ratio', 'background', 'output_format'] as const
const IGNORED_WITHOUT_A_KNOB = new Set(['quality', 'output_compression'])
const HANDLED = new Set<string>([
  ...CAPABILITY_FIELDS,
  ...IGNORED_WITHOUT_A_KNOB,
  'image_size',
  'moderation',
  'n',
])

/**
 * Reads a body of `POST /chat/completions`.
 *
 * @throws {ApiError} 400, 404 as OpenRouter documents them
 */
export function readChatRequest(text: string): ParsedRequest {
  const request = parseBody(body, text)
  const model = requireModel(request.model ?? request.models?.[0])
  requireProvider(model, request.provider)
  // A model that can write does so unless images are asked for; one that can't has no choice.
  const canWrite = model.architecture.output_modalities.includes('text')
  const modalities = request.modalities ?? (canWrite ? ['text'] : ['image'])
  requireModalities(model, modalities)

  const { prompt, inputs } = readMessages(request.messages)
  requirePrompt(prompt)
  if (inputs.length > 0) requireSupport(model, 'input_references', inputs.length, 'input images')

  const config = parse(imageConfig, request.image_config ?? {}, 'image_config')
  requireConfig(model, config)
  const format = config.output_format ?? defaultFormat(model)
  const transparent = config.background === 'transparent'
  requireAlpha(transparent, format)
  const tier: Tier = config.image_size === '0.5K' ? '512' : (config.image_size ?? '1K')

  const known = imageConfig.keyof().options
  return {
    api: 'completions',
    model,
    prompt,
    ...sizeOf(config.aspect_ratio ?? '1:1', tier),
    tier,
    count: config.n ?? 1,
    seed: request.seed ?? undefined,
    format,
    compression: config.output_compression,
    quality: config.quality ?? 'auto',
    transparent,
    inputs,
    fonts: config.font_inputs ?? [],
    references: inputs.length === 0 ? [] : (config.super_resolution_references ?? []),
    colours: config.rgb_colors ?? [],
    backgroundColour: config.background_rgb_color,
    style: config.style,
    extras: {
      strength: config.strength,
      text_layout: config.text_layout,
      ...Object.fromEntries(Object.entries(config).filter(([key]) => !known.some((name) => name === key))),
    },
    wantsImage: modalities.includes('image'),
    wantsText: modalities.includes('text'),
    stream: request.stream ?? false,
  }
}

/** @throws {ApiError} 404, such as for text from an image-only model, or any chat with a model of the images API only */
function requireModalities(model: Model, modalities: readonly string[]): void {
  const possible: readonly string[] = model.architecture.output_modalities
  const isServed = !model.is_images_only && modalities.length > 0
  if (isServed && modalities.every((modality) => possible.includes(modality))) return
  throw new ApiError(404, {
    message: `No endpoints found that support the requested output modalities: ${modalities.join(', ')}`,
  })
}

function readMessages(messages: z.infer<typeof body>['messages']): {
  prompt: string
  inputs: readonly string[]
} {
  const parts = messages.flatMap(({ content: value }) =>
    typeof value === 'string' ? [{ type: 'text' as const, text: value }] : (value ?? []),
  )
  if (!messages.some(({ role }) => role === 'user')) {
    throw new ApiError(400, { message: 'messages: one message must have the role "user"' })
  }
  return {
    prompt: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    inputs: parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : [])),
  }
}

function requireConfig(model: Model, config: ImageConfig): void {
  for (const field of CAPABILITY_FIELDS) {
    const value = config[field]
    if (value !== undefined) requireSupport(model, field, value, `image_config.${field}`)
  }
  const { image_size, n } = config
  requireQuality(model, config.quality, 'image_config.quality')
  if (
    image_size !== undefined &&
    !(image_size === '1K' && model.supported_parameters['resolution'] === undefined)
  ) {
    const resolution = image_size === '0.5K' ? '512' : image_size
    requireSupport(model, 'resolution', resolution, 'image_config.image_size')
  }
  // Chat counts only for xAI; the others take `n` on the images API.
  if (n !== undefined && n > 1 && !model.id.startsWith('x-ai/')) {
    throw new ApiError(400, { message: `image_config.n: ${n} is not supported by ${model.id}. Supported: 1` })
  }
  if (config.moderation !== undefined && !model.id.startsWith('openai/')) {
    throw new ApiError(400, { message: `image_config.moderation is not supported by ${model.id}` })
  }
  for (const key of Object.keys(config)) {
    if (!HANDLED.has(key)) requirePassthrough(model, key, `image_config.${key}`)
  }
}
