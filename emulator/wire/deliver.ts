import type { HttpBindings } from '@hono/node-server'
import { delay } from '../delay.ts'
import type { Fault, FaultPlace } from '../faults.ts'
import { placeOf } from './places.ts'

/** Bytes of one write: small enough that a slow reader is felt, large enough to be cheap. */
const CHUNK_BYTES = 256 * 1024

/** Lets the bytes before a cut leave; only then is the connection cut. */
const FLUSH_MS = 30

/** An endless image repeats this: valid base64, zeros. */
const ENDLESS = Buffer.alloc(CHUNK_BYTES, 'A')

export interface Delivery {
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly fault: Fault
  /** The Node server's connection, when there is one; in process the body fails instead. */
  readonly connection: HttpBindings['outgoing'] | undefined
  /** Called once when the client hangs up before the end. */
  readonly onAbort: () => void
}

/** What ends a response that is to be cut. */
class CutError extends Error {
  override readonly message = 'the emulator cut the connection, because a fault said so'
}

/** The response as a stream that goes wrong where the fault says. */
export function deliver({ contentType, headers, pieces, fault, connection, onAbort }: Delivery): Response {
  if (fault.cutAtByte === 0) {
    if (connection === undefined) throw new CutError()
    connection.socket?.destroySoon()
  }
  const hangUp = new AbortController()
  const chunks = spoiled(pieces, fault, hangUp.signal)
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (hangUp.signal.aborted) return
          if (done === true) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          if (hangUp.signal.aborted) return
          if (!(error instanceof CutError)) console.error(error)
          // Failing the stream of a connection would print another stack.
          if (connection === undefined) controller.error(error)
          else connection.socket?.destroySoon()
        }
      },
      async cancel() {
        onAbort()
        hangUp.abort()
        await chunks.return()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'Content-Type': contentType, ...headers } })
}

async function* spoiled(
  pieces: Delivery['pieces'],
  fault: Fault,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const end = Math.min(fault.cutAtByte ?? Infinity, fault.endAtByte ?? Infinity)
  const perSecond = fault.dripBytesPerSecond
  const chunkBytes = perSecond === undefined ? CHUNK_BYTES : Math.max(1, Math.ceil(perSecond / 20))
  let sent = 0
  await spoil('head', fault, signal)
  for await (const piece of pieces) {
    const place = placeOf(piece)
    if (place !== undefined) await spoil(place, fault, signal)
    if (place === 'image' && fault.endlessImage === true) while (!signal.aborted) yield ENDLESS
    for (let at = 0; at < piece.length; at += chunkBytes) {
      const chunk = piece.subarray(at, Math.min(at + chunkBytes, piece.length, at + end - sent))
      sent += chunk.length
      if (chunk.length > 0) yield chunk
      if (sent >= end) {
        if (fault.cutAtByte === undefined) return
        await cut(signal)
      }
      if (perSecond !== undefined) await delay((chunk.length / perSecond) * 1000, signal)
    }
  }
}

/** Stalls, then cuts, where the fault says so at this place. */
async function spoil(place: FaultPlace, fault: Fault, signal: AbortSignal): Promise<void> {
  if (fault.stallAt === place) await delay(fault.stallMs ?? Infinity, signal)
  if (fault.cutAt === place) await cut(signal)
}

async function cut(signal: AbortSignal): Promise<never> {
  await delay(FLUSH_MS, signal)
  throw new CutError()
}
