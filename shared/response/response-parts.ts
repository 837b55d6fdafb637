import type * as z from 'zod'
import { type Base64Decoder, type BlockDecoder, createBase64Decoder } from './base64.ts'
import { type ByteCursor, type Parse, skipByteOrderMark } from './cursor.ts'
import { type ImageBytes, type ImageStringEnd, readImageString } from './image-string.ts'
import { type JsonValue, type ReadImage, readJson } from './json.ts'
import { readString } from './json-string.ts'
import { PREVIEW_MAX_CHARACTERS, type PreviewSink } from './previews.ts'
import { RESPONSE_SHAPE, responseBody } from './response-shape.ts'
import { ResponseSyntaxError } from './response-syntax-error.ts'
import { readEvents } from './sse.ts'
import { errorInBody } from './upstream-error.ts'

/** What the provider counted. */
export interface Usage {
  /** USD, as billed, including what the account's own provider key was charged. */
  readonly costUsd?: number | undefined
  readonly promptTokens?: number | undefined
  readonly completionTokens?: number | undefined
}

/** What is known of a generation beside its images. */
export interface Description {
  readonly generationId?: string | undefined
  readonly model?: string | undefined
  readonly usage?: Usage | undefined
}

/** One piece of a response, its images decoded but not looked at. */
export type ResponsePart =
  | { readonly type: 'text'; readonly text: string }
  | ImageBytes
  /** How the bytes since the last of these ended; without a problem, a preview is discarded. */
  | Exclude<ImageStringEnd, { readonly type: 'discard' }>
  | { readonly type: 'discard'; readonly problem?: string }
  | { readonly type: 'description'; readonly description: Description }
  /** The model says that it is done. */
  | { readonly type: 'finished' }
  /** The stream says that it is complete. */
  | { readonly type: 'end-of-stream' }

const PREVIEW = 'image_generation.partial_image'

export interface ParseOptions {
  readonly isStream: boolean
  readonly decodeBlock?: BlockDecoder | undefined
  readonly previews?: PreviewSink | undefined
}

/**
 * The parts of a response, from its bytes.
 *
 * @throws {ResponseSyntaxError} when it isn't what its format promises
 * @throws {UpstreamError} when it says that the generation failed or was refused
 */
export function* parseResponse(
  cursor: ByteCursor,
  { isStream, decodeBlock, previews }: ParseOptions,
): Parse<void, ResponsePart> {
  const decoder = createBase64Decoder(decodeBlock)
  const { readImage, onValue } = createPartReader(decoder, previews)
  if (isStream) {
    const isComplete = yield* readEvents(cursor, RESPONSE_SHAPE, { readImage, onEvent: onValue })
    if (isComplete) yield { type: 'end-of-stream' }
  } else {
    yield* skipByteOrderMark(cursor)
    const value = yield* readJson(cursor, RESPONSE_SHAPE, { readImage })
    if (value !== undefined) yield* onValue(value)
  }
  // Only here: where reading ends early, somebody may still hold its last bytes.
  decoder.release()
}

function createPartReader(decoder: Base64Decoder, previews: PreviewSink | undefined) {
  /** An image that was read before the `type` that tells whether it is a preview. */
  let undecided: ImageStringEnd | undefined
  let imagesInValue = 0

  function* decide(isPreview: boolean): Parse<void, ResponsePart> {
    if (undecided) yield isPreview ? { type: 'discard' } : undecided
    if (undecided && !isPreview) imagesInValue++
    undecided = undefined
  }

  const readImage: ReadImage<ResponsePart> = function* (cursor, shape, siblings) {
    yield* decide(false)
    const canBePreview = shape === 'image-or-preview'
    if (canBePreview && siblings['type'] === PREVIEW) {
      yield* readPreview(cursor, previews)
      return true
    }
    undecided = yield* readImageString(cursor, decoder)
    if (!canBePreview || siblings['type'] !== undefined) yield* decide(false)
    return true
  }

  function* onValue(value: JsonValue): Parse<void, ResponsePart> {
    const parsed = responseBody.safeParse(value).data
    yield* decide(parsed?.type === PREVIEW)
    const hasImages = imagesInValue > 0
    imagesInValue = 0
    if (parsed) yield* partsOf(parsed, hasImages)
  }

  return { readImage, onValue }
}

/** Reads past a preview, which goes to whoever wants it. A broken one must not cost the image that follows. */
function* readPreview(cursor: ByteCursor, previews: PreviewSink | undefined): Parse<void> {
  const isWanted = previews?.isWanted() ?? false
  try {
    const base64 = yield* readString(cursor, isWanted ? PREVIEW_MAX_CHARACTERS : 0)
    if (isWanted && base64 !== undefined) previews?.take(base64)
  } catch (error) {
    if (!(error instanceof ResponseSyntaxError)) throw error
  }
}

/** What one JSON document, or one event, says beside its images. */
function* partsOf(body: z.output<typeof responseBody>, hasImages: boolean): Parse<void, ResponsePart> {
  const { id, model, choices, text, usage, error } = body
  yield {
    type: 'description',
    description: {
      ...(id && { generationId: id }),
      ...(model && { model }),
      ...(usage && { usage: usageOf(usage) }),
    },
  }
  if (error) throw errorInBody(error)
  for (const choice of choices ?? []) {
    if (choice.error) throw errorInBody(choice.error)
    const { content, refusal } = { ...choice.message, ...choice.delta }
    if (choice.finish_reason === 'error') throw errorInBody({})
    if (refusal) throw errorInBody({ code: 400, message: refusal, metadata: { error_type: 'refusal' } })
    if (choice.finish_reason === 'content_filter' && !hasImages) {
      const metadata = { error_type: 'content_policy_violation' }
      throw errorInBody({ code: 400, message: content ?? '', metadata })
    }
    if (content) yield { type: 'text', text: content }
    if (choice.finish_reason) yield { type: 'finished' }
  }
  if (text) yield { type: 'text', text }
  // The images API has no finish reason: of several images, the last event brings the bill.
  if (!choices && hasImages && usage) yield { type: 'finished' }
}

function usageOf({
  cost,
  is_byok,
  cost_details,
  prompt_tokens,
  completion_tokens,
}: NonNullable<z.output<typeof responseBody>['usage']>): Usage {
  // Filled in for other accounts too, whose `cost` includes it.
  const providerCost = is_byok === true ? (cost_details?.upstream_inference_cost ?? undefined) : undefined
  return {
    costUsd: providerCost === undefined ? (cost ?? undefined) : (cost ?? 0) + providerCost,
    promptTokens: prompt_tokens ?? undefined,
    completionTokens: completion_tokens ?? undefined,
  }
}
