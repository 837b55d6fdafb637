import { EaselError } from '../../shared/errors.ts'
import { utf8Bytes } from '../../shared/media/bytes.ts'
import type { JobRequest, PackedRequest } from './types.ts'

/** Longer strings, such as input images, are packed once, however many models they are for. */
const SHARED_CHARACTERS = 256

/** Packed into bytes up to here; at most six bytes a character fit into one value of an object's storage. */
const SMALL_CHARACTERS = 2 ** 18

/** Of one value in an object's storage, which takes up to 2 MiB. */
export const CHUNK_BYTES = 2 ** 20

/** Of everything but long strings. Only keys can make it so long. */
const REST_CHARACTERS = 2 ** 23

/** Characters that are encoded at a time. */
const SLICE_CHARACTERS = 2 ** 20

/**
 * A request as JSON in UTF-8, for the job. A large one is a stream: one object can't send another more than 32 MiB at
 * once, and nobody has to hold a copy.
 *
 * The JSON is `[mark, request, strings]`. In the request, which is JSON again, the mark and a number stand for a string.
 *
 * @throws {EaselError} `payload_too_large`
 */
export function pack(request: JobRequest): PackedRequest {
  // Random, so that no string of a request can look like one.
  const mark = crypto.randomUUID()
  const strings = new Map<string, number>()
  const rest = JSON.stringify(request, (_, value: unknown) => {
    if (typeof value !== 'string' || value.length <= SHARED_CHARACTERS) return value
    if (!strings.has(value)) strings.set(value, strings.size)
    return `${mark}${strings.get(value)}`
  })
  if (rest.length > REST_CHARACTERS) {
    throw new EaselError('payload_too_large', 'The body’s field names are too long to be kept: shorten them.')
  }
  const pieces = texts(mark, rest, [...strings.keys()])
  const length = [...strings.keys()].reduce((sum, { length: characters }) => sum + characters, rest.length)
  return length <= SMALL_CHARACTERS ? utf8Bytes([...pieces].join('')) : toStream(pieces)
}

/** Nobody will read the rest of it. */
export function discardPacked(packed: PackedRequest): void {
  if (packed instanceof ReadableStream) packed.cancel().catch(() => undefined)
}

/** A packed request as values that an object's storage takes. */
export async function readPacked(packed: PackedRequest): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  if (packed instanceof Uint8Array) return [packed]
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let filled = CHUNK_BYTES
  for await (const arrived of packed) {
    for (let at = 0; at < arrived.length;) {
      if (filled === CHUNK_BYTES) {
        chunks.push(new Uint8Array(CHUNK_BYTES))
        filled = 0
      }
      const part = arrived.subarray(at, at + CHUNK_BYTES - filled)
      chunks.at(-1)?.set(part, filled)
      filled += part.length
      at += part.length
    }
  }
  const last = chunks.pop()
  return last ? [...chunks, last.slice(0, filled)] : []
}

/** The request that was packed into these pieces of a text. */
export async function unpack(packed: readonly Uint8Array<ArrayBuffer>[]): Promise<JobRequest> {
  const text = await new Blob([...packed]).text()
  const [mark, rest, strings] = JSON.parse(text) as [string, string, readonly string[]]
  return JSON.parse(rest, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? strings[Number(value.slice(mark.length))] : value,
  ) as JobRequest
}

function* texts(mark: string, rest: string, strings: readonly string[]): Generator<string, void, undefined> {
  yield `${JSON.stringify([mark, rest]).slice(0, -1)},[`
  for (const [index, string] of strings.entries()) {
    yield index === 0 ? '"' : ',"'
    for (let at = 0; at < string.length; at += SLICE_CHARACTERS) {
      // A surrogate pair that is cut becomes two escapes, which are read as a pair again.
      yield JSON.stringify(string.slice(at, at + SLICE_CHARACTERS)).slice(1, -1)
    }
    yield '"'
  }
  yield ']]'
}

function toStream(pieces: Iterator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const { done, value } = pieces.next()
      if (done) controller.close()
      else controller.enqueue(utf8Bytes(value))
    },
  })
}
