import * as z from 'zod'

/** What one request parameter accepts, as OpenRouter lists it. A parameter that isn't listed is unsupported. */
export const capabilitySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enum'), values: z.array(z.string()) }),
  z.object({ type: z.literal('range'), min: z.number(), max: z.number() }),
  z.object({ type: z.literal('boolean') }),
])

const supportedParameters = z.record(z.string(), capabilitySchema)

/** One line of a price list. `variant`, such as `2k`, where the price depends on the resolution. */
export const priceLineSchema = z.object({
  billable: z.enum(['output_image', 'input_image', 'input_font', 'input_reference', 'input_text']),
  unit: z.enum(['image', 'megapixel', 'token']),
  cost_usd: z.number().min(0),
  variant: z.string().optional(),
})

/** One provider's way of serving a model: the definitive capabilities and prices. */
export const imageEndpointSchema = z.object({
  provider_name: z.string(),
  provider_slug: z.string(),
  provider_tag: z.string().nullish(),
  supported_parameters: supportedParameters,
  allowed_passthrough_parameters: z.array(z.string()),
  supports_streaming: z.boolean(),
  pricing: z.array(priceLineSchema),
})

/**
 * A catalogue entry: OpenRouter's two lists and the endpoint records of one model, put together.
 * Names are OpenRouter's, so that the snapshot reads like the wire.
 */
const imageModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Unix seconds. */
  created: z.number(),
  input_modalities: z.array(z.string()),
  output_modalities: z.array(z.string()),
  /** Union over the endpoints; what `GET /images/models` says. Empty when only the chat list has the model. */
  supported_parameters: supportedParameters,
  /** Parameters that `GET /models` lists for the chat API; absent when that list doesn't have the model. */
  chat_parameters: z.array(z.string()).optional(),
  supports_streaming: z.boolean(),
  /** Which of OpenRouter's two APIs list the model. */
  apis: z.object({ chat: z.boolean(), images: z.boolean() }),
  /** Empty when the endpoint records could not be had: prices are then unknown. */
  endpoints: z.array(imageEndpointSchema),
  /** Set on the stand-in for a model that no list at hand has: nothing is known of it, so little is refused. */
  unlisted: z.literal(true).optional(),
})

/** The catalogue as it was one day: what is used when the live list can't be had. */
export const snapshotSchema = z.object({
  /** UTC day of the live list, `YYYY-MM-DD`. */
  date: z.iso.date(),
  models: z.array(imageModelSchema),
})

export type Capability = Readonly<z.infer<typeof capabilitySchema>>
export type SupportedParameters = Readonly<z.infer<typeof supportedParameters>>
export type PriceLine = Readonly<z.infer<typeof priceLineSchema>>
export type ImageEndpoint = Readonly<z.infer<typeof imageEndpointSchema>>
export type ImageModel = Readonly<z.infer<typeof imageModelSchema>>
export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>
