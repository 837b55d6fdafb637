import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RawServer extends AsyncDisposable {
  readonly url: string
  /** `POST /chat/completions`, in the order in which they came. */
  readonly requests: readonly string[]
}

/** An HTTP server that does what no honest OpenRouter does. `listener` is told which request it is, from 1. */
export async function serveRaw(
  listener: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<RawServer> {
  const requests: string[] = []
  const onRequest: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const count = requests.filter((one) => one === requests.at(-1)).length
    request.resume().once('end', () => listener(request, response, count))
  }
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
