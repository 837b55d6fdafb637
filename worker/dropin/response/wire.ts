import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { Manifest } from '../../gallery/manifest.ts'
import { encodeBase64 } from './base64.ts'

/** A finished generation, to be told in OpenRouter's words. */
export interface Kept {
  readonly manifest: Manifest
  /** USD that this request cost; 0 when the image was there. Absent when OpenRouter did not say. */
  readonly costUsd: number | undefined
  /** The bytes of one of its images; each can be had once. */
  image(index: number): Promise<ReadableStream<Uint8Array>>
}

/** Text on its way to a client. */
export type Pieces = AsyncIterable<string>

/** One of OpenRouter's two APIs, as it answers. */
export interface Wire {
  /** The body of an answer that is not streamed. */
  json(kept: Kept): Pieces
  /** The events of one that is, without the `[DONE]`. */
  events(kept: Kept): Pieces
  /** The event for an error once the stream has begun. */
  errorEvent(error: unknown, asked: { readonly fingerprint: Fingerprint; readonly model: string }): string
}

/** What keeps a connection alive while the model works. A comment: clients skip it. */
export const KEEP_ALIVE = ': OPENROUTER PROCESSING\n\n'
export const DONE = 'data: [DONE]\n\n'

/** One event without images. */
export function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** One event with images, as {@link jsonWithImages} writes them. */
export async function* eventWithImages(
  kept: Kept,
  build: (base64: (index: number) => string) => object,
): AsyncGenerator<string, void, undefined> {
  yield 'data: '
  yield* jsonWithImages(kept, build)
  yield '\n\n'
}

/**
 * JSON with the images' base64 in it, streamed: only its frame is ever in memory.
 *
 * @param build  the value; `base64(index)` is what stands in it for an image, alone or within a string
 */
export async function* jsonWithImages(
  { image }: Kept,
  build: (base64: (index: number) => string) => object,
): AsyncGenerator<string, void, undefined> {
  // Nobody can have put this into a prompt or an answer.
  const mark = crypto.randomUUID()
  const [head = '', ...frame] = JSON.stringify(build((index) => `${mark}${index};`)).split(mark)
  yield head
  for (const piece of frame) {
    const end = piece.indexOf(';')
    yield* encodeBase64(await image(Number(piece.slice(0, end))))
    yield piece.slice(end + 1)
  }
}

/** `usage` of either API: the tokens of the generation, and what this request cost. */
export function usageOf({ manifest: { usage }, costUsd }: Kept) {
  const { prompt_tokens = 0, completion_tokens = 0 } = usage ?? {}
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(costUsd !== undefined && { cost: costUsd }),
  }
}

/** The name of a generation; OpenRouter's own, where it gave one. */
export function generationId({ generation_id, fingerprint }: Manifest): string {
  return generation_id ?? `gen-${fingerprint}`
}

/** Unix seconds. */
export function createdAt({ created }: Manifest): number {
  return Math.floor(Date.parse(created) / 1000)
}
