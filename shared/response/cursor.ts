/** Where a parser stands in bytes that are still arriving. */
export interface ByteCursor {
  bytes: Uint8Array
  at: number
  /** No more bytes will come. */
  ended: boolean
}

/**
 * A parse that can pause: each `yield` of `undefined` asks for more bytes. Plain generators keep the parser
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

/** UTF-8's mark may open a text, and means nothing. */
export function* skipByteOrderMark(cursor: ByteCursor): Parse<void> {
  if ((yield* peek(cursor)) === 0xef) for (let i = 0; i < 3; i++) yield* next(cursor)
}

/** Reading failed under way, and nobody asked it to stop. */
export class ConnectionCutError extends Error {
  override readonly name = 'ConnectionCutError'
}

/** Whether it was somebody on this side who ended it: a signal, or a deadline. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

/**
 * Runs a parse over a body as it arrives, and hands out its events.
 *
 * @throws what the parse throws, and what reading the body throws
 */
export async function* runParse<Event>(
  body: ReadableStream<Uint8Array>,
  parse: (cursor: ByteCursor) => Parse<void, Event>,
): AsyncGenerator<Event, void, undefined> {
  const cursor: ByteCursor = { bytes: new Uint8Array(0), at: 0, ended: false }
  const steps = parse(cursor)
  const reader = openReader(body)
  try {
    for (let step = steps.next(); !step.done; step = steps.next()) {
      if (step.value !== undefined) {
        yield step.value
        continue
      }
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw isAbort(error) ? error : new ConnectionCutError('the connection was cut', { cause: error })
      })
      if (done || !value) cursor.ended = true
      else Object.assign(cursor, { bytes: plainBytes(value), at: 0 })
    }
  } finally {
    // Says “enough” upstream when the consumer, or an error, ends it early. Nothing hangs on the reply.
    reader.cancel().catch(() => undefined)
  }
}

/** What one read may bring, at most: room for what has arrived while the parser was busy. */
const READ_BYTES = 2 ** 18

/**
 * Reads into one buffer, over and over: the parser keeps nothing of what it has read. Read in the plain way,
 * workerd hands out a body in thousands of pieces of 4 KiB, which takes longer than to decode them.
 */
function openReader(body: ReadableStream<Uint8Array>): PieceReader {
  try {
    const reader = body.getReader({ mode: 'byob' })
    let buffer = new ArrayBuffer(READ_BYTES)
    return {
      async read() {
        const { done, value } = await reader.read(new Uint8Array(buffer))
        if (value) buffer = value.buffer
        return { done, value }
      },
      cancel: () => reader.cancel(),
    }
  } catch {
    // Only streams of the platform's own are read so; one that a program made may be of another kind.
    return body.getReader()
  }
}

interface PieceReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** A `Buffer`'s `slice` is a view where that of any other array is a copy. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
