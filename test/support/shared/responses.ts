import { type AnswerEvent, readAnswer } from '../../../shared/response/read-response.ts'
import type { BlockDecoder } from '../../../shared/response/base64.ts'
import { UpstreamError } from '../../../shared/errors.ts'
import { joinSegments } from '../../../shared/media/image.ts'

/** The head of a PNG file, and whatever bytes come after it: all that Easel looks at. */
export function png(width: number, height: number, rest: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008060000000000000000', 'hex')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return Buffer.concat([head.subarray(0, 33), rest])
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
export const dataUrl = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${base64(bytes)}`

export const USAGE = { prompt_tokens: 8, completion_tokens: 1290, total_tokens: 1298, cost: 0.0387 }

const imageParts = (images: readonly Uint8Array[]) =>
  images.map((bytes, index) => ({ type: 'image_url', index, image_url: { url: dataUrl(bytes) } }))

/**
 * OpenRouter's four response formats.
 *
 * @see docs/openrouter.md#the-chat-api
 */
export const FORMATS = {
  'chat JSON': {
    isStream: false,
    body: (images: readonly Uint8Array[]) =>
      JSON.stringify({
        id: 'gen-1',
        object: 'chat.completion',
        model: 'a/b',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: 'Here is', images: imageParts(images) },
          },
        ],
        usage: USAGE,
      }),
  },
  'chat stream': {
    isStream: true,
    body: (images: readonly Uint8Array[]) =>
      [
        ': OPENROUTER PROCESSING',
        event(chunk({ role: 'assistant', content: 'Here is' })),
        ': OPENROUTER PROCESSING',
        ...images.map((bytes) => event(chunk({ content: '', images: imageParts([bytes]) }))),
        event({ ...chunk({ content: '' }, 'stop'), usage: USAGE }),
        'data: [DONE]',
        '',
      ].join('\n\n'),
  },
  'images JSON': {
    isStream: false,
    body: (images: readonly Uint8Array[]) =>
      JSON.stringify({
        created: 1748372400,
        data: images.map((bytes) => ({ b64_json: base64(bytes), media_type: 'image/png' })),
        usage: USAGE,
      }),
  },
  'images stream': {
    isStream: true,
    body: (images: readonly Uint8Array[]) =>
      [
        event({
          type: 'image_generation.partial_image',
          partial_image_index: 0,
          b64_json: base64(png(8, 8)),
        }),
        ...images.map((bytes, index) =>
          event({
            type: 'image_generation.completed',
            b64_json: base64(bytes),
            media_type: 'image/png',
            created: 1748372400,
            ...(index === images.length - 1 && { usage: USAGE }),
          }),
        ),
        'data: [DONE]',
        '',
      ].join('\n\n'),
  },
} as const

export type Format = keyof typeof FORMATS
export const FORMAT_NAMES = Object.keys(FORMATS) as Format[]

export function chunk(delta: object, finish_reason: string | null = null): object {
  return {
    id: 'gen-1',
    object: 'chat.completion.chunk',
    created: 1748372400,
    model: 'a/b',
    choices: [{ index: 0, delta, finish_reason }],
  }
}

export const event = (value: object): string => `data: ${JSON.stringify(value)}`

interface ReadOptions {
  readonly isStream?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly fetchLinked?: (url: string) => Promise<readonly Uint8Array<ArrayBuffer>[]>
  readonly decodeBlock?: BlockDecoder
}

/** Reads an answer whose bytes arrive in these chunks. An `Error` among them is the connection breaking. */
export async function read(
  chunks: string | readonly (Uint8Array | Error)[],
  { isStream = false, headers = {}, fetchLinked = noLinks, decodeBlock }: ReadOptions = {},
): Promise<AnswerEvent[]> {
  const left = typeof chunks === 'string' ? [Buffer.from(chunks)] : [...chunks]
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = left.shift()
        if (next === undefined) controller.close()
        else if (next instanceof Error) controller.error(next)
        else controller.enqueue(next)
      },
    },
    { highWaterMark: 0 },
  )
  const response = new Response(body, {
    headers: { 'Content-Type': isStream ? 'text/event-stream' : 'application/json', ...headers },
  })
  const events: AnswerEvent[] = []
  for await (const one of readAnswer(response, { fetchLinked, decodeBlock })) events.push(one)
  return events
}

/** The bytes of every finished image, in order. */
export function imagesOf(events: readonly AnswerEvent[]): Buffer[] {
  return events.flatMap((one) =>
    one.type === 'image' ? [Buffer.from(joinSegments(one.image.segments))] : [],
  )
}

/** What reading threw; anything but an UpstreamError fails the test. */
export async function refusal(reading: Promise<unknown>): Promise<UpstreamError> {
  const outcome = await reading.then(
    (value) => new Error(`it was read: ${JSON.stringify(value)?.slice(0, 300)}`),
    (error: unknown) => error,
  )
  if (outcome instanceof UpstreamError) return outcome
  throw outcome
}

/** The bytes, cut at these places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places)].filter((at) => at > 0 && at < bytes.length).toSorted((a, b) => a - b)
  return [...cuts, bytes.length].map((end, index) => bytes.subarray(cuts[index - 1] ?? 0, end))
}

async function noLinks(url: string): Promise<never> {
  throw new Error(`nothing may be fetched here: ${url}`)
}
