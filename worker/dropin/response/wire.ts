import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { Manifest } from '../../gallery/manifest.ts'
import { encodeBase64, encodeBytes } from './base64.ts'

/** A stored generation, to be told in another service's words. */
export interface Result {
  readonly manifest: Manifest
  /** USD that this request cost; 0 when the image was cached. Absent when OpenRouter didn't report it. */
  readonly costUsd: number | undefined
  /** The bytes of one of its images; each can be read once. */
  image(index: number): Promise<ReadableStream<Uint8Array> | ArrayBuffer>
}

/** Text on its way to a client. */
export type Pieces = AsyncIterable<string>

/** What a model shows of an image on its way. */
export interface Preview {
  /** Which preview this is, from 0. */
  readonly index: number
  /** As OpenRouter sent it. */
  readonly base64: string
}

/** A response format of OpenRouter's or OpenAI's. */
export interface Wire {
  /** The body of a response that is not streamed. */
  json(result: Result): Pieces
  /** The events of one that is, without the `[DONE]`. */
  events(result: Result): Pieces
  /** The event for a preview; absent where the format has none. */
  previewEvent?(preview: Preview): string
  /** The event for an error once the stream has begun. */
  errorEvent(error: unknown, asked: { readonly fingerprint: Fingerprint; readonly model: string }): string
}

/** Keeps a connection alive while the model works. A comment: clients skip it. */
export const KEEP_ALIVE = ': OPENROUTER PROCESSING\n\n'
export const DONE = 'data: [DONE]\n\n'

/** One event without images. */
export function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** One event with images, as {@link jsonWithImages} writes them. */
export async function* eventWithImages(
  result: Result,
  build: (base64: (index: number) => string) => object,
): AsyncGenerator<string, void, undefined> {
  yield 'data: '
  yield* jsonWithImages(result, build)
  yield '\n\n'
}

/**
 * JSON with the images' base64 in it, streamed: only its frame is ever in memory.
 *
 * @param build  the value; `base64(index)` stands in it for an image, alone or within a string
 */
export async function* jsonWithImages(
  { image }: Result,
  build: (base64: (index: number) => string) => object,
): AsyncGenerator<string, void, undefined> {
  // Nobody can have put this into a prompt or a response.
  const mark = crypto.randomUUID()
  const [head = '', ...frame] = JSON.stringify(build((index) => `${mark}${index};`)).split(mark)
  yield head
  for (const piece of frame) {
    const end = piece.indexOf(';')
    const bytes = await image(Number(piece.slice(0, end)))
    yield* bytes instanceof ArrayBuffer ? encodeBytes(new Uint8Array(bytes)) : encodeBase64(bytes)
    yield piece.slice(end + 1)
  }
}

/** `usage` of either API: the tokens of the generation, and what this request cost. */
export function usageOf({ manifest: { usage }, costUsd }: Result) {
  const { prompt_tokens = 0, completion_tokens = 0 } = usage ?? {}
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(costUsd !== undefined && { cost: costUsd }),
  }
}

/** The id of a generation; OpenRouter's own, where it gave one. */
export function generationId({ generation_id, fingerprint }: Manifest): string {
  return generation_id ?? `gen-${fingerprint}`
}

/** Unix seconds. */
export function createdAt({ created }: Manifest): number {
  return Math.floor(Date.parse(created) / 1000)
}
