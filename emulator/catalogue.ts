import * as z from 'zod'
import data from './models.json' with { type: 'json' }

const capability = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enum'), values: z.array(z.string()) }),
  z.strictObject({ type: z.literal('range'), min: z.number(), max: z.number() }),
  z.strictObject({ type: z.literal('boolean') }),
])

const priceLine = z.strictObject({
  billable: z.enum(['output_image', 'input_image', 'input_font', 'input_reference', 'input_text']),
  unit: z.enum(['image', 'megapixel', 'token']),
  cost_usd: z.number(),
  variant: z.string().optional(),
})

const modelSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Unix seconds. */
  created: z.number(),
  architecture: z.strictObject({
    input_modalities: z.array(z.enum(['text', 'image'])),
    output_modalities: z.array(z.enum(['text', 'image'])),
  }),
  supported_parameters: z.record(z.string(), capability),
  supports_streaming: z.boolean(),
  /** The one endpoint that serves it: sixteen models, one provider each. */
  provider: z.strictObject({
    provider_name: z.string(),
    provider_slug: z.string(),
    provider_tag: z.string(),
    allowed_passthrough_parameters: z.array(z.string()),
    pricing: z.array(priceLine),
  }),
})

export type Model = Readonly<z.infer<typeof modelSchema>>
export type Capability = Readonly<z.infer<typeof capability>>

/** The sixteen models, in the order of OpenRouter's list. */
export const models: readonly Model[] = z.array(modelSchema).parse(data)

/** Shortcuts that only sort the providers; every model accepts them. */
const ROUTING_VARIANTS = new Set(['nitro', 'floor'])

/** The model under `author/slug` or `author/slug:variant`. */
export function findModel(id: string): Model | undefined {
  const [slug, variant] = id.split(':', 2)
  if (variant !== undefined && !ROUTING_VARIANTS.has(variant)) return undefined
  return models.find((model) => model.id === slug)
}

/** `GET /images/models`. */
export function imageModelsList(): object {
  return {
    data: models.map(({ provider: _provider, ...model }) => ({
      ...model,
      description: '',
      endpoints: endpointsPath(model.id),
    })),
  }
}

/** `GET /images/models/{author}/{slug}/endpoints`. */
export function imageModelEndpoints(model: Model): object {
  const { supported_parameters, supports_streaming } = model
  return { id: model.id, endpoints: [{ ...model.provider, supported_parameters, supports_streaming }] }
}

/**
 * `GET /models`, the general list.
 *
 * @param outputModalities  comma-separated, or `all`; OpenRouter's default is `text`, so image-only models
 *                          are missing without it
 */
export function modelsList(outputModalities = 'text'): object {
  const wanted = new Set(outputModalities.split(',').map((modality) => modality.trim()))
  const found = models.filter(
    (model) =>
      wanted.has('all') || model.architecture.output_modalities.some((modality) => wanted.has(modality)),
  )
  return { data: found.map(generalRecord), total_count: found.length, links: { next: null } }
}

function endpointsPath(id: string): string {
  return `/api/v1/images/models/${id}/endpoints`
}

/** The general list gives prices as decimal strings per token or per image; fields it can't fill are null. */
function generalRecord(model: Model): object {
  const { input_modalities, output_modalities } = model.architecture
  return {
    id: model.id,
    canonical_slug: model.id,
    name: model.name,
    description: '',
    created: model.created,
    context_length: 32_768,
    architecture: {
      modality: `${input_modalities.join('+')}->${output_modalities.join('+')}`,
      input_modalities,
      output_modalities,
      tokenizer: model.id.startsWith('google/') ? 'Gemini' : model.id.startsWith('openai/') ? 'GPT' : 'Other',
      instruct_type: null,
    },
    pricing: {
      prompt: price(model, 'input_text'),
      completion: '0',
      image_output: price(model, 'output_image'),
    },
    top_provider: { context_length: 32_768, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: takesSeed(model) ? ['seed'] : [],
    default_parameters: null,
    supported_voices: null,
    links: { details: `/api/v1/models/${model.id}/endpoints` },
  }
}

/** Models that also write are language models, whose sampling a seed steers, whatever the images API lists. */
function takesSeed(model: Model): boolean {
  return 'seed' in model.supported_parameters || model.architecture.output_modalities.includes('text')
}

/** Decimal, never `3e-7`. */
function price(model: Model, billable: string): string {
  const line = model.provider.pricing.find((entry) => entry.billable === billable)
  return line === undefined ? '0' : line.cost_usd.toFixed(12).replace(/0+$/, '').replace(/\.$/, '')
}
