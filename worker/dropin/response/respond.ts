import type { ParsedRequest } from '../request/read-request.ts'
import { DONE, generationId, KEEP_ALIVE, type Pieces, type Result, type Wire } from './wire.ts'

/** Proxies close connections that are silent for half a minute or more, milliseconds. */
const KEEP_ALIVE_MS = 10_000

/** The response for a stored generation, in the form that was asked for. */
export function respondWith(result: Result, { stream }: ParsedRequest, wire: Wire): Response {
  const pieces = stream ? withDone(wire.events(result)) : wire.json(result)
  return respond(pieces, stream, { 'X-Generation-Id': generationId(result.manifest) })
}

/** The stream for a generation in progress: comments until it ends, and an event when it fails. */
export function respondLater(generating: Promise<Result>, request: ParsedRequest, wire: Wire): Response {
  // Awaited in the stream, which may not be read at once, or ever.
  generating.catch(() => undefined)
  return respond(withDone(later(generating, request, wire)), true, {})
}

async function* later(
  generating: Promise<Result>,
  request: ParsedRequest,
  wire: Wire,
): Pieces & AsyncGenerator<string> {
  yield KEEP_ALIVE
  let result: Result
  try {
    while (!(await settled(generating))) yield KEEP_ALIVE
    result = await generating
  } catch (error) {
    yield wire.errorEvent(error, request)
    return
  }
  yield* wire.events(result)
}

/** Whether it has settled, at the latest when the connection needs a sign of life. */
function settled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    scheduler.wait(KEEP_ALIVE_MS).then(() => false),
  ])
}

async function* withDone(pieces: Pieces): AsyncGenerator<string, void, undefined> {
  yield* pieces
  yield DONE
}

function respond(pieces: Pieces, isStream: boolean, headers: Readonly<Record<string, string>>): Response {
  return new Response(toStream(pieces), {
    headers: {
      'Content-Type': isStream ? 'text/event-stream' : 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    },
  })
}

const encoder = new TextEncoder()

/** Asks for the next piece only when the client has taken the last; a client that hangs up ends the source. */
function toStream(pieces: Pieces): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
