import type { Catalogue } from '../../../shared/catalogue/catalogue.ts'
import { InvalidSpecError, ModelNotFoundError } from '../../../shared/errors.ts'
import { specIssue } from '../../../shared/spec/spec-issue.ts'
import { type Fingerprint, fingerprint as fingerprintOf } from '../../../shared/fingerprint.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import type { BodyToGenerate, SpecToGenerate } from '../../job/price-request.ts'
import { bodyToGenerate } from './body.ts'
import { chatToSpec } from './chat-to-spec.ts'
import { imagesToSpec } from './images-to-spec.ts'
import { type Body, isRecord, withoutNulls } from './raw-body.ts'

/** An image request in OpenRouter's words, parsed. */
export interface ParsedRequest {
  readonly fingerprint: Fingerprint
  readonly model: string
  readonly what: SpecToGenerate | BodyToGenerate
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
 * @throws {InvalidSpecError} when it is none, or asks for no image
 */
export async function readChatRequest(value: unknown, reading: Reading): Promise<ParsedRequest> {
  const body = withModel(value, reading)
  await assertAsksForImage(body, reading)
  return parsedRequest('/chat/completions', body, chatToSpec(body))
}

/**
 * A body of `POST /images`.
 *
 * @throws {InvalidSpecError} when it is none
 */
export async function readImagesRequest(value: unknown, reading: Reading): Promise<ParsedRequest> {
  const body = withModel(value, reading)
  const { model, provider } = body
  const hasOptions = isRecord(provider) && isRecord(provider['options'])
  const endpoints = hasOptions ? (await reading.catalogue.model(String(model))).model.endpoints : []
  return parsedRequest('/images', body, imagesToSpec(body, endpoints))
}

async function parsedRequest(
  path: '/chat/completions' | '/images',
  body: Body,
  spec: ImageSpec | undefined,
): Promise<ParsedRequest> {
  const stream = body['stream'] === true
  if (spec) {
    return { fingerprint: await fingerprintOf(spec), model: spec.model, what: { spec }, stream }
  }
  const { fingerprint, ...what } = await bodyToGenerate(path, body)
  return { fingerprint, model: what.body.models[0], what, stream }
}

function withModel(value: unknown, { defaultModel }: Reading): Body {
  if (!isRecord(value)) {
    throw new InvalidSpecError([specIssue(['body'], 'The body must be a JSON object.')])
  }
  const body = withoutNulls(value)
  return body['model'] === undefined && body['models'] === undefined ? { ...body, model: defaultModel } : body
}

/** Without `modalities`, OpenRouter has a model write where it can. */
async function assertAsksForImage({ modalities, model }: Body, { catalogue }: Reading): Promise<void> {
  if (Array.isArray(modalities) && modalities.includes('image')) return
  const mayWrite = modalities === undefined ? await writes(String(model), catalogue) : true
  if (!mayWrite) return
  throw new InvalidSpecError([
    specIssue(
      ['modalities'],
      'This request asks for no image, and Easel passes on nothing else: set "modalities": ["image", "text"], or ["image"] for models that only generate, and name an image model.',
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
