import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type HttpBindings, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, it, vi } from 'vitest'
import { deliver } from '../../emulator/wire/deliver.ts'

describe('a response over a connection', () => {
  it('is cut off, and logged, when it can’t be finished', async () => {
    const pieces = (function* () {
      yield new Uint8Array(10)
      throw new Error('a bug of the emulator')
    })()
    const app = new Hono<{ Bindings: HttpBindings }>().get('/', ({ env }) =>
      deliver({
        contentType: 'text/event-stream',
        headers: {},
        pieces,
        fault: {},
        connection: env.outgoing,
        onAbort: () => undefined,
      }),
    )
    const server = serve({
      fetch: app.fetch,
      port: 0,
      hostname: '127.0.0.1',
      overrideGlobalObjects: false,
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const response = await fetch(`http://127.0.0.1:${port}/`)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
    expect(logged.mock.calls).toEqual([[new Error('a bug of the emulator')]])
    logged.mockRestore()
    server.close()
  })
})
