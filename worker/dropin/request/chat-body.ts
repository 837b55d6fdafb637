import * as z from 'zod'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { text } from '../../../shared/spec/forms.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import { parseBody, transportFields } from './parse-body.ts'
import { type Body, isRecord, withoutNulls } from './raw-body.ts'

/** More would be a chat, not the description of an image. */
const MAX_MESSAGES = 100
const MAX_MODELS = 5

const textPart = z.strictObject({ type: z.literal('text'), text })
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  // Whether it is an URL of an image is the spec's to check.
  image_url: z.strictObject({
    url: z.string(),
    detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
  }),
})

const words = z.array(textPart)
const wordsAndImages = z.array(
  z.discriminatedUnion('type', [textPart, imagePart], unknownType('text, image_url')),
)
const name = text.optional()

const anyMessage = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('user'), content: wordsAndImages, name }),
    z.strictObject({ role: z.literal('assistant'), content: wordsAndImages, name }),
    z.strictObject({ role: z.literal('system'), content: words, name }),
    z.strictObject({ role: z.literal('developer'), content: words, name }),
  ],
  unknownType('user, assistant, system, developer'),
)

/** What the spec has under the same name is the spec's to check. */
const chatBody = z.strictObject({
  model: z.unknown().optional(),
  models: z.array(z.unknown()).min(1).max(MAX_MODELS).optional(),
  messages: z.array(anyMessage).min(1).max(MAX_MESSAGES),
  modalities: z.array(z.enum(['image', 'text'])).optional(),
  image_config: z.record(z.string(), z.unknown()).optional(),
  seed: z.unknown().optional(),
  provider: z.record(z.string(), z.unknown()).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: z.int().min(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  ...transportFields,
})

export type ChatBody = Readonly<z.infer<typeof chatBody>>
export type ChatMessage = ChatBody['messages'][number]
export type ChatPart = ChatMessage['content'][number]

const NESTED = {
  messages: ['role', 'content', 'name'],
  content: ['type', 'text', 'image_url'],
  image_url: ['url', 'detail'],
}

/**
 * A body of `POST /chat/completions`, its contents as lists of parts.
 *
 * @throws {InvalidSpecError} naming every wrong field
 */
export function parseChatBody(body: Body): ChatBody {
  const chat = parseBody(chatBody, withParts(withoutNulls(body)), NESTED)
  if (chat.messages.some(({ role }) => role === 'user')) return chat
  const detail = 'messages holds no message of the user: the last one says what the image should show.'
  throw new InvalidSpecError([specIssue(['messages'], detail)])
}

/** A string is the same as one part of text. */
function withParts(body: Body): Body {
  const { messages } = body
  if (!Array.isArray(messages)) return body
  return {
    ...body,
    messages: messages.map((given: unknown) => {
      if (!isRecord(given)) return given
      const message = withoutNulls(given)
      const { content } = message
      return typeof content === 'string'
        ? { ...message, content: [{ type: 'text', text: content }] }
        : message
    }),
  }
}

function unknownType(accepted: string) {
  return { error: `accepted are ${accepted}` }
}
