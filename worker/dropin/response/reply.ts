import { encodeText, toStream } from './stream.ts'
import type { Asked } from '../request/read-request.ts'
import { DONE, generationId, KEEP_ALIVE, type Kept, type Pieces, type Wire } from './wire.ts'

/** Proxies close connections that are silent for half a minute or more, milliseconds. */
const KEEP_ALIVE_MS = 10_000

/** The answer for what is kept, in the form that was asked for. */
export function replyWith(kept: Kept, { stream }: Asked, wire: Wire): Response {
  const pieces = stream ? done(wire.events(kept)) : wire.json(kept)
  return reply(pieces, stream, { 'X-Generation-Id': generationId(kept.manifest) })
}

/** The stream for what is being generated: comments until it is there, and an event when it fails. */
export function replyLater(generating: Promise<Kept>, asked: Asked, wire: Wire): Response {
  // Waited for in the stream, which may not be read at once, or ever.
  generating.catch(() => undefined)
  return reply(done(later(generating, asked, wire)), true, {})
}

async function* later(generating: Promise<Kept>, asked: Asked, wire: Wire): Pieces & AsyncGenerator<string> {
  yield KEEP_ALIVE
  let kept: Kept
  try {
    while (!(await settled(generating))) yield KEEP_ALIVE
    kept = await generating
  } catch (error) {
    yield wire.errorEvent(error, asked)
    return
  }
  yield* wire.events(kept)
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

async function* done(pieces: Pieces): AsyncGenerator<string, void, undefined> {
  yield* pieces
  yield DONE
}

function reply(pieces: Pieces, isStream: boolean, headers: Readonly<Record<string, string>>): Response {
  return new Response(toStream(encodeText(pieces)), {
    headers: {
      'Content-Type': isStream ? 'text/event-stream' : 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    },
  })
}
