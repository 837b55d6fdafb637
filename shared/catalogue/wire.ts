import * as z from 'zod'
import {
  type Capability,
  capabilitySchema,
  type ImageEndpoint,
  type ImageModel,
  imageEndpointSchema,
  priceLineSchema,
} from './model.ts'

/**
 * Merges the two lists into one of every image model, sorted by id. Endpoint records are not in the lists, so
 * `endpoints` is empty. Unreadable entries are skipped.
 *
 * @param imagesList  body of `GET /images/models`
 * @param chatList    body of `GET /models?output_modalities=image`
 * @throws {z.ZodError} when a body is not a list
 * @see docs/openrouter.md#finding-models
 */
export function readModels(imagesList: unknown, chatList: unknown): ImageModel[] {
  const chatModels = new Map(
    chatListSchema
      .parse(chatList)
      // A server that ignores the filter lists text models, too.
      .data.filter(({ architecture }) => architecture.output_modalities.includes('image'))
      .map((item) => [item.id, item]),
  )
  const models = new Map<string, ImageModel>()
  for (const { architecture, ...item } of imagesListSchema.parse(imagesList).data) {
    const chat = chatModels.get(item.id)
    models.set(item.id, {
      ...item,
      ...architecture,
      ...(chat && onlyInChatList(chat)),
      apis: { chat: chat !== undefined, images: true },
      endpoints: [],
    })
  }
  for (const item of chatModels.values()) {
    if (models.has(item.id)) continue
    const { id, name, created, architecture } = item
    models.set(id, {
      id,
      name,
      created,
      ...architecture,
      supported_parameters: {},
      ...onlyInChatList(item),
      supports_streaming: false,
      apis: { chat: true, images: false },
      endpoints: [],
    })
  }
  return [...models.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * Reads the endpoint records of one model. Unreadable records and parameters are skipped. A price list with an
 * unreadable line is empty: without that line, the price would be too low.
 *
 * @param body  of `GET /images/models/{author}/{slug}/endpoints`
 * @throws {z.ZodError} when the body has no list of endpoints
 */
export function readEndpoints(body: unknown): ImageEndpoint[] {
  return endpointsSchema.parse(body).endpoints
}

/** An unknown kind of capability still means that the parameter is accepted. */
const liveCapability = capabilitySchema.catch((): Capability => ({ type: 'boolean' }))

const liveParameters = z.record(z.string(), liveCapability)

const architecture = z.object({
  input_modalities: z.array(z.string()),
  output_modalities: z.array(z.string()),
})

const listItem = z.object({
  id: z.string().regex(/^[^/]+\/[^/]+$/),
  name: z.string(),
  created: z.number(),
  architecture,
})

const imagesListSchema = z.object({
  data: readable(
    listItem.extend({ supported_parameters: liveParameters, supports_streaming: z.boolean().catch(false) }),
  ),
})

const chatItem = listItem.extend({
  supported_parameters: z.array(z.string()).optional(),
  expiration_date: z.iso.date().nullish().catch(null),
  alias_target: z.object({ name: z.string(), slug: z.string() }).nullish().catch(null),
})

const chatListSchema = z.object({ data: readable(chatItem) })

/** What `GET /images/models` does not say. */
function onlyInChatList({
  supported_parameters,
  expiration_date,
  alias_target,
}: z.output<typeof chatItem>): Pick<ImageModel, 'chat_parameters' | 'expiration_date' | 'alias_target'> {
  return {
    ...(supported_parameters && { chat_parameters: supported_parameters.toSorted() }),
    ...(expiration_date && { expiration_date }),
    ...(alias_target && { alias_target }),
  }
}

const endpointsSchema = z.object({
  endpoints: readable(
    imageEndpointSchema.extend({
      supported_parameters: liveParameters,
      allowed_passthrough_parameters: z.array(z.string()).catch([]),
      supports_streaming: z.boolean().catch(false),
      pricing: z.array(priceLineSchema).catch([]),
    }),
  ),
})

/** A list without its unreadable items: one new kind of line must not make the whole list unusable. */
function readable<T extends z.ZodType>(item: T) {
  return z.array(z.unknown()).transform((values): z.output<T>[] =>
    values.flatMap((value) => {
      const result = item.safeParse(value)
      return result.success ? [result.data] : []
    }),
  )
}
