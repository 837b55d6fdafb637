import canonicalize from 'canonicalize'
import { canonicalSpec, type Fingerprint, isFingerprint, sha256Hex } from '../../../shared/fingerprint.ts'
import { utf8Bytes } from '../../../shared/media/bytes.ts'
import type { UpstreamRequest } from '../../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import type { SpecToGenerate } from '../../job/price-request.ts'
import type { ChatBody, ChatMessage } from './chat-body.ts'
import { labelsOf } from './parse-body.ts'
import { type Body, withoutNulls } from './raw-body.ts'

/** Names the rules of a conversation's fingerprint. Part of what is hashed. */
const DOMAIN = 'easel-conversation-v1\n'
const PATH = '/chat/completions'

/** A chat request that says more than its spec: several messages, a temperature. */
export interface Conversation {
  readonly fingerprint: Fingerprint
  readonly what: SpecToGenerate
}

/** @throws {InvalidSpecError} when an image can't be decoded */
export async function toConversation(chat: ChatBody, spec: ImageSpec): Promise<Conversation> {
  const canonical = await canonicalBody(chat, spec)
  const hex = await sha256Hex(utf8Bytes(DOMAIN + canonicalize(canonical)))
  if (!isFingerprint(hex)) throw new TypeError('SHA-256 is 64 hex digits')
  const request: UpstreamRequest = { path: PATH, body: { ...withoutModels(chat), ...labelsOf(chat) } }
  const described = { request: { path: PATH, body: canonical }, prompt: spec.prompt }
  return { fingerprint: hex, what: { spec, conversation: { request, described } } }
}

/** Every field that decides the image, in one spelling, with images by their content. */
async function canonicalBody(chat: ChatBody, spec: ImageSpec): Promise<Body> {
  const { model, models, input_images, super_resolution_references } = await canonicalSpec(spec)
  const urls = (Array.isArray(input_images) ? input_images : []).values()
  return {
    ...withoutModels({
      ...chat,
      messages: chat.messages.map((message) => withUrls(message, urls)),
      ...(super_resolution_references !== undefined && {
        image_config: { ...chat.image_config, super_resolution_references },
      }),
    }),
    ...(models === undefined ? { model } : { models }),
  }
}

function withoutModels({ messages, modalities, image_config, provider, ...chat }: ChatBody): Body {
  const { seed, temperature, top_p, max_tokens, max_completion_tokens } = chat
  const fields = { seed, temperature, top_p, max_tokens, max_completion_tokens }
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

function withUrls(message: ChatMessage, urls: Iterator<unknown>): ChatMessage {
  if (message.role === 'system' || message.role === 'developer') return message
  const content = message.content.map((part) =>
    part.type === 'text'
      ? part
      : { ...part, image_url: { ...part.image_url, url: String(urls.next().value) } },
  )
  return { ...message, content }
}
