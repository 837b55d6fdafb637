import type { HttpBindings } from '@hono/node-server'
import type { Fault } from '../faults.ts'

/** Bytes of one write: small enough that a slow reader is felt, large enough to be cheap. */
const CHUNK_BYTES = 256 * 1024

/** Lets the bytes before a cut leave; only then is the connection cut. */
const FLUSH_MS = 30

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

/** What ends an answer that is to be cut. */
class CutError extends Error {
  override readonly message = 'the emulator cut the connection, as it was told to'
}

/** The answer as a stream that goes wrong where the fault says. */
export function deliver({ contentType, headers, pieces, fault, connection, onAbort }: Delivery): Response {
  if (fault.cutAtByte === 0) {
    if (connection === undefined) throw new CutError()
    connection.socket?.destroySoon()
  }
  const chunks = spoiled(pieces, fault)[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          if (!(error instanceof CutError)) console.error(error)
          // Failing the stream of a connection would print another stack.
          if (connection === undefined) controller.error(error)
          else connection.socket?.destroySoon()
        }
      },
      async cancel() {
        onAbort()
        await chunks.return?.(undefined)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'Content-Type': contentType, ...headers } })
}

async function* spoiled(
  pieces: Delivery['pieces'],
  fault: Fault,
): AsyncGenerator<Uint8Array, void, undefined> {
  const end = Math.min(fault.cutAtByte ?? Infinity, fault.endAtByte ?? Infinity)
  const perSecond = fault.dripBytesPerSecond
  const chunkBytes = perSecond === undefined ? CHUNK_BYTES : Math.max(1, Math.ceil(perSecond / 20))
  let sent = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += chunkBytes) {
      const chunk = piece.subarray(at, Math.min(at + chunkBytes, piece.length, at + end - sent))
      sent += chunk.length
      if (chunk.length > 0) yield chunk
      if (sent >= end) {
        if (fault.cutAtByte === undefined) return
        await delay(FLUSH_MS)
        throw new CutError()
      }
      if (perSecond !== undefined) await delay((chunk.length / perSecond) * 1000)
    }
  }
}

/** Resolves after the time, or at once when the signal aborts. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish)
  })
}
