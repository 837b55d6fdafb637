import * as z from 'zod'

/** What a request parameter accepts, in OpenRouter's terms. A parameter that is not listed is not supported. */
export const capabilitySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enum'), values: z.array(z.string()) }),
  z.object({ type: z.literal('range'), min: z.number(), max: z.number() }),
  z.object({ type: z.literal('boolean') }),
])

const supportedParameters = z.record(z.string(), capabilitySchema)

/** One line of a price list. `variant` is set where the price depends on the resolution: `2k`. */
export const priceLineSchema = z.object({
  billable: z.enum(['output_image', 'input_image', 'input_font', 'input_reference', 'input_text']),
  unit: z.enum(['image', 'megapixel', 'token', 'request']),
  cost_usd: z.number().min(0),
  variant: z.string().optional(),
})

/** One provider of a model, with the capabilities and prices that count. */
export const imageEndpointSchema = z.object({
  provider_name: z.string(),
  provider_slug: z.string(),
  provider_tag: z.string().nullish(),
  supported_parameters: supportedParameters,
  allowed_passthrough_parameters: z.array(z.string()),
  supports_streaming: z.boolean(),
  /** Empty when the price is unknown. */
  pricing: z.array(priceLineSchema),
})

/**
 * A catalogue entry: OpenRouter's two lists and the endpoint records of one model, merged. The names are OpenRouter's,
 * so that the snapshot reads like its responses.
 */
const imageModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Unix seconds. */
  created: z.number(),
  input_modalities: z.array(z.string()),
  output_modalities: z.array(z.string()),
  /** Union over the endpoints, from `GET /images/models`. Empty when only the chat list has the model. */
  supported_parameters: supportedParameters,
  /** Parameters of the chat API, from `GET /models`. Absent when that list does not have the model. */
  chat_parameters: z.array(z.string()).optional(),
  supports_streaming: z.boolean(),
  /** Which of OpenRouter's two APIs have the model. */
  apis: z.object({ chat: z.boolean(), images: z.boolean() }),
  /** Empty when the endpoint records could not be read. Prices are unknown then. */
  endpoints: z.array(imageEndpointSchema),
  /** What an alias such as `~author/family-latest` means at the moment; absent for a model. */
  alias_target: z.object({ name: z.string(), slug: z.string() }).optional(),
  /** `YYYY-MM-DD`: the day after which OpenRouter may remove the model. */
  expiration_date: z.iso.date().optional(),
  /** Set for a model that no available list has. Nothing is known about it, so hardly anything is refused. */
  unlisted: z.literal(true).optional(),
})

/** The catalogue of one day, for use when the live lists cannot be read. */
export const snapshotSchema = z.object({
  /** UTC day of the live list, `YYYY-MM-DD`. */
  date: z.iso.date(),
  models: z.array(imageModelSchema),
  /** Models that their makers retired, by id, with what to use instead where that is known. Survives a new snapshot. */
  retirements: z
    .record(z.string(), z.object({ date: z.iso.date(), successor: z.string().exactOptional() }))
    .optional(),
})

export type Capability = Readonly<z.infer<typeof capabilitySchema>>
export type SupportedParameters = Readonly<z.infer<typeof supportedParameters>>
export type PriceLine = Readonly<z.infer<typeof priceLineSchema>>
export type ImageEndpoint = Readonly<z.infer<typeof imageEndpointSchema>>
export type ImageModel = Readonly<z.infer<typeof imageModelSchema>>
export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>
