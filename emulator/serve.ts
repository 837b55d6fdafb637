import { serve } from '@hono/node-server'
import type { Emulator, EmulatorOptions } from './app.ts'
import { createEmulator } from './app.ts'

export interface ServedEmulator {
  /** The base URL for OpenRouter clients: `http://127.0.0.1:8788/api/v1`. */
  readonly url: string
  /** The journal of requests for images: live, oldest first. */
  readonly requests: Emulator['requests']
  /** The journal of `GET /generation`: live, oldest first. */
  readonly lookups: Emulator['lookups']
  readonly bills: Emulator['bills']
  readonly setFaults: Emulator['setFaults']
  readonly clearRequests: Emulator['clearRequests']
  /** Ends every open connection at once. */
  close(): Promise<void>
}

export interface ServeOptions extends EmulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
}

/** The emulator on a port of this machine. Rejects, with `code` `EADDRINUSE`, when the port is taken. */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  const { port = 0, host = '127.0.0.1', ...rest } = options
  const emulator = createEmulator(rest)
  const server = serve({ fetch: emulator.fetch, port, hostname: host, overrideGlobalObjects: false })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host}:${actual}/api/v1`,
    requests: emulator.requests,
    lookups: emulator.lookups,
    bills: () => emulator.bills(),
    setFaults: (faults) => emulator.setFaults(faults),
    clearRequests: () => emulator.clearRequests(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
