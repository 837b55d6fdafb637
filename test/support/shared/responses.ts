import { type ResponseEvent, readResponse } from '../../../shared/response/read-response.ts'
import type { BlockDecoder } from '../../../shared/response/base64.ts'
import { UpstreamError } from '../../../shared/errors.ts'

/** A PNG file of that size, as far as Easel looks: its header, one chunk that holds `rest`, and its end. */
export function png(width: number, height: number, rest: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008060000000000000000', 'hex')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return Buffer.concat([head.subarray(0, 33), pngChunk('IDAT', rest), pngChunk('IEND')])
}

/** Length, type, data, and a checksum that nobody looks at. */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array(0)): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
export const dataUrl = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${base64(bytes)}`

export const USAGE = { prompt_tokens: 8, completion_tokens: 1290, total_tokens: 1298, cost: 0.0387 }

/** The texts of images, as the JSON strings that hold them. */
type Texts = readonly string[]

const imageParts = (texts: Texts) =>
  texts.map((text, index) => ({
    type: 'image_url',
    index,
    image_url: { url: text.startsWith('data:') ? text : `data:image/png;base64,${text}` },
  }))

const chatJson = (texts: Texts): string =>
  JSON.stringify({
    id: 'gen-1',
    object: 'chat.completion',
    model: 'a/b',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: 'Here is', images: imageParts(texts) },
      },
    ],
    usage: USAGE,
  })

const chatStream = (texts: Texts): string =>
  [
    ': OPENROUTER PROCESSING',
    event(chunk({ role: 'assistant', content: 'Here is' })),
    ': OPENROUTER PROCESSING',
    ...texts.map((text) => event(chunk({ content: '', images: imageParts([text]) }))),
    event({ ...chunk({ content: '' }, 'stop'), usage: USAGE }),
    'data: [DONE]',
    '',
  ].join('\n\n')

const imagesJson = (texts: Texts): string =>
  JSON.stringify({
    created: 1748372400,
    data: texts.map((text) => ({ b64_json: text, media_type: 'image/png' })),
    usage: USAGE,
  })

const imagesStream = (texts: Texts): string =>
  [
    event({
      type: 'image_generation.partial_image',
      partial_image_index: 0,
      b64_json: base64(png(8, 8)),
    }),
    ...texts.map((text, index) =>
      event({
        type: 'image_generation.completed',
        b64_json: text,
        media_type: 'image/png',
        created: 1748372400,
        ...(index === texts.length - 1 && { usage: USAGE }),
      }),
    ),
    'data: [DONE]',
    '',
  ].join('\n\n')

const format = (isStream: boolean, withTexts: (texts: Texts) => string) => ({
  isStream,
  withTexts,
  body: (images: readonly Uint8Array[]) => withTexts(images.map(base64)),
})

/** The four formats of OpenRouter's responses. */
export const FORMATS = {
  'chat JSON': format(false, chatJson),
  'chat stream': format(true, chatStream),
  'images JSON': format(false, imagesJson),
  'images stream': format(true, imagesStream),
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
  readonly fetchLinked?: (url: string) => AsyncIterable<Uint8Array<ArrayBuffer>>
  readonly decodeBlock?: BlockDecoder
  readonly signal?: AbortSignal
}

/**
 * An event as tests look at it: the bytes of an image, in one piece, stand with the `image` or `discard` that
 * ends them.
 */
export type SeenEvent =
  | Exclude<ResponseEvent, { readonly type: 'bytes' | 'image' | 'discard' }>
  | (Extract<ResponseEvent, { readonly type: 'image' | 'discard' }> & { readonly bytes: Buffer })

/** Reads a response whose bytes arrive in these chunks. An `Error` among them is the connection breaking. */
export async function read(
  chunks: string | readonly (Uint8Array | Error)[],
  options: ReadOptions = {},
): Promise<SeenEvent[]> {
  const seen: SeenEvent[] = []
  for await (const one of seenEvents(chunks, options)) seen.push(one)
  return seen
}

/** The same, event by event. */
export async function* seenEvents(
  chunks: string | readonly (Uint8Array | Error)[],
  { isStream = false, headers = {}, fetchLinked = noLinks, ...options }: ReadOptions = {},
): AsyncGenerator<SeenEvent, void, undefined> {
  const response = new Response(bodyOf(chunks), {
    headers: { 'Content-Type': isStream ? 'text/event-stream' : 'application/json', ...headers },
  })
  let pieces: Buffer[] = []
  for await (const one of readResponse(response, { fetchLinked, ...options })) {
    if (one.type === 'bytes') {
      if (one.bytes.length === 0 || one.bytes.length > 2 ** 18) throw new Error('a chunk of the wrong size')
      pieces.push(Buffer.from(one.bytes))
      // Whoever holds on to a chunk will see that its buffer is reused.
      one.bytes.fill(0)
    } else if (one.type === 'image' || one.type === 'discard') {
      yield { ...one, bytes: Buffer.concat(pieces) }
      pieces = []
    } else {
      if (one.type === 'done' && pieces.length > 0) throw new Error('bytes belong to no image')
      yield one
    }
  }
}

/** A body that is read no faster than it is asked for. */
export function bodyOf(chunks: string | readonly (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  const left = typeof chunks === 'string' ? [Buffer.from(chunks)] : [...chunks]
  return new ReadableStream<Uint8Array>(
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
}

/** The bytes of every whole image, in order. */
export function imagesOf(events: readonly SeenEvent[]): Buffer[] {
  return events.flatMap((one) => (one.type === 'image' ? [one.bytes] : []))
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

export function noLinks(url: string): never {
  throw new Error(`nothing may be fetched here: ${url}`)
}
