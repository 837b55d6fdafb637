import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const PATHS = [
  '/api/v1/models',
  '/api/v1/models?supported_parameters=seed&x=',
  '/api/v1/images/models',
  '/api/v1/images/models/openai/gpt-image-1/endpoints',
  '/v1/models',
  '/healthz',
]

let easel: RunningEasel | undefined
let host: Host | undefined

afterEach(async () => {
  await Promise.all([easel?.close(), host?.close()])
})

describe('strangers who ask for lists and health again and again', () => {
  it.each([
    ['a host with public lists never gets the key', false],
    ['a host that demands the key gets it after its 401', true],
  ])('cost one upstream request for each list: %s', async (_, demandsKey) => {
    host = await serveHost(demandsKey)
    easel = await startEasel({ vars: { OPENROUTER_BASE_URL: host.url } })
    const round = () =>
      Promise.all(
        PATHS.map(async (path) => (await easel?.get(path.replace('x=', `x=${Math.random()}`)))?.status),
      )

    expect(await round()).toEqual(PATHS.map(() => 200))
    const after = host.requests.length
    for (let times = 0; times < 5; times++) expect(await round()).toEqual(PATHS.map(() => 200))
    const later = host.requests.slice(after)

    expect(later.filter(({ path }) => !path.endsWith('/key'))).toEqual([])
    const lists = host.requests.filter(({ path }) => !path.endsWith('/key'))
    const withKey = lists.filter(({ key }) => key)
    expect(withKey.length > 0).toBe(demandsKey)
    // Once for the Worker's own catalogue, once for its copy; the requests at once share one.
    const copies = Map.groupBy(demandsKey ? withKey : lists, ({ path }) => path)
    expect(Math.max(...Array.from(copies.values(), ({ length }) => length))).toBeLessThanOrEqual(2)
  })

  it('ask for endpoints of made-up models without an upstream request', async () => {
    host = await serveHost(false)
    easel = await startEasel({ vars: { OPENROUTER_BASE_URL: host.url } })
    for (const name of ['a', 'b', '..%2f..%2fkey']) {
      expect((await easel.get(`/api/v1/images/models/nobody/${name}/endpoints`)).status).toBe(404)
    }
    expect(host.requests.filter(({ path }) => path.includes('nobody') || path.endsWith('key'))).toEqual([])
  })
})

interface Host {
  readonly url: string
  readonly requests: { readonly path: string; readonly key: boolean }[]
  close(): Promise<void>
}

/** The emulator behind a host that notes who asks for what. */
async function serveHost(demandsKey: boolean): Promise<Host> {
  const emulator: ServedEmulator = await serveEmulator()
  const requests: Host['requests'] = []
  const server: Server = createServer((request, response) => {
    const path = request.url ?? ''
    const key = request.headers.authorization !== undefined
    requests.push({ path, key })
    if (demandsKey && !key) {
      response.writeHead(401).end()
      return
    }
    void relay(new URL(path, emulator.url), request.headers.authorization, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    requests,
    async close() {
      server.closeAllConnections()
      await Promise.all([emulator.close(), new Promise((resolve) => server.close(resolve))])
    },
  }
}

async function relay(url: URL, authorization: string | undefined, response: ServerResponse): Promise<void> {
  const upstream = await fetch(url, { headers: authorization === undefined ? {} : { authorization } })
  response.writeHead(upstream.status, { 'Content-Type': 'application/json' })
  response.end(await upstream.text())
}
