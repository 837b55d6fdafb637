import canonicalize from 'canonicalize'
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import { EaselError } from '../../../shared/errors.ts'
import { canonicalSpec, type Fingerprint, isFingerprint, sha256Hex } from '../../../shared/fingerprint.ts'
import { utf8Bytes } from '../../../shared/media/bytes.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { estimateCost } from '../../../shared/prices/estimate.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import type { BodyToGenerate } from '../../job/price-request.ts'
import type { ChatBody, ChatMessage } from './chat-body.ts'
import { chatToSpec } from './chat-to-spec.ts'
import { type Body, withoutNulls } from './raw-body.ts'

/** Names the rules of a conversation's fingerprint. Part of what is hashed. */
const DOMAIN = 'easel-conversation-v1\n'
const PATH = '/chat/completions'

/** A chat request that no spec can express: several messages, a temperature, fallback models. */
export interface Conversation {
  readonly fingerprint: Fingerprint
  readonly what: BodyToGenerate
  /** One spec for each model that it names, with all its words and images: what it needs, and what it costs. */
  readonly specs: readonly [ImageSpec, ...ImageSpec[]]
}

/** @throws {InvalidSpecError} when an image can't be decoded, or a spec of its fields would be invalid */
export async function toConversation(chat: ChatBody): Promise<Conversation> {
  const [model, ...others] = new Set(
    chat.model === undefined ? chat.models : [chat.model, ...(chat.models ?? [])],
  )
  const specs = [chatToSpec(chat, model), ...others.map((other) => chatToSpec(chat, other))] as const
  const [spec] = specs
  const body = requestBody(chat)
  const canonical = requestBody(await byContent(chat, spec))
  const hex = await sha256Hex(utf8Bytes(DOMAIN + canonicalize(canonical)))
  if (!isFingerprint(hex)) throw new TypeError('SHA-256 is 64 hex digits')
  const models = [spec.model, ...specs.slice(1).map((one) => one.model)] as const
  return {
    fingerprint: hex,
    specs,
    what: {
      body: {
        request: { path: PATH, body },
        models,
        prompt: spec.prompt,
        priceLike: spec,
        described: { request: { path: PATH, body: canonical }, prompt: spec.prompt },
      },
    },
  }
}

/**
 * Checks what a conversation needs from each of its models, and what each of them costs at most.
 *
 * @throws {EaselError} `unsupported_by_model`, `model_not_found`, `budget_exhausted`
 */
export async function checkConversation(
  { specs }: Conversation,
  catalogue: Pick<Catalogue, 'model'>,
  maxCostUsd: number,
): Promise<void> {
  for (const spec of specs) {
    const { model } = await catalogue.model(spec.model)
    checkCapabilities(spec, model)
    buildRequest({ ...spec, api: 'chat' }, model)
    const { usd = 0 } = estimateCost(spec, model)
    if (usd <= maxCostUsd) continue
    throw new EaselError(
      'budget_exhausted',
      `${spec.model} would cost about $${usd.toFixed(2)} for this generation; the limit is $${maxCostUsd.toFixed(2)} (EASEL_MAX_COST_USD). Choose a smaller size or another model.`,
    )
  }
}

/** Every field that decides the image, in one spelling. */
function requestBody({ messages, modalities, image_config, provider, ...chat }: ChatBody): Body {
  const { model, models, seed, temperature, top_p, max_tokens, max_completion_tokens } = chat
  const fields = { model, models, seed, temperature, top_p, max_tokens, max_completion_tokens }
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    messages: messages.map(withShortContent),
    ...(modalities && { modalities: Array.from(new Set(modalities)).toSorted() }),
    ...(image_config && { image_config: withoutNulls(image_config) }),
    ...(provider && { provider: withoutNulls(provider) }),
  }
}

/** One part of text is the same as a string. */
function withShortContent(message: ChatMessage): Body {
  const [part, ...others] = message.content
  return part?.type === 'text' && others.length === 0 ? { ...message, content: part.text } : message
}

/** The same with images by their content, as in a spec's fingerprint. */
async function byContent(chat: ChatBody, spec: ImageSpec): Promise<ChatBody> {
  const { input_images, super_resolution_references } = await canonicalSpec(spec)
  const urls = (Array.isArray(input_images) ? input_images : []).values()
  return {
    ...chat,
    messages: chat.messages.map((message) => withUrls(message, urls)),
    ...(super_resolution_references !== undefined && {
      image_config: { ...chat.image_config, super_resolution_references },
    }),
  }
}

function withUrls(message: ChatMessage, urls: Iterator<unknown>): ChatMessage {
  if (message.role === 'system' || message.role === 'developer') return message
  const content = message.content.map((part) =>
    part.type === 'text'
      ? part
      : { ...part, image_url: { ...part.image_url, url: String(urls.next().value) } },
  )
  return { ...message, content }
}
