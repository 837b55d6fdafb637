import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutbox } from '../../../worker/budget/outbox.ts'
import { createTables } from '../../../worker/budget/storage.ts'
import { postWebhook } from '../../../worker/budget/webhook.ts'
import { openStorage } from '../../support/worker/ledger.ts'

const SECRET = `whsec_${Buffer.from('thirty-two bytes that are secret').toString('base64')}`
const MESSAGE = {
  id: 'msg_1',
  body: '{"type":"budget.threshold_reached","data":{"percent":80,"note":"80 % – ½"}}',
}

let closeServer: () => Promise<void> = () => Promise.resolve()
afterEach(() => closeServer())

/** A receiver that responds with these statuses, one after another, and then with 204. */
async function receive(...statuses: number[]) {
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(statuses.shift() ?? 204, { Location: '/elsewhere' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeServer = () => new Promise((resolve) => server.close(() => resolve()))
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/alerts` }
}

/** An outbox for this receiver, with a clock that the test sets. */
function scene(url: string) {
  const { sql } = openStorage()
  createTables(sql)
  const givenUp: string[] = []
  let now = Date.now()
  const create = () =>
    createOutbox({
      sql,
      now: () => now,
      send: (message) => postWebhook({ url, secret: SECRET }, message, now),
      onGivenUp: ({ id }) => givenUp.push(id),
    })
  return { create, givenUp, now: () => now, setTime: (to: number) => (now = to) }
}

describe('an alert', () => {
  it('is signed so that a Standard Webhooks library accepts it', async () => {
    const { received, url } = await receive()
    await postWebhook({ url, secret: SECRET }, MESSAGE, Date.now())

    const [{ headers, body } = { headers: {}, body: '' }] = received
    expect(received).toHaveLength(1)
    expect(body).toBe(MESSAGE.body)
    expect(headers).toMatchObject({ 'webhook-id': 'msg_1', 'content-type': 'application/json' })
    const signed = headers as Record<string, string>
    expect(new Webhook(SECRET).verify(body, signed)).toEqual(JSON.parse(MESSAGE.body))
    expect(() => new Webhook(SECRET).verify(`${body} `, signed)).toThrow('No matching signature')
    expect(() => new Webhook(SECRET).verify(body, { ...signed, 'webhook-id': 'msg_2' })).toThrow(
      'No matching signature',
    )
  })

  it.each([500, 404, 302])('that is responded to with %d is not delivered', async (status) => {
    const { received, url } = await receive(status)
    await expect(postWebhook({ url, secret: SECRET }, MESSAGE, Date.now())).rejects.toThrow(String(status))
    expect(received).toHaveLength(1)
  })

  it('that fails is tried again with backoff, with the same id and body, and a new signature', async () => {
    const { received, url } = await receive(500, 503)
    const { create, givenUp, now, setTime } = scene(url)
    const outbox = create()
    outbox.add(MESSAGE)
    const start = now()

    expect(await outbox.deliver()).toBe(start + 10_000)
    expect(await outbox.deliver()).toBe(start + 10_000)
    expect(received).toHaveLength(1)
    setTime(start + 10_000)
    expect(await create().deliver()).toBe(start + 70_000)
    setTime(start + 70_000)
    expect(await create().deliver()).toBeUndefined()

    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1', 'msg_1'])
    expect(new Set(received.map(({ body }) => body))).toEqual(new Set([MESSAGE.body]))
    expect(new Set(received.map(({ headers }) => headers['webhook-signature'])).size).toBe(3)
    expect(await outbox.deliver()).toBeUndefined()
    expect(received).toHaveLength(3)
    expect(givenUp).toEqual([])
  })

  it('that fails five times is given up', async () => {
    const { received, url } = await receive(...Array.from({ length: 9 }, () => 500))
    const { create, givenUp, setTime } = scene(url)
    const outbox = create()
    outbox.add(MESSAGE)
    for (let next = await outbox.deliver(); next !== undefined; next = await outbox.deliver()) setTime(next)

    expect(received).toHaveLength(5)
    expect(givenUp).toEqual(['msg_1'])
  })

  it('that can’t be delivered keeps no other from being delivered', async () => {
    const { received, url } = await receive(500)
    const { create } = scene(url)
    const outbox = create()
    outbox.add(MESSAGE)
    await outbox.deliver()
    outbox.add({ id: 'msg_2', body: '{}' })
    await outbox.deliver()

    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_2'])
  })

  it('to a receiver that isn’t there fails, and is tried again', async () => {
    const { url } = await receive()
    await closeServer()
    closeServer = () => Promise.resolve()
    const { create, now } = scene(url)
    const outbox = create()
    outbox.add(MESSAGE)

    expect(await outbox.deliver()).toBe(now() + 10_000)
  })
})
