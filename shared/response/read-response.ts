import { UpstreamError } from '../errors.ts'
import type { BlockDecoder } from './base64.ts'
import { ConnectionCutError, runParse } from './cursor.ts'
import { createImageEvents, type FetchLinked } from './image-events.ts'
import { billingUnknown, invalidImages, noImage, QUOTED_TEXT_MAX_CHARACTERS } from './outcome-errors.ts'
import type { ResponseEvent, ResponseSummary } from './response-events.ts'
import type { PreviewSink } from './previews.ts'
import { BODY_MAX_BYTES, ResponseLimitError } from './response-limits.ts'
import { type Description, parseResponse, type ResponsePart } from './response-parts.ts'
import { ResponseSyntaxError } from './response-syntax-error.ts'

export type { ResponseEvent, ResponseSummary }

export interface ReadResponseOptions {
  readonly fetchLinked: FetchLinked
  /** How images are decoded; the platform’s way where absent. */
  readonly decodeBlock?: BlockDecoder | undefined
  /** Where previews go; they are skipped where absent. */
  readonly previews?: PreviewSink | undefined
  /** The caller's. Once it is aborted, reading throws its reason instead of calling the connection cut, unless there is a whole image. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a response of OpenRouter's with status 200, from either of its APIs, as JSON or as server-sent events.
 * Images are decoded and passed on while they arrive; nothing of an image's size is ever held.
 *
 * What goes wrong once there is a whole image ends up in `problems`: that image is paid for, and must not be lost.
 *
 * @throws {UpstreamError} when the response ends without a whole image: `billing_unknown` when it was cut or
 *   garbled, `no_image` or `upstream_invalid` when it was complete, else the error that it reports
 */
export async function* readResponse(
  response: Response,
  { fetchLinked, decodeBlock, previews, signal }: ReadResponseOptions,
): AsyncGenerator<ResponseEvent, void, undefined> {
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '')
  const images = createImageEvents(fetchLinked)
  const seen = new Set<ResponsePart['type']>()
  const problems: string[] = []
  const description: Description = {}
  let words = ''
  let failure: Failure | undefined

  try {
    const parts = runParse(
      response,
      (cursor) => parseResponse(cursor, { isStream, decodeBlock, previews }),
      BODY_MAX_BYTES,
    )
    for await (const part of parts) {
      seen.add(part.type)
      if (part.type === 'description') Object.assign(description, part.description)
      else if (part.type === 'text') {
        if (words.length <= QUOTED_TEXT_MAX_CHARACTERS) words += part.text
        yield part
      } else if (part.type !== 'finished' && part.type !== 'end-of-stream') {
        for await (const event of images.eventsOf(part)) {
          if (event.type === 'discard' && event.problem !== undefined) problems.push(event.problem)
          yield event
        }
      }
    }
  } catch (error) {
    if (images.whole() === 0) signal?.throwIfAborted()
    failure = failureOf(error)
  }

  const generationId = response.headers.get('X-Generation-Id') ?? description.generationId
  if (isStream && !failure && !seen.has('end-of-stream')) {
    if (images.whole() > 0) problems.push('The stream ended without [DONE].')
    else if (!seen.has('finished')) failure = unreadable('the stream ended too early')
  }
  if (failure) problems.push(failure.problem)
  if (images.isOpen()) yield { type: 'discard', problem: failure?.problem ?? 'The image ended too early.' }
  if (images.whole() > 0) {
    yield { type: 'done', ...description, ...(generationId !== undefined && { generationId }), problems }
    return
  }
  const billing = { generationId, billedUsd: description.usage?.costUsd }
  if (failure) throw failure.error.with({ generationId })
  throw images.broken() > 0 ? invalidImages(problems, billing) : noImage(words, billing)
}

/** Why reading ended early: as an error, and as a problem beside whole images. */
interface Failure {
  readonly error: UpstreamError
  readonly problem: string
}

/** @throws the error itself when it is a bug in Easel */
function failureOf(error: unknown): Failure {
  if (error instanceof UpstreamError) return { error, problem: `OpenRouter reported: ${error.message}` }
  if (error instanceof ResponseSyntaxError || error instanceof ResponseLimitError) {
    return unreadable(error.message, error)
  }
  if (error instanceof ConnectionCutError) return unreadable(error.message, error.cause)
  throw error
}

function unreadable(what: string, cause?: unknown): Failure {
  return {
    error: billingUnknown(`OpenRouter’s response can’t be read: ${what}`, { cause }),
    problem: `The rest of the response can’t be read: ${what}.`,
  }
}
