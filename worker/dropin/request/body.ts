import { InvalidSpecError } from '../../../shared/errors.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import { type Fingerprint, isFingerprint, sha256Hex } from '../../../shared/fingerprint.ts'
import { utf8Bytes } from '../../../shared/media/bytes.ts'
import type { UpstreamRequest } from '../../../shared/openrouter/request.ts'
import { isPlainJson, JSON_MAX_DEPTH } from '../../../shared/spec/plain-json.ts'
import type { BodyToGenerate } from '../../job/price-request.ts'
import { byContent, canonicalText } from './canonical.ts'
import { chatToSpec } from './chat-to-spec.ts'
import { type Body, isRecord, withoutTransport } from './raw-body.ts'

/** Says which rules a fingerprint was made by; part of what is hashed. */
const DOMAIN = 'easel-body-v1\n'

/** Fields that change what is generated, and what it costs by little; any other may cost who knows what. */
const PRICED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'modalities',
  'image_config',
  'provider',
  'seed',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
])

/**
 * A request that no spec can express (a conversation, a temperature), to be passed on as it is and kept under
 * its canonical body.
 *
 * @throws {InvalidSpecError} when the body can't be hashed, or names no model
 */
export async function bodyToGenerate(
  path: UpstreamRequest['path'],
  given: Body,
): Promise<BodyToGenerate & { readonly fingerprint: Fingerprint }> {
  if (!isPlainJson(given)) {
    const detail = `The body must be JSON of at most ${JSON_MAX_DEPTH} levels, in well-formed Unicode.`
    throw new InvalidSpecError([specIssue(['body'], detail)])
  }
  const body = withoutTransport(given)
  const canonical = await byContent(sortModalities(body))
  const hex = await sha256Hex(utf8Bytes(`${DOMAIN}${path}\n${canonicalText(canonical)}`))
  if (!isFingerprint(hex)) throw new TypeError('SHA-256 is 64 hex digits')
  return {
    fingerprint: hex,
    body: {
      request: { path, body },
      models: modelsOf(body),
      prompt: wordsOf(body).join('\n'),
      priceLike: path === '/chat/completions' ? priceLike(body) : undefined,
      described: { request: { path, body: canonical } },
    },
  }
}

function sortModalities(body: Body): Body {
  const { modalities } = body
  return Array.isArray(modalities) ? { ...body, modalities: modalities.map(String).toSorted() } : body
}

function modelsOf({ model, models }: Body): [string, ...string[]] {
  const [first, ...others] = [model, ...(Array.isArray(models) ? models : [])].filter(
    (name) => typeof name === 'string',
  )
  if (first !== undefined) return [first, ...others]
  throw new InvalidSpecError([specIssue(['model'], 'model must be the name of an image model.')])
}

/** The spec with all the words and images of a conversation in it: what it costs, more or less. */
function priceLike(body: Body) {
  if (Object.keys(body).some((field) => !PRICED_FIELDS.has(field))) return undefined
  const { model, image_config, provider } = body
  const content = [{ type: 'text', text: wordsOf(body).join('\n') }, ...partsOf(body).filter(isImage)]
  return chatToSpec({ model, image_config, provider, messages: [{ role: 'user', content }] })
}

function wordsOf(body: Body): string[] {
  if (typeof body['prompt'] === 'string') return [body['prompt']]
  return partsOf(body).flatMap((part) =>
    typeof part === 'string'
      ? [part]
      : isRecord(part) && typeof part['text'] === 'string'
        ? [part['text']]
        : [],
  )
}

function partsOf({ messages }: Body): unknown[] {
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message: unknown) => {
    const content = isRecord(message) ? message['content'] : undefined
    return Array.isArray(content) ? (content as unknown[]) : [content]
  })
}

function isImage(part: unknown): boolean {
  return isRecord(part) && part['type'] === 'image_url'
}
