import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../../emulator/faults.ts'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import type { ResponseEvent } from '../../../shared/response/read-response.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import type { ImageModel } from '../../../shared/catalogue/model.ts'
import { createOpenRouterClient, type OpenRouterOptions } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'

const GEMINI = modelOf('google/gemini-2.5-flash-image')
const GPT = modelOf('openai/gpt-image-1')
const spec: ImageSpec = { prompt: 'A fox', model: GEMINI.id }
const KEY = 'sk-or-v1-secret'

let upstream: ServedEmulator
beforeAll(async () => {
  upstream = await serveEmulator({ keepAliveMs: 20 })
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.clearRequests()
  upstream.setFaults([])
})

describe('the client', () => {
  it('yields text, then the image, then what it cost', async () => {
    const events = await eventsOf(client().generate(spec, GEMINI))
    expect(typesOf(events)).toEqual(['text', 'image', 'done'])
    expect(events.at(-1)).toMatchObject({
      model: GEMINI.id,
      generationId: expect.stringMatching(/^gen-/),
      usage: { costUsd: expect.any(Number) },
    })
  })

  it('yields the image and no preview, from models that stream previews', async () => {
    const request = { ...spec, model: GPT.id, api: 'images' } as const
    const events = await eventsOf(client().generate(request, GPT))
    expect(typesOf(events)).toEqual(['image', 'done'])
  })

  it('sends the key and the attribution', async () => {
    const seen: Headers[] = []
    const attribution = { url: 'https://img.example.com', title: 'Café Easel 🗼' }
    const fetch: typeof globalThis.fetch = (url, init) => {
      seen.push(new Headers(init?.headers))
      return globalThis.fetch(url, init)
    }
    await collect(client({ attribution, fetch, apiKey: `${KEY}\n` }).generate(spec, GEMINI))
    expect(seen[0]?.get('Authorization')).toBe(`Bearer ${KEY}`)
    expect(upstream.requests[0]?.headers).toMatchObject({
      'http-referer': 'https://img.example.com',
      'x-openrouter-title': 'Cafe Easel',
      'content-type': 'application/json',
    })
  })

  it('takes a base URL with a slash at the end', async () => {
    await collect(client({ baseUrl: `${upstream.url}/` }).generate(spec, GEMINI))
    expect(upstream.requests[0]?.path).toBe('/api/v1/chat/completions')
  })

  it.each(['', ' ', 'sk-or\nX-Evil: 1', 'sk-or-ключ'])('sends nothing with the key %j', async (apiKey) => {
    const generation = collect(client({ apiKey }).generate(spec, GEMINI))
    await expect(generation).rejects.toMatchObject({ code: 'misconfigured' })
    expect(upstream.requests).toHaveLength(0)
  })

  it('sends nothing that the API can’t carry', async () => {
    const generation = collect(client().generate({ ...spec, api: 'chat', size: '64x64' }, GEMINI))
    await expect(generation).rejects.toMatchObject({
      code: 'unsupported_by_model',
      extras: { field: 'size' },
    })
    expect(upstream.requests).toHaveLength(0)
  })

  it('follows no redirect: the key stays here', async () => {
    let requests = 0
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      requests++
      expect(init?.redirect).toBe('manual')
      return new Response('', { status: 307, headers: { Location: 'https://elsewhere.example/' } })
    }
    const generation = collect(client({ fetch }).generate(spec, GEMINI))
    await expect(generation).rejects.toThrow('check the base URL')
    expect(requests).toBe(1)
  })
})

describe('a retry', () => {
  it.each([429, 500, 502, 503, 529])('helps after %i', async (status) => {
    const { waits, generation } = await generating([{ status, times: 1 }])
    expect(generation).toHaveProperty('images.length', 1)
    expect(upstream.requests.map((request) => request.status)).toEqual([status, 200])
    expect(waits).toEqual([250])
  })

  it.each([400, 401, 402, 403, 404, 408, 413, 422, 504, 520, 524])('is not done after %i', async (status) => {
    const { waits, error } = await generating([{ status }])
    expect(error).toHaveProperty('upstreamStatus', status)
    expect(upstream.requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('is done three times, each wait about twice as long, then given up', async () => {
    const { waits, error } = await generating([{ status: 503 }])
    expect(error).toMatchObject({ code: 'upstream_failed', upstreamStatus: 503 })
    expect(waits).toEqual([250, 500, 1000])
    expect(upstream.requests).toHaveLength(4)
  })

  it('is done once after 500', async () => {
    const { error } = await generating([{ status: 500 }])
    expect(error).toHaveProperty('upstreamStatus', 500)
    expect(upstream.requests).toHaveLength(2)
  })

  it('waits as long as Retry-After says', async () => {
    const { waits } = await generating([{ status: 429, retryAfterSeconds: 7, times: 1 }])
    expect(waits).toEqual([7250])
  })

  it('is given up when Retry-After is past the deadline, which the error tells', async () => {
    const { waits, error } = await generating([{ status: 429, retryAfterSeconds: 100 }])
    expect(error).toMatchObject({ code: 'rate_limited', extras: { retryAfterSeconds: 100 } })
    expect(waits).toEqual([])
  })

  it('is decided by availability.retryable where that is present', async () => {
    await generating([{ status: 502, retryable: false }])
    expect(upstream.requests).toHaveLength(1)
    upstream.clearRequests()
    const { generation } = await generating([{ status: 400, retryable: true, times: 1 }])
    expect(generation).toBeDefined()
    expect(upstream.requests).toHaveLength(2)
  })

  it.each([408, 504, 520, 524])(
    'is not done after %i, even if availability.retryable says so',
    async (status) => {
      const { error } = await generating([{ status, retryable: true, lookupMisses: 99 }])
      expect(error).toMatchObject({
        code: 'billing_unknown',
        mayHaveBeenBilled: true,
        upstreamStatus: status,
      })
      expect(upstream.requests).toHaveLength(1)
    },
  )

  it('is not done when the connection is cut before the response: it may have been billed', async () => {
    const { waits, error } = await generating([{ cutAtByte: 0 }])
    expect(error).toMatchObject({ code: 'billing_unknown', mayHaveBeenBilled: true, retryable: false })
    expect(upstream.requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('helps after an error in a body that has said nothing else: it was not billed', async () => {
    const { generation } = await generating([{ status: 502, inBand: true, times: 1 }])
    expect(generation).toBeDefined()
    expect(upstream.requests).toHaveLength(2)
  })

  it('is never done after words were passed on, whatever the error says', async () => {
    let requests = 0
    const fetch: typeof globalThis.fetch = async () => {
      requests++
      const words = { choices: [{ delta: { content: 'Here is' } }] }
      const error = { error: { code: 502, message: 'gone', availability: { retryable: true } } }
      const body = [words, error].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
    }
    const generation = collect(client({ fetch, clock: clockOf([]) }).generate(spec, GEMINI))
    expect(await failure(generation)).toMatchObject({ upstreamStatus: 502, retryable: true })
    expect(requests).toBe(1)
  })

  it.each<[what: string, fault: Fault]>([
    ['something was passed on', { cutAtByte: 600 }],
    ['the image broke off', { cutAtByte: 3000 }],
    ['the base64 was broken', { base64: 'characters' }],
    ['no image came', { noImage: true }],
    ['the content was refused', { refusal: true }],
  ])('is never done once %s', async (_what, fault) => {
    const { error } = await generating([fault])
    expect(error).toMatchObject({ name: 'UpstreamError' })
    expect(upstream.requests.filter(({ path }) => !path.includes('/generation'))).toHaveLength(1)
  })
})

describe('a response whose JSON breaks off after a whole image', () => {
  it('is a generation all the same, with a problem', async () => {
    const { generation } = await generating([{ brokenJson: true }])
    expect(generation?.images).toHaveLength(1)
    expect(generation?.problems).toHaveLength(1)
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('the deadline', () => {
  it.each<[what: string, fault: Fault]>([
    ['before the response', { silence: true }],
    ['in the middle of the response', { dripBytesPerSecond: 200 }],
  ])('ends a generation %s, and the connection', async (_what, fault) => {
    upstream.setFaults([fault, { path: '/generation', status: 401 }])
    const error = await failure(collect(client({ deadlineMs: 300 }).generate(spec, GEMINI)))
    expect(error).toMatchObject({ code: 'billing_unknown', mayHaveBeenBilled: true, retryable: false })
    expect(error.message).toContain('within 0 s')
    await vi.waitFor(() => expect(upstream.requests[0]?.aborted).toBe(true))
    expect(upstream.requests.filter(({ path }) => !path.includes('/generation'))).toHaveLength(1)
  })

  it('ends a wait, with the error that the wait was for', async () => {
    upstream.setFaults([{ status: 503, message: 'busy' }])
    const sleepless = {
      now: Date.now,
      random: () => 0,
      sleep: (_ms: number, signal: AbortSignal) => aborted(signal),
    }
    const generation = collect(client({ deadlineMs: 300, clock: sleepless }).generate(spec, GEMINI))
    expect(await failure(generation)).toMatchObject({ upstreamStatus: 503 })
  })
})

describe('the caller’s abort', () => {
  const reason = new Error('the caller has had enough')

  it('before the start sends nothing', async () => {
    const generation = collect(client().generate(spec, GEMINI, { signal: AbortSignal.abort(reason) }))
    await expect(generation).rejects.toBe(reason)
    expect(upstream.requests).toHaveLength(0)
  })

  it.each<[when: string, fault: Fault]>([
    ['before the response', { silence: true }],
    ['during the response', { dripBytesPerSecond: 200 }],
  ])('%s closes the connection', async (_when, fault) => {
    upstream.setFaults([fault])
    const controller = new AbortController()
    const generation = failure(collect(client().generate(spec, GEMINI, { signal: controller.signal })))
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1))
    controller.abort(reason)
    expect(await generation).toBe(reason)
    await vi.waitFor(() => expect(upstream.requests[0]?.aborted).toBe(true))
  })

  it('during a wait ends it', async () => {
    upstream.setFaults([{ status: 503 }])
    const controller = new AbortController()
    const clock = {
      now: Date.now,
      random: () => 0,
      sleep: (_ms: number, signal: AbortSignal) => {
        controller.abort(reason)
        return aborted(signal)
      },
    }
    const generation = collect(client({ clock }).generate(spec, GEMINI, { signal: controller.signal }))
    await expect(generation).rejects.toBe(reason)
    expect(upstream.requests).toHaveLength(1)
  })

  it('by leaving the loop closes the connection', async () => {
    upstream.setFaults([{ latencyMs: 60_000 }])
    for await (const event of client().generate(spec, GEMINI)) {
      expect(event.type).toBe('text')
      break
    }
    await vi.waitFor(() => expect(upstream.requests[0]?.aborted).toBe(true))
  })
})

function client(options: Partial<OpenRouterOptions> = {}) {
  return createOpenRouterClient({ apiKey: KEY, baseUrl: upstream.url, ...options })
}

/** The order of events, without the chunks of images. */
function typesOf(events: readonly ResponseEvent[]): string[] {
  return events.map(({ type }) => type).filter((type) => type !== 'bytes')
}

async function eventsOf(generation: AsyncIterable<ResponseEvent>): Promise<ResponseEvent[]> {
  const events: ResponseEvent[] = []
  for await (const event of generation) events.push(event)
  return events
}

/** Half of every chance, and no waiting: the waits are noted. */
function clockOf(waits: number[]): NonNullable<OpenRouterOptions['clock']> {
  const now = Date.now()
  return {
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
  }
}

async function generating(faults: readonly Fault[]) {
  upstream.setFaults(faults)
  const waits: number[] = []
  const asking = collect(client({ clock: clockOf(waits), deadlineMs: 30_000 }).generate(spec, GEMINI))
  const [generation, error] = await asking.then(
    (value) => [value, undefined] as const,
    (thrown: unknown) => [undefined, thrown] as const,
  )
  expect(String(error)).not.toContain(KEY)
  return { waits, generation, error }
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (outcome instanceof Error) return outcome
  throw new TypeError('something was thrown that is no error')
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal.reason as Error)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
  })
}

function modelOf(id: string): ImageModel {
  const model = bundledSnapshot().models.find((one) => one.id === id)
  if (!model) throw new Error(`${id} is not in the snapshot`)
  return model
}
