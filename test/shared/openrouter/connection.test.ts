import type { ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import type { UpstreamError } from '../../../shared/errors.ts'
import { createOpenRouterClient, type OpenRouterOptions } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import { freePort } from '../../support/free-port.ts'
import { serveRaw } from '../../support/shared/raw-server.ts'
import { base64, FORMATS, png, refusal } from '../../support/shared/responses.ts'

const IMAGE = png(64, 64, Buffer.from([1, 2, 3]))
const LARGE = png(640, 640, Buffer.alloc(400_000, 'noise'))
const STREAM = FORMATS['chat stream'].body([IMAGE])
const ERROR = { message: 'It failed.', availability: { code: 'x', retryable: true } }

describe('a response that breaks off', () => {
  it.each<[how: string, listener: (response: ServerResponse) => void]>([
    ['before its head', (response) => response.destroy()],
    ['after its head', (response) => cutAfter(response, head(response))],
    [
      'in the middle of the image',
      (response) =>
        cutAfter(response, head(response), FORMATS['chat stream'].body([LARGE]).slice(0, 200_000)),
    ],
    ['by an end in the middle of the image', (response) => head(response).end(STREAM.slice(0, 400))],
    [
      'as JSON, in the middle of the image',
      (response) =>
        head(response, 'application/json').end(FORMATS['images JSON'].body([LARGE]).slice(0, 9000)),
    ],
    [
      'as an error',
      (response) => cutAfter(response, response.writeHead(503, { 'Content-Length': 100 }), '{"error":'),
    ],
    ['in a gateway, which says so itself', (response) => response.writeHead(502).end('Bad Gateway')],
  ])('%s may have been billed, and is not retried', async (_how, listener) => {
    await using server = await serveRaw((_request, response) => listener(response))
    const { error } = await failing(server.url)
    expect(error).toMatchObject({ code: 'billing_unknown', mayHaveBeenBilled: true, retryable: false })
    expect(server.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1)
  })

  it('after a whole image keeps it', async () => {
    await using server = await serveRaw((_request, response) => {
      const text = FORMATS['chat stream'].body([LARGE, LARGE])
      cutAfter(response, head(response), text.slice(0, text.lastIndexOf('data: {"id"') - 3000))
    })
    const { images, problems } = await generate(server.url)
    expect(images).toMatchObject([{ width: 640, height: 640, byteLength: LARGE.length }])
    expect(problems).toEqual([expect.stringContaining('the connection was cut')])
  })

  it('by the deadline, after a whole image, keeps it', async () => {
    await using server = await serveCost(recorded({ total_cost: 0.04 }), (response) => {
      head(response).write(STREAM.slice(0, STREAM.lastIndexOf('data: {"id"')))
    })
    const { images, problems } = await generate(server.url, { deadlineMs: 500 })
    expect(images).toHaveLength(1)
    expect(problems).toEqual([expect.stringContaining('the connection was cut')])
    expect(server.requests.filter((sent) => sent.startsWith('POST'))).toHaveLength(1)
  })
})

describe('a server that never responds', () => {
  it('is given up at the deadline, as possibly billed', async () => {
    await using server = await serveRaw(() => undefined)
    const { error, waits } = await failing(server.url, { deadlineMs: 200 })
    expect(error).toMatchObject({ code: 'billing_unknown', retryable: false })
    expect(server.requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('nor closes is left when the caller aborts, with the caller’s reason', async () => {
    await using server = await serveRaw(() => undefined)
    const controller = new AbortController()
    const reason = new DOMException('the page was closed', 'TimeoutError')
    const generation = collect(client(server.url).send(request, { signal: controller.signal }))
    const outcome = generation.catch((error: unknown) => error)
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    controller.abort(reason)
    expect(await outcome).toBe(reason)
  })
})

describe('a connection that never opened', () => {
  it('to a refused port is a failure that nobody billed, and is not retried', async () => {
    const url = `http://127.0.0.1:${await freePort()}/api/v1`
    const { error, waits } = await failing(url, { apiKey: 'sk-or-secret' })
    expect(error).toMatchObject({ code: 'upstream_failed', mayHaveBeenBilled: false, retryable: false })
    expect(error.message).toContain('can’t be reached')
    expect(waits).toEqual([])
    expect(`${String(error)} ${String(error.cause)}`).not.toContain('secret')
  })
})

describe('a redirect', () => {
  it('is not followed: the key stays here, and nothing was billed', async () => {
    await using elsewhere = await serveRaw((_request, response) => response.end())
    await using server = await serveRaw((_request, response) => {
      response.writeHead(307, { Location: `${elsewhere.url}/chat/completions` }).end()
    })
    const { error } = await failing(server.url)
    expect(error).toMatchObject({ code: 'upstream_failed', message: expect.stringContaining('base URL') })
    expect(elsewhere.requests).toEqual([])
  })
})

describe('Retry-After', () => {
  it.each<[written: string, header: () => string, least: number, most: number]>([
    ['in seconds', () => '7', 7000, 7500],
    ['as a date', () => new Date(NOW + 9000).toUTCString(), 8000, 9500],
    ['as a date in the past', () => new Date(NOW - 9000).toUTCString(), 0, 500],
    ['of a day, as five minutes', () => '86400', 300_000, 300_500],
  ])('%s is waited for', async (_written, header, least, most) => {
    await using server = await serveRaw((_request, response, count) => {
      if (count > 1) return head(response).end(STREAM)
      return response.writeHead(429, { 'Retry-After': header() }).end(JSON.stringify({ error: ERROR }))
    })
    const waits: number[] = []
    await collect(client(server.url, { clock: clockOf(waits), deadlineMs: 600_000 }).send(request))
    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeGreaterThanOrEqual(least)
    expect(waits[0]).toBeLessThanOrEqual(most)
  })
})

describe('a 504 with availability.retryable', () => {
  it('is not retried all the same', async () => {
    await using server = await serveRaw((_request, response) => {
      response.writeHead(504).end(JSON.stringify({ error: ERROR }))
    })
    const { error } = await failing(server.url)
    expect(error).toMatchObject({ code: 'billing_unknown', upstreamStatus: 504 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('the cost of a generation that broke off', () => {
  it.each<[what: string, data: object, usd: number]>([
    ['a charge', { total_cost: 0.04 }, 0.04],
    [
      'a charge without an own key',
      { total_cost: 0.04, is_byok: false, upstream_inference_cost: 0.03 },
      0.04,
    ],
    ['a charge of an own key', { total_cost: 0, is_byok: true, upstream_inference_cost: 0.03 }, 0.03],
  ])('is looked up: %s was billed', async (_what, data, usd) => {
    await using server = await serveCost(recorded(data))
    const { error } = await failing(server.url)
    expect(error).toMatchObject({
      code: 'upstream_invalid',
      billedUsd: usd,
      mayHaveBeenBilled: false,
      generationId: 'gen-7',
    })
    expect(server.requests).toEqual(['POST /chat/completions', 'GET /generation?id=gen-7'])
  })

  it('of nothing means that nothing was billed', async () => {
    await using server = await serveCost(recorded({ total_cost: 0 }))
    const { error } = await failing(server.url)
    expect(error).toMatchObject({ code: 'upstream_failed', mayHaveBeenBilled: false, generationId: 'gen-7' })
    expect(server.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1)
  })

  it('is asked for again while it is not recorded, each wait longer', async () => {
    await using server = await serveCost((response, count) => {
      if (count === 4) recorded({ total_cost: 0.04 })(response)
      else response.writeHead([404, 503, 429][count - 1] ?? 500).end()
    })
    const { error, waits } = await failing(server.url)
    expect(error).toMatchObject({ code: 'upstream_invalid', billedUsd: 0.04 })
    expect(waits).toHaveLength(3)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(60_000)
  })

  it.each<[what: string, respond: (response: ServerResponse) => void, tries: number]>([
    ['after four tries, when it is never recorded', (response) => void response.writeHead(404).end(), 4],
    ['after four tries, when nobody responds', (response) => void response.destroy(), 4],
    ['at once, when the key may not ask', (response) => void response.writeHead(401).end(), 1],
    ['at once, when what comes is no record', (response) => void response.end('<html>'), 1],
  ])('stays unknown %s', async (_what, respond, tries) => {
    await using server = await serveCost(respond)
    const { error } = await failing(server.url)
    expect(error).toMatchObject({ code: 'billing_unknown', generationId: 'gen-7' })
    expect(server.requests.filter((one) => one.startsWith('GET'))).toHaveLength(tries)
  })

  it('is also looked up after the deadline, and after a 504', async () => {
    const broken: readonly ((response: ServerResponse) => void)[] = [
      (response) =>
        void head(response.setHeader('X-Generation-Id', 'gen-7')).write(': OPENROUTER PROCESSING\n\n'),
      (response) => void response.writeHead(504, { 'X-Generation-Id': 'gen-7' }).end(),
    ]
    for (const one of broken) {
      await using server = await serveCost(recorded({ total_cost: 0.04 }), one)
      const { error } = await failing(server.url, { deadlineMs: 300 })
      expect(error).toMatchObject({ code: 'upstream_invalid', billedUsd: 0.04 })
    }
  })

  it('is not looked up for a generation without a name', async () => {
    await using nameless = await serveCost(recorded({ total_cost: 1 }), (response) => {
      cutAfter(response, head(response), ': OPENROUTER PROCESSING\n\n')
    })
    expect((await failing(nameless.url)).error.code).toBe('billing_unknown')
    expect(nameless.requests).toEqual(['POST /chat/completions'])
  })

  it('is looked up for one that brought an image and broke off before it named its cost', async () => {
    await using whole = await serveCost(recorded({ total_cost: 1 }), (response) => {
      response.setHeader('X-Generation-Id', 'gen-7')
      cutAfter(response, head(response), STREAM.slice(0, STREAM.lastIndexOf('data: {"id"')))
    })
    expect(await generate(whole.url)).toMatchObject({ generationId: 'gen-7', usage: { costUsd: 1 } })
    expect(whole.requests).toEqual(['POST /chat/completions', 'GET /generation?id=gen-7'])
  })

  it('is given up when the caller aborts, with the caller’s reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    await using server = await serveCost(() => controller.abort(reason))
    const generation = collect(client(server.url).send(request, { signal: controller.signal }))
    await expect(generation).rejects.toBe(reason)
  })
})

describe('collecting', () => {
  it('keeps every whole image in memory, with the text, the cost and the problems', async () => {
    await using server = await serveRaw((_request, response) => {
      const texts = [base64(LARGE), 'QUJD', base64(IMAGE)]
      head(response.setHeader('X-Generation-Id', 'gen-7')).end(FORMATS['chat stream'].withTexts(texts))
    })
    const { images, ...rest } = await generate(server.url)
    expect(images.map(({ segments }) => Buffer.concat(segments))).toEqual([LARGE, IMAGE])
    expect(images).toMatchObject([{ byteLength: LARGE.length }, { byteLength: IMAGE.length, width: 64 }])
    expect(rest).toEqual({
      text: 'Here is',
      model: 'a/b',
      generationId: 'gen-7',
      usage: { costUsd: 0.0387, promptTokens: 8, completionTokens: 1290 },
      problems: [expect.stringMatching(/^Image 2 is broken: /)],
    })
  })
})

const NOW = Date.parse('Tue, 01 Sep 2026 12:00:00 GMT')
const request = { path: '/chat/completions', body: { model: 'a/b' } } as const

function client(baseUrl: string, options: Partial<OpenRouterOptions> = {}) {
  return createOpenRouterClient({ apiKey: 'sk-or-test', baseUrl, ...options })
}

/** A server whose generations break off, and whose records say what they cost. */
const serveCost = (respond: (response: ServerResponse, count: number) => void, broken = cutWithName) =>
  serveRaw((incoming, response, count) => {
    if (incoming.method === 'POST') return broken(response)
    expect(incoming.headers.authorization).toBe('Bearer sk-or-test')
    return respond(response, count)
  })

/** Cuts a response that names its generation. */
function cutWithName(response: ServerResponse): void {
  response.setHeader('X-Generation-Id', 'gen-7')
  cutAfter(response, head(response), STREAM.slice(0, 300))
}

function recorded(data: object) {
  return (response: ServerResponse) => void response.end(JSON.stringify({ data }))
}

function clockOf(waits: number[]): NonNullable<OpenRouterOptions['clock']> {
  return { now: () => NOW, random: () => 0.5, sleep: async (ms) => void waits.push(ms) }
}

function generate(url: string, options: Partial<OpenRouterOptions> = {}) {
  return collect(client(url, options).send(request))
}

async function failing(url: string, options: Partial<OpenRouterOptions> = {}) {
  const waits: number[] = []
  const error: UpstreamError = await refusal(generate(url, { clock: clockOf(waits), ...options }))
  return { error, waits }
}

function head(response: ServerResponse, type = 'text/event-stream'): ServerResponse {
  return response.writeHead(200, { 'Content-Type': type })
}

/** Sends that much, and cuts the connection once it is on its way. */
function cutAfter(response: ServerResponse, started: ServerResponse, text = ''): void {
  started.flushHeaders()
  started.write(text, () => response.destroy())
}
