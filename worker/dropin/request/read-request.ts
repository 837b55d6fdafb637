import type { Catalogue } from '../../../shared/catalogue/catalogue.ts'
import { InvalidSpecError, ModelNotFoundError } from '../../../shared/errors.ts'
import { type Fingerprint, fingerprint as fingerprintOf } from '../../../shared/fingerprint.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import type { SpecToGenerate } from '../../job/price-request.ts'
import { type ChatBody, parseChatBody } from './chat-body.ts'
import { chatToSpec, isOnePrompt } from './chat-to-spec.ts'
import { toConversation } from './conversation.ts'
import { imagesToSpec, parseImagesBody } from './images-to-spec.ts'
import { type Body, isRecord, withoutNulls } from './raw-body.ts'

/** An image request in OpenRouter's words, parsed. */
export interface ParsedRequest {
  readonly fingerprint: Fingerprint
  readonly model: string
  readonly what: SpecToGenerate
  /** Whether the response is wanted as server-sent events. */
  readonly stream: boolean
}

interface Reading {
  readonly catalogue: Pick<Catalogue, 'model'>
  /** Where a request names none. */
  readonly defaultModel: string
}

/**
 * A body of `POST /chat/completions`.
 *
 * @throws {InvalidSpecError} when it is invalid, or asks for no image
 */
export async function readChatRequest(value: unknown, reading: Reading): Promise<ParsedRequest> {
  const chat = parseChatBody(withModel(value, reading))
  const spec = chatToSpec(chat)
  await assertAsksForImage(chat, spec.model, reading)
  const asked = isOnePrompt(chat)
    ? { fingerprint: await fingerprintOf(spec), what: { spec } }
    : await toConversation(chat, spec)
  return { ...asked, model: spec.model, stream: chat.stream === true }
}

/**
 * A body of `POST /images`.
 *
 * @throws {InvalidSpecError} when it is invalid
 */
export async function readImagesRequest(value: unknown, reading: Reading): Promise<ParsedRequest> {
  const images = parseImagesBody(withModel(value, reading))
  const { model, provider, stream = false } = images
  const hasOptions = typeof model === 'string' && isRecord(provider?.['options'])
  const endpoints = hasOptions ? (await reading.catalogue.model(model)).model.endpoints : []
  const spec = imagesToSpec(images, endpoints)
  return { fingerprint: await fingerprintOf(spec), model: spec.model, what: { spec }, stream }
}

function withModel(value: unknown, { defaultModel }: Reading): Body {
  if (!isRecord(value)) {
    throw new InvalidSpecError([specIssue(['body'], 'The body must be a JSON object.')])
  }
  const body = withoutNulls(value)
  return body['model'] === undefined && body['models'] === undefined ? { ...body, model: defaultModel } : body
}

/** Without `modalities`, OpenRouter lets text-capable models reply with text. */
async function assertAsksForImage(
  { modalities }: ChatBody,
  model: string,
  { catalogue }: Reading,
): Promise<void> {
  if (modalities?.includes('image')) return
  const mayWrite = modalities !== undefined || (await writes(model, catalogue))
  if (!mayWrite) return
  throw new InvalidSpecError([
    specIssue(
      ['modalities'],
      'This request asks for no image, and Easel passes on nothing else: set "modalities": ["image", "text"], or ["image"] for models that only generate images, and name an image model.',
    ),
  ])
}

async function writes(model: string, catalogue: Reading['catalogue']): Promise<boolean> {
  try {
    return (await catalogue.model(model)).model.output_modalities.includes('text')
  } catch (error) {
    if (error instanceof ModelNotFoundError) return true
    throw error
  }
}
