import { InvalidSpecError } from '../../../shared/errors.ts'
import { IMAGE_CONFIG_FIELDS } from '../../../shared/openrouter/chat-request.ts'
import { parseSpecInput, resolveSpec } from '../../../shared/spec/parse.ts'
import { type ImageSpec, SPEC_FIELDS } from '../../../shared/spec/schema.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import type { ChatBody, ChatPart } from './chat-body.ts'
import { labelsOf } from './parse-body.ts'
import { type Body, withoutNulls } from './raw-body.ts'

const NAMED_FIELDS: ReadonlySet<string> = new Set(IMAGE_CONFIG_FIELDS)

/**
 * The spec with everything that a chat request says about the image: its words, one message a line, and its images in
 * order. If {@link isOnePrompt}, it is the way back from `buildChatRequest`; else it has the limits and the price of
 * the conversation.
 *
 * @throws {InvalidSpecError} as for any other spec
 */
export function chatToSpec(chat: ChatBody): ImageSpec {
  const parts = chat.messages.flatMap(({ content }): readonly ChatPart[] => content)
  const images = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []))
  const config = Object.entries(withoutNulls(chat.image_config ?? {}))
  assertChatFields(config.map(([field]) => field))
  const unnamed = config.filter(([field]) => !NAMED_FIELDS.has(field))
  return toSpec({
    ...Object.fromEntries(config.filter(([field]) => NAMED_FIELDS.has(field))),
    ...modelsOf(chat),
    prompt: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    ...(images.length > 0 && { input_images: images }),
    ...(unnamed.length > 0 && { image_config: Object.fromEntries(unnamed) }),
    ...(chat.seed !== undefined && { seed: chat.seed }),
    ...(chat.provider && { provider: withoutNulls(chat.provider) }),
    ...labelsOf(chat),
  })
}

/** `models` are the fallbacks of `model`, where that is set. */
function modelsOf({ model, models = [] }: ChatBody): Body {
  const [first, ...others] = new Set(model === undefined ? models : [model, ...models])
  return others.length > 0 ? { models: [first, ...others] } : { model: first }
}

/**
 * Whether a spec can say all of it: one message of text, then images, and nothing else that decides the image. Images
 * before or between the words may mean another thing. `modalities` is transport: whether words come with the image.
 */
export function isOnePrompt(chat: ChatBody): boolean {
  const [message, ...others] = chat.messages
  if (!message || others.length > 0 || message.name !== undefined) return false
  const [first, ...rest] = message.content
  const { temperature, top_p, max_tokens, max_completion_tokens } = chat
  return (
    first?.type === 'text' &&
    rest.every((part) => part.type === 'image_url' && part.image_url.detail === undefined) &&
    [temperature, top_p, max_tokens, max_completion_tokens].every((value) => value === undefined)
  )
}

/** @throws {InvalidSpecError} as for a spec of Easel's own API, and in the same words */
export function toSpec(fields: Body): ImageSpec {
  return resolveSpec(parseSpecInput(fields))
}

/** The chat API has no `size`, and takes prompt, model, seed and provider beside `image_config`. */
function assertChatFields(fields: readonly string[]): void {
  const field = fields.find((name) => SPEC_FIELDS.has(name) && !NAMED_FIELDS.has(name))
  if (field === undefined) return
  const advice =
    field === 'size'
      ? 'use aspect_ratio and image_size, or POST /images'
      : `${field} is no part of image_config`
  throw new InvalidSpecError([
    specIssue(['image_config', field], `image_config.${field} is not accepted by the chat API: ${advice}.`),
  ])
}
