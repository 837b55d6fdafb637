import type { OnPreview } from '../../job/jobs.ts'
import type { ParsedRequest } from '../request/read-request.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { DONE, generationId, KEEP_ALIVE, type Pieces, type Result, type Wire } from './wire.ts'

/** Proxies close connections that are silent for half a minute or more, milliseconds. */
const KEEP_ALIVE_MS = 10_000

/** Each may be megabytes. */
const MAX_WAITING_PREVIEWS = 3

/** Waits for a generation, and tells of its previews where the format has them. */
export type Generate = (onPreview?: OnPreview) => Promise<Result>

/** The response for a stored generation, in the form that was asked for. */
export function respondWith(result: Result, { stream }: ParsedRequest, wire: Wire): Response {
  const pieces = stream ? withDone(wire.events(result)) : wire.json(result)
  return respond(pieces, stream, { 'X-Generation-Id': generationId(result.manifest) })
}

/** The stream for a generation in progress: comments and previews until it ends, and an event when it fails. */
export function respondLater(generate: Generate, request: ParsedRequest, wire: Wire): Response {
  const previews = createMailbox<string>(MAX_WAITING_PREVIEWS)
  const generating = generate(wire.previewEvent && previews.post)
  // Awaited in the stream, which may not be read at once, or ever.
  generating.then(previews.close, previews.close)
  return respond(withDone(later(generating, previews, request, wire)), true, {})
}

async function* later(
  generating: Promise<Result>,
  previews: Mailbox<string>,
  request: ParsedRequest,
  wire: Wire,
): Pieces & AsyncGenerator<string> {
  yield KEEP_ALIVE
  let result: Result
  try {
    let index = 0
    for (;;) {
      const preview = await previews.next(KEEP_ALIVE_MS)
      if (preview === 'closed') break
      yield preview === 'late'
        ? KEEP_ALIVE
        : (wire.previewEvent?.({ index: index++, base64: preview.value }) ?? '')
    }
    result = await generating
  } catch (error) {
    yield wire.errorEvent(error, request)
    return
  }
  yield* wire.events(result)
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
