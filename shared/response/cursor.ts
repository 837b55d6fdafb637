import { createBufferPool } from './buffer-pool.ts'
import { ResponseLimitError } from './response-limits.ts'

/** Where a parser stands in bytes that are still arriving. */
export interface ByteCursor {
  bytes: Uint8Array
  at: number
  /** No more bytes will come. */
  ended: boolean
}

/**
 * A parse that can pause: `yield undefined` requests more bytes. Plain generators keep the parser
 * synchronous, so a chunk boundary costs one resumption and nothing else.
 */
export type Parse<Result, Event = never> = Generator<Event | undefined, Result, undefined>

/**
 * The byte at the cursor, which stays there; -1 at the end.
 *
 * Starting a generator takes longer than looking at a byte: loops write `cursor.bytes[cursor.at] ?? (yield* peek(cursor))`.
 */
export function* peek(cursor: ByteCursor): Parse<number> {
  while (cursor.at >= cursor.bytes.length) {
    if (cursor.ended) return -1
    yield undefined
  }
  return cursor.bytes[cursor.at] ?? -1
}

/** The byte at the cursor, which moves on; -1 at the end. */
export function* next(cursor: ByteCursor): Parse<number> {
  const byte = cursor.at < cursor.bytes.length ? (cursor.bytes[cursor.at] ?? -1) : yield* peek(cursor)
  cursor.at++
  return byte
}

/** UTF-8's byte order mark may open a text, and means nothing. */
export function* skipByteOrderMark(cursor: ByteCursor): Parse<void> {
  if ((yield* peek(cursor)) === 0xef) for (let i = 0; i < 3; i++) yield* next(cursor)
}

/** The connection broke while the response was being read. */
export class ConnectionCutError extends Error {
  override readonly name = 'ConnectionCutError'
}

/**
 * Runs a parse over a body as it arrives, and yields its events.
 *
 * @throws {ConnectionCutError} when the body can't be read to its end
 * @throws {ResponseLimitError} when it is longer than `maxBytes`
 * @throws what the parse throws
 */
export async function* runParse<Event>(
  { body }: Response,
  parse: (cursor: ByteCursor) => Parse<void, Event>,
  maxBytes: number,
): AsyncGenerator<Event, void, undefined> {
  const cursor: ByteCursor = { bytes: new Uint8Array(0), at: 0, ended: false }
  const steps = parse(cursor)
  const reader = openReader(body ?? new Blob([]).stream())
  let total = 0
  try {
    for (let step = steps.next(); !step.done; step = steps.next()) {
      if (step.value !== undefined) {
        yield step.value
        continue
      }
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new ConnectionCutError('the connection was cut', { cause: error })
      })
      total += value?.byteLength ?? 0
      if (total > maxBytes) throw new ResponseLimitError(`it is longer than ${maxBytes / 2 ** 20} MiB`)
      if (done || !value) cursor.ended = true
      else Object.assign(cursor, { bytes: plainBytes(value), at: 0 })
    }
    reader.release?.()
  } finally {
    // Cancels the request when the consumer, or an error, ends it early. Nothing depends on the outcome.
    reader.cancel().catch(() => undefined)
  }
}

/** The limit of one read: room for what has arrived while the parser was busy. */
const READ_BYTES = 2 ** 18

const buffers = createBufferPool(READ_BYTES)

/**
 * Reads into one buffer, over and over: the parser holds on to nothing that it has read. A default reader in
 * workerd returns a body in thousands of pieces of 4 KiB, which takes longer than decoding them.
 */
function openReader(body: ReadableStream<Uint8Array>): PieceReader {
  try {
    const reader = body.getReader({ mode: 'byob' })
    let buffer = buffers.take()
    return {
      async read() {
        const { done, value } = await reader.read(new Uint8Array(buffer))
        if (value) buffer = value.buffer
        return { done, value }
      },
      cancel: () => reader.cancel(),
      release: () => buffers.give(buffer),
    }
  } catch {
    // Streams that a program constructed may not be byte streams.
    return body.getReader()
  }
}

interface PieceReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
  /** Nothing that was read is needed any more. */
  release?(): void
}

/** A `Buffer`'s `slice` is a view where that of any other array is a copy. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
