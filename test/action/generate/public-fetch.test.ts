import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPublicFetch, type ResolvedAddress } from '../../../action/generate/public-fetch.ts'
import { fetchLinkedImage } from '../../../shared/openrouter/linked-image.ts'

/** A key and a certificate for linked.example; of use to nobody else. */
const PEM = readFileSync(join(import.meta.dirname, '../../support/action/linked.example.pem'), 'utf8')
const LOCAL = { address: '127.0.0.1', family: 4 } as const

let server: Server
let port: number
let connections = 0

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates('default'), PEM])
  server = createServer({ key: PEM, cert: PEM }, ({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { Location: 'https://10.0.0.1/' }).end()
    else if (url === '/999') response.writeHead(999).end()
    else if (url === '/304') response.writeHead(304).end()
    else if (url === '/hang') response.write('half')
    else if (url === '/upgrade') response.writeHead(101, { Connection: 'Upgrade', Upgrade: 'x' }).end()
    else response.end(Buffer.alloc(600_000, 'abc'))
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a linked image in the Action', () => {
  it('is fetched from an address that was checked, and the name is resolved once', async () => {
    const resolved: string[] = []
    const checked: string[] = []
    const fetch = createPublicFetch({
      // A name that moves into the private network between two look-ups.
      async resolve(hostname) {
        resolved.push(hostname)
        return [resolved.length === 1 ? LOCAL : { address: '10.0.0.1', family: 4 }]
      },
      isAllowed: (address) => checked.push(address) > 0 && address === LOCAL.address,
    })
    const response = await fetch(`https://linked.example:${port}/`)

    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.alloc(600_000, 'abc'))
    expect([resolved, checked]).toEqual([['linked.example'], ['127.0.0.1']])
  })

  it.each<[what: string, addresses: ResolvedAddress[]]>([
    ['loopback', [LOCAL]],
    ['private', [{ address: '10.1.2.3', family: 4 }]],
    ['link-local, where clouds keep credentials', [{ address: '169.254.169.254', family: 4 }]],
    ['IPv6 loopback', [{ address: '::1', family: 6 }]],
    ['IPv4 in IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['unique local', [{ address: 'fd00::1', family: 6 }]],
    ['public and private', [{ address: '93.184.216.34', family: 4 }, LOCAL]],
  ])('is not fetched from a name whose address is %s', async (_what, addresses) => {
    const before = connections
    const fetch = createPublicFetch({ resolve: async () => addresses })

    await expect(fetch(`https://linked.example:${port}/`)).rejects.toThrow('not a public address')
    expect(connections).toBe(before)
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '2130706433', 'localhost'])(
    'is not fetched from %s, with Node’s own resolver',
    async (host) => {
      const before = connections

      await expect(createPublicFetch()(`https://${host}:${port}/`)).rejects.toThrow('not a public address')
      expect(connections).toBe(before)
    },
  )

  it('is a broken image when its name leads into the private network, also after a redirect', async () => {
    const inside = createPublicFetch({ resolve: async () => [LOCAL] })
    const moved = createPublicFetch({ resolve: async () => [LOCAL], isAllowed: () => true })
    const before = connections
    await expect(read('https://linked.example/', inside)).rejects.toThrow('can’t be fetched')
    expect(connections).toBe(before)

    const toPort: typeof fetch = () => moved(`https://linked.example:${port}/moved`, { redirect: 'manual' })
    await expect(read('https://linked.example/', toPort)).rejects.toThrow('not public https')
  })

  it.each([
    ['/999', 'has a status that no response may have'],
    ['/upgrade', 'switches protocols'],
  ])('at %s, which %s, is a failed fetch and no crash', async (path) => {
    await expect(trusting()(`https://linked.example:${port}${path}`)).rejects.toThrow()
  })

  it('with no body is a response without one', async () => {
    const response = await trusting()(`https://linked.example:${port}/304`)

    expect([response.status, response.body]).toEqual([304, null])
  })

  it('must have a certificate for its name', async () => {
    await expect(trusting()(`https://other.example:${port}/`)).rejects.toThrow(/altname|does not match/i)
  })

  it('ends when it is aborted, before the response and after it', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const response = await trusting()(`https://linked.example:${port}/hang`, { signal })
    const text = response.text()
    controller.abort()

    await expect(text).rejects.toThrow()
    await expect(trusting()(`https://linked.example:${port}/`, { signal })).rejects.toThrow(/abort/i)
  })
})

async function read(url: string, fetch: typeof globalThis.fetch): Promise<void> {
  const { signal } = new AbortController()
  for await (const _ of fetchLinkedImage(url, { fetch, signal })) break
}

function trusting(): typeof fetch {
  return createPublicFetch({ resolve: async () => [LOCAL], isAllowed: () => true })
}
