import { UpstreamError } from '../errors.ts'
import { identifyImage, type DecodedImage } from '../media/image.ts'
import {
  type AnswerPart,
  type AnswerSummary,
  type Usage,
  answerParts,
  ANSWER_SHAPE,
} from './response-parts.ts'
import { Base64Error, type BlockDecoder } from './base64.ts'
import { type ByteCursor, ConnectionCutError, type Parse, runParse, skipByteOrderMark } from './cursor.ts'
import type { EmbeddedImage } from './image-string.ts'
import { readJson } from './json.ts'
import { readEvents } from './sse.ts'
import { AnswerSyntaxError } from './syntax-error.ts'

/** What an answer says, in the order in which it says it. `done` comes last, and only after an `image`. */
export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  /** A preview; `index` counts the previews, not the images. */
  | { readonly type: 'partial'; readonly index: number; readonly image: DecodedImage }
  /** A finished image; `index` counts from 0. */
  | { readonly type: 'image'; readonly index: number; readonly image: DecodedImage }
  | ({ readonly type: 'done' } & AnswerSummary)

export type { AnswerSummary, Usage }

export interface ReadAnswerOptions {
  /** Gets an image that the answer only links to. @throws {UpstreamError} when it can't be had */
  readonly fetchLinked: (url: string) => Promise<readonly Uint8Array<ArrayBuffer>[]>
  /** How images are decoded; the platform’s way where absent. */
  readonly decodeBlock?: BlockDecoder | undefined
}

/** Enough of the model's words to see why it did not generate. */
const QUOTED_TEXT_MAX_CHARACTERS = 300

/**
 * Reads what OpenRouter answered with status 200, from either of its APIs, as JSON or as server-sent events.
 * Images are decoded while they stream in; beside the bytes of an image nothing of its size is held.
 *
 * @throws {UpstreamError} `no_image` when no image came, `upstream_invalid` when the answer is broken or
 *   breaks off, and what an error inside the answer stands for
 */
export async function* readAnswer(
  response: Response,
  { fetchLinked, decodeBlock }: ReadAnswerOptions,
): AsyncGenerator<AnswerEvent, void, undefined> {
  if (!response.body) throw broken('it is empty')
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '')
  const words: string[] = []
  const summary = { generationId: response.headers.get('X-Generation-Id') ?? undefined }
  let images = 0
  let finished = !isStream
  const parse = isStream ? parseStream : parseDocument

  try {
    for await (const part of runParse(response.body, (cursor) => parse(cursor, decodeBlock))) {
      switch (part.type) {
        case 'summary':
          Object.assign(summary, part.summary)
          break
        case 'finished':
          finished = true
          break
        case 'text':
          words.push(part.text)
          yield part
          break
        case 'partial': {
          // A preview that can't be shown is no reason to lose the image.
          const image = part.image.kind === 'bytes' ? identifyImage(part.image.segments) : undefined
          if (image) yield { type: 'partial', index: part.index, image }
          break
        }
        case 'image':
          yield { type: 'image', index: images++, image: await toImage(part.image, fetchLinked) }
      }
    }
  } catch (error) {
    throw asUpstreamError(error)
  }
  if (!finished) throw broken('it breaks off')
  if (images === 0) throw noImage(words.join(''))
  yield { type: 'done', ...summary }
}

function* parseDocument(cursor: ByteCursor, decodeBlock?: BlockDecoder): Parse<void, AnswerPart> {
  yield* skipByteOrderMark(cursor)
  const value = yield* readJson(cursor, ANSWER_SHAPE, { decodeBlock })
  yield* answerParts(value)
}

function* parseStream(cursor: ByteCursor, decodeBlock?: BlockDecoder): Parse<void, AnswerPart> {
  const events = readEvents(cursor, ANSWER_SHAPE, decodeBlock)
  let event = events.next()
  for (; !event.done; event = events.next()) {
    if (event.value === undefined) yield undefined
    else yield* answerParts(event.value)
  }
  if (event.value) yield { type: 'finished' }
}

async function toImage(
  embedded: EmbeddedImage,
  fetchLinked: ReadAnswerOptions['fetchLinked'],
): Promise<DecodedImage> {
  const segments = embedded.kind === 'link' ? await fetchLinked(embedded.url) : embedded.segments
  const image = identifyImage(segments)
  if (!image) throw broken('its bytes are not a PNG, JPEG, WebP, GIF, AVIF or SVG image')
  return image
}

function noImage(words: string): UpstreamError {
  const text = words.trim().replaceAll(/\s+/g, ' ')
  const quoted =
    text.length > QUOTED_TEXT_MAX_CHARACTERS ? `${text.slice(0, QUOTED_TEXT_MAX_CHARACTERS)}…` : text
  const reason = quoted ? `It said: “${quoted}”` : 'It said nothing.'
  return new UpstreamError(
    'no_image',
    `The model answered without an image. ${reason} Try other words, or another model.`,
  )
}

/** What goes wrong while reading: the answer's fault, or the connection's. */
function asUpstreamError(error: unknown): unknown {
  if (error instanceof AnswerSyntaxError || error instanceof Base64Error) return broken(error.message, error)
  if (error instanceof ConnectionCutError) return broken('the connection was cut', error.cause)
  return error
}

function broken(what: string, cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_invalid',
    `OpenRouter’s answer can’t be used: ${what}. Ask again, or try another model.`,
    {
      mayHaveBeenPaid: true,
      cause,
    },
  )
}
