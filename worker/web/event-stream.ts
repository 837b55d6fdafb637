import { toProblem } from '../../shared/problem.ts'

/** Proxies close connections that are silent for half a minute or more, milliseconds. */
const KEEP_ALIVE_MS = 10_000

/** Sends one event: its name and its data, as JSON. Once the client has hung up, it does nothing. */
export type SendEvent = (event: string, data: object) => void

const encoder = new TextEncoder()

/**
 * Server-sent events while `run` goes on, with comments that keep the connection open. What `run` throws becomes an
 * event `error` with its problem.
 */
export function eventStream(run: (send: SendEvent) => Promise<void>): Response {
  const end = new AbortController()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): void => {
        if (!end.signal.aborted) controller.enqueue(encoder.encode(text))
      }
      const send: SendEvent = (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      const keepAlive = setInterval(() => write(': still generating\n\n'), KEEP_ALIVE_MS)
      end.signal.addEventListener('abort', () => clearInterval(keepAlive))
      void run(send)
        .catch((error: unknown) => send('error', toProblem(error)))
        .finally(() => {
          if (end.signal.aborted) return
          end.abort()
          controller.close()
        })
    },
    cancel: () => end.abort(),
  })
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
  })
}

/** Whether a client asks for events rather than for one response. */
export function wantsEvents(accept: string | undefined): boolean {
  return /\btext\/event-stream\b/i.test(accept ?? '')
}
