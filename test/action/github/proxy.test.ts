import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmulator } from '../../../emulator/app.ts'
import { runAction } from '../../support/action/processes.ts'
import { inputsFor, startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

/** A key and a certificate for linked.example; of use to nobody else. */
const PEM = join(import.meta.dirname, '../../support/action/linked.example.pem')

/** OpenRouter at an address that only the proxy knows. */
let upstream: ReturnType<typeof createAdaptorServer>
let proxy: Server
const tunnels: string[] = []
let elsewhere: Upstream

beforeAll(async () => {
  const pem = readFileSync(PEM)
  upstream = createAdaptorServer({
    fetch: createEmulator({}).fetch,
    createServer: createSecureServer,
    overrideGlobalObjects: false,
    serverOptions: { key: pem, cert: pem },
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  proxy = createServer()
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    const there = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    there.pipe(socket).pipe(there)
    for (const end of [there, socket]) end.on('error', () => end.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  elsewhere = await startUpstream()
})

afterAll(async () => {
  for (const server of [proxy, upstream]) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
  await elsewhere[Symbol.asyncDispose]()
})

function proxyHost(): string {
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

async function run(env: Readonly<Record<string, string>>, baseUrl = 'https://linked.example/api/v1') {
  await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })
  tunnels.length = 0
  return await runAction(workspace.root, {
    inputs: inputsFor(elsewhere, { 'base-url': baseUrl }),
    env: {
      NODE_EXTRA_CA_CERTS: PEM,
      HTTPS_PROXY: `http://${proxyHost()}`,
      ...env,
    },
  })
}

describe('behind a proxy', () => {
  it.each([
    ['HTTPS_PROXY', () => ({})],
    ['https_proxy', () => ({ HTTPS_PROXY: '', https_proxy: `http://${proxyHost()}` })],
    ['HTTPS_PROXY without a scheme', () => ({ HTTPS_PROXY: proxyHost() })],
  ])('reaches OpenRouter through %s', async (_name, env) => {
    const { code, outputs } = await run(env())

    expect([code, outputs['generated']]).toEqual([0, '1'])
    expect(new Set(tunnels)).toEqual(new Set(['linked.example:443']))
  })

  it.each([
    ['a host in NO_PROXY', { NO_PROXY: 'linked.example' }],
    ['a host in NO_PROXY beside an empty no_proxy', { no_proxy: '', NO_PROXY: 'linked.example' }],
    ['NO_PROXY: *', { NO_PROXY: '*' }],
    ['a list in NO_PROXY with *', { NO_PROXY: 'corp.example, *' }],
  ])('goes around it for %s', async (_what, env) => {
    const { code } = await run(env)

    expect([code, tunnels]).toEqual([1, []])
  })

  it('goes around it for a server on the machine itself', async () => {
    const { code, outputs } = await run({ HTTP_PROXY: `http://${proxyHost()}` }, elsewhere.url)

    expect([code, outputs['generated'], tunnels]).toEqual([0, '1', []])
  })
})
