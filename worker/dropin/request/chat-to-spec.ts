import * as z from 'zod'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { IMAGE_CONFIG_FIELDS } from '../../../shared/openrouter/chat-request.ts'
import { parseSpecInput, resolveSpec } from '../../../shared/spec/parse.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { type Body, withoutNulls, withoutTransport } from './raw-body.ts'

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() })
export const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string() }),
})
/** Text first: images before or between the words may mean another thing. */
const parts = z.tuple([textPart], imagePart)

/** What of a chat request a spec can say. `modalities` is transport: whether words come with the image. */
const chatBody = z.strictObject({
  model: z.string(),
  messages: z.tuple([z.strictObject({ role: z.literal('user'), content: z.union([z.string(), parts]) })]),
  modalities: z.array(z.enum(['image', 'text'])).optional(),
  image_config: z.record(z.string(), z.unknown()).optional(),
  seed: z.unknown().optional(),
  provider: z.record(z.string(), z.unknown()).optional(),
})

const NAMED_FIELDS: ReadonlySet<string> = new Set(IMAGE_CONFIG_FIELDS)

/**
 * The spec that a body of `POST /chat/completions` stands for: the way back from `buildChatRequest`.
 *
 * @returns `undefined` when no spec can say the same: a conversation, a temperature, a value that is new to Easel
 */
export function chatToSpec(body: Body): ImageSpec | undefined {
  const { data } = chatBody.safeParse(withoutTransport(body))
  if (!data) return undefined
  const { content } = data.messages[0]
  const [prompt, ...images] =
    typeof content === 'string'
      ? [content]
      : content.map((part) => (part.type === 'text' ? part.text : part.image_url.url))
  const config = Object.entries(data.image_config ?? {})
  const unnamed = config.filter(([field]) => !NAMED_FIELDS.has(field))
  return toSpec({
    ...Object.fromEntries(config.filter(([field]) => NAMED_FIELDS.has(field))),
    model: data.model,
    prompt,
    ...(images.length > 0 && { input_images: images }),
    ...(unnamed.length > 0 && { image_config: Object.fromEntries(unnamed) }),
    ...(data.seed !== undefined && { seed: data.seed }),
    ...(data.provider && { provider: withoutNulls(data.provider) }),
  })
}

/** A spec of these fields, if they make one. */
export function toSpec(fields: Body): ImageSpec | undefined {
  try {
    return resolveSpec(parseSpecInput(fields))
  } catch (error) {
    if (error instanceof InvalidSpecError) return undefined
    throw error
  }
}
