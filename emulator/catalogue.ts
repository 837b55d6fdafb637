import * as z from 'zod'
import documentedModels from './models.json' with { type: 'json' }
import newerModels from './newer-models.json' with { type: 'json' }

const capability = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enum'), values: z.array(z.string()) }),
  z.strictObject({ type: z.literal('range'), min: z.number(), max: z.number() }),
  z.strictObject({ type: z.literal('boolean') }),
])

const priceLine = z.strictObject({
  billable: z.enum(['output_image', 'input_image', 'input_font', 'input_reference', 'input_text']),
  unit: z.enum(['image', 'megapixel', 'token', 'request']),
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
  /** The day after which the model may be removed. */
  expiration_date: z.iso.date().nullable().default(null),
  /** Only `POST /images` serves it, and only `GET /images/models` lists it. */
  is_images_only: z.boolean().default(false),
  /** Still listed, and nobody serves it any more. */
  is_retired: z.boolean().default(false),
  /** The one endpoint that serves it: every model has one provider. */
  provider: z.strictObject({
    provider_name: z.string(),
    provider_slug: z.string(),
    provider_tag: z.string(),
    allowed_passthrough_parameters: z.array(z.string()),
    pricing: z.array(priceLine),
  }),
})

export type Model = Readonly<z.infer<typeof modelSchema>>

/** OpenRouter's documented sixteen, in its order, then what came or went since August 2026, with invented prices. */
const models: readonly Model[] = z.array(modelSchema).parse([...documentedModels, ...newerModels])

/** Names that always mean a current model. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['~google/gemini-flash-image-latest', 'google/gemini-3.1-flash-image'],
])

/** Shortcuts that only sort the providers; every model accepts them. */
const ROUTING_VARIANTS = new Set(['nitro', 'floor'])

/** The model under `author/slug`, `author/slug:variant` or `~author/family-latest`, a retired one too. */
export function findModel(id: string): Model | undefined {
  const [slug = '', variant] = id.split(':', 2)
  if (variant !== undefined && !ROUTING_VARIANTS.has(variant)) return undefined
  const target = ALIASES.get(slug) ?? slug
  return models.find((model) => model.id === target)
}

/** `GET /images/models`. Aliases look like any other model here; only the general list names their targets. */
export function imageModelsList(): object {
  const aliases = aliasedModels().map(({ alias, target }) => ({ ...target, id: alias }))
  return { data: [...models, ...aliases].map(imageRecord) }
}

function imageRecord(model: Model): object {
  const { id, name, created, architecture, supported_parameters, supports_streaming } = model
  return {
    id,
    name,
    description: '',
    created,
    architecture,
    supported_parameters,
    supports_streaming,
    endpoints: endpointsPath(id),
  }
}

function aliasedModels(): readonly { readonly alias: string; readonly target: Model }[] {
  return [...ALIASES].flatMap(([alias, id]) => {
    const target = models.find((model) => model.id === id)
    return target === undefined ? [] : [{ alias, target }]
  })
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
  const isWanted = (model: Model): boolean =>
    wanted.has('all') || model.architecture.output_modalities.some((modality) => wanted.has(modality))
  const found = models.filter((model) => !model.is_images_only && isWanted(model)).map(generalRecord)
  const aliases = aliasedModels()
    .filter(({ target }) => isWanted(target))
    .map(({ alias, target }) => aliasRecord(alias, target))
  const data = [...found, ...aliases]
  return { data, total_count: data.length, links: { next: null } }
}

function endpointsPath(id: string): string {
  return `/api/v1/images/models/${id}/endpoints`
}

/** The general list gives prices as decimal strings per token or per image; fields it can't fill are null. */
function generalRecord(model: Model): Readonly<Record<string, unknown>> {
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
    expiration_date: model.expiration_date,
  }
}

function aliasRecord(alias: string, target: Model): object {
  return {
    ...generalRecord(target),
    id: alias,
    name: `${target.name} (latest)`,
    alias_target: { name: target.name, slug: target.id },
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
