import type { BlockDecoder } from '../../shared/response/base64.ts'
import { readResponse } from '../../shared/response/read-response.ts'

/** How answers arrive: about what a socket gives at once. */
const CHUNK_BYTES = 2 ** 16

/** What looks like noise: as many slashes as base64 has. */
const PIECE = noise(CHUNK_BYTES)
const HEAD =
  'data: {"id":"gen-1","choices":[{"index":0,"delta":{"images":[{"image_url":{"url":"data:image/png;base64,'
/** The end of the noise's chunk, and of the file. */
const PNG_END = base64('000000000000000049454e44ae426082')
const TAIL = `${PNG_END}"}}]},"finish_reason":"stop"}],"usage":{"cost":0.04,"prompt_tokens":8,"completion_tokens":1290}}\n\ndata: [DONE]\n\n`

const encoder = new TextEncoder()
const CHUNK = encoder.encode(PIECE)
const ESCAPED = encoder.encode(PIECE.replaceAll('/', String.raw`\/`))

export interface Way {
  readonly what: string
  /** Decodes one answer with an image of about so many bytes. Returns how many it decoded. */
  readonly decode: (bytes: number) => Promise<number>
}

/** How a platform decodes base64 in one go. */
export interface Native {
  readonly fromText: (text: string) => Uint8Array
  readonly decodeBlock?: BlockDecoder
}

/** The ways to compare. All but the two native ones read the same streamed answer, whose bytes arrive in 64 KiB chunks. */
export function waysOf(native: Native, onChunk: () => void = () => {}) {
  const texts = new Map<number, { readonly text: string; readonly bytes: Uint8Array }>()

  /** The text at hand, made before anything is measured. */
  function textOf(size: number): { readonly text: string; readonly bytes: Uint8Array } {
    let made = texts.get(size)
    if (!made) {
      const bytes = new Uint8Array(countOf(size) * CHUNK_BYTES)
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) bytes.set(CHUNK, at)
      texts.set(size, (made = { bytes, text: new TextDecoder().decode(bytes) }))
    }
    return made
  }

  async function streamed(size: number, chunk: Uint8Array): Promise<number> {
    const options = {
      fetchLinked: () => ReadableStream.from([]),
      ...(native.decodeBlock && { decodeBlock: native.decodeBlock }),
    }
    let bytes = 0
    for await (const event of readResponse(answer(size, chunk, onChunk), options)) {
      if (event.type === 'image') bytes = event.image.byteLength
    }
    return bytes
  }

  return {
    easel: { what: 'Easel, while it streams', decode: (size) => streamed(size, CHUNK) },
    escaped: { what: 'Easel, slashes escaped', decode: (size) => streamed(size, ESCAPED) },
    drained: {
      what: 'the same stream, thrown away',
      async decode(size) {
        let bytes = 0
        for await (const chunk of answer(size, CHUNK, onChunk).body ?? []) bytes += chunk.byteLength
        return bytes
      },
    },
    buffered: {
      what: 'text, JSON.parse, decode',
      async decode(size) {
        const text = await answer(size, CHUNK, onChunk).text()
        const event = JSON.parse(text.slice('data: '.length, text.indexOf('\n'))) as {
          choices: [{ delta: { images: [{ image_url: { url: string } }] } }]
        }
        const { url } = event.choices[0].delta.images[0].image_url
        return native.fromText(url.slice(url.indexOf(',') + 1)).length
      },
    },
    nativeFromBytes: {
      what: 'one native decode, from bytes',
      decode: async (size) => native.fromText(new TextDecoder().decode(textOf(size).bytes)).length,
    },
    nativeFromText: {
      what: 'one native decode, text at hand',
      decode: async (size) => native.fromText(textOf(size).text).length,
    },
  } as const satisfies Record<string, Way>
}

export type WayName = keyof ReturnType<typeof waysOf>

/** A streamed answer whose bytes come from nowhere: one chunk, again and again. */
function answer(size: number, chunk: Uint8Array, onChunk: () => void): Response {
  let left = countOf(size)
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(HEAD + pngHead(countOf(size))))
      },
      pull(controller) {
        onChunk()
        if (left-- > 0) return controller.enqueue(chunk)
        controller.enqueue(encoder.encode(TAIL))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

function countOf(bytes: number): number {
  return Math.ceil((bytes * 4) / 3 / CHUNK_BYTES)
}

/** A PNG up to the data of a chunk that holds all the noise, and one byte that fills the last group of digits. */
function pngHead(pieces: number): string {
  const length = 1 + (pieces * CHUNK_BYTES * 3) / 4
  const header = '89504e470d0a1a0a0000000d494844520000040000000400080600000000000000'
  return base64(`${header}${length.toString(16).padStart(8, '0')}4944415400`)
}

function base64(hex: string): string {
  return btoa(hex.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))))
}

/** The same digits every time, by a linear congruential generator. */
function noise(length: number): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let text = ''
  for (let state = 1; text.length < length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += digits.charAt(state >>> 26)
  }
  return text
}
