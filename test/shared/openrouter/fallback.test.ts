import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../../emulator/faults.ts'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import { createOpenRouterClient, type OpenRouterOptions } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import type { Candidate, Candidates } from '../../../shared/openrouter/fallback.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { modelOf } from '../../support/shared/specs.ts'

const FIRST = 'google/gemini-3.1-flash-image'
const SECOND = 'openai/gpt-image-2'
const prompt = 'A fox'

/** The first goes over chat, the second over the images API, so that faults can tell them apart. */
const both: Candidates = [candidate(FIRST, 'chat'), candidate(SECOND, 'images')]
const ON_CHAT = { path: '/chat/completions' }

let upstream: ServedEmulator
beforeAll(async () => {
  upstream = await serveEmulator()
})
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.clearRequests()
  upstream.setFaults([])
})

describe('a request with two models', () => {
  it('is served by the first, and the second is not asked', async () => {
    const generation = await collect(client().sendFirst(both))

    expect(generation.model).toBe(FIRST)
    expect(generation.failedModels).toBeUndefined()
    expect(asked()).toEqual([FIRST])
  })

  it.each<[what: string, fault: Fault, code: string, requests: number]>([
    ['does not exist', { status: 404 }, 'model_not_found', 1],
    ['is rate-limited', { status: 429 }, 'rate_limited', 4],
    ['refuses a field', { status: 400 }, 'invalid_spec', 1],
    ['fails', { status: 500 }, 'upstream_failed', 2],
    ['is unavailable', { status: 502 }, 'upstream_failed', 4],
    ['is overloaded', { status: 503 }, 'upstream_failed', 4],
    ['fails within its response', { status: 502, inBand: true }, 'upstream_failed', 4],
  ])(
    'is served by the second when the first %s, after the ordinary retries',
    async (_, fault, code, requests) => {
      upstream.setFaults([{ ...ON_CHAT, ...fault }])

      const generation = await collect(client().sendFirst(both))

      expect(generation.images).toHaveLength(1)
      expect(generation.model).toBe(SECOND)
      expect(generation.failedModels).toEqual([{ model: FIRST, code, message: expect.any(String) }])
      expect(asked()).toEqual([...Array.from({ length: requests }, () => FIRST), SECOND])
    },
  )

  it.each<[what: string, fault: Fault, code: string]>([
    ['refuses the content', { refusal: true }, 'refused'],
    ['is blocked by moderation', { status: 403, message: 'flagged by moderation' }, 'refused'],
    ['may have been billed: 524', { status: 524, lookupMisses: 9 }, 'billing_unknown'],
    ['was billed: 524', { status: 524, billed: true }, 'upstream_invalid'],
    [
      'was in doubt, although the lookup then says that nothing was billed',
      { status: 524 },
      'upstream_failed',
    ],
    ['may have been billed: cut', { cutAtByte: 0 }, 'billing_unknown'],
    ['was billed without an image', { noImage: true, text: 'No.' }, 'no_image'],
    ['was billed for bytes that are no image', { notAnImage: true }, 'upstream_invalid'],
    ['finds no credits', { status: 402 }, 'credits_exhausted'],
    ['finds the key rejected', { status: 401 }, 'upstream_unauthorized'],
  ])('never asks the second when the first %s', async (_, fault, code) => {
    upstream.setFaults([{ ...ON_CHAT, ...fault }])

    await expect(collect(client().sendFirst(both))).rejects.toMatchObject({ code })

    expect(asked()).toEqual([FIRST])
  })

  it('fails with the last model’s error when none serves', async () => {
    upstream.setFaults([
      { ...ON_CHAT, status: 404 },
      { path: '/images', status: 429 },
    ])

    await expect(collect(client().sendFirst(both))).rejects.toMatchObject({ code: 'rate_limited' })

    expect(new Set(asked())).toEqual(new Set([FIRST, SECOND]))
  })

  it('leaves the second half of the time: the first is not retried beyond it', async () => {
    upstream.setFaults([{ ...ON_CHAT, status: 503, retryAfterSeconds: 40 }])
    const clock = simulatedClock()

    const generation = await collect(client({ deadlineMs: 100_000, clock }).sendFirst(both))

    // One wait of 40 s fits into the first 50 s, a second one doesn't.
    expect(asked()).toEqual([FIRST, FIRST, SECOND])
    expect(generation.model).toBe(SECOND)
  })

  it('never reaches OpenRouter as two models in one request', async () => {
    upstream.setFaults([{ ...ON_CHAT, status: 404 }])

    await collect(client().sendFirst(both))

    expect(upstream.requests.filter(({ body }) => JSON.stringify(body).includes('"models"'))).toEqual([])
  })
})

describe('a model that OpenRouter no longer serves', () => {
  const retired: Candidate = {
    ...candidate(FIRST, 'chat'),
    retirement: { date: '2026-01-15', successor: SECOND },
  }

  it('is a 404 that says when it was retired, and what to use', async () => {
    upstream.setFaults([{ ...ON_CHAT, status: 404 }])

    await expect(collect(client().sendFirst([retired]))).rejects.toMatchObject({
      code: 'model_not_found',
      message: `${FIRST} was retired on 2026-01-15, and OpenRouter no longer has it. Use ${SECOND}.`,
      extras: { closest: [SECOND] },
    })
  })

  it('keeps its error when that is about something else', async () => {
    upstream.setFaults([{ ...ON_CHAT, status: 402 }])

    await expect(collect(client().sendFirst([retired]))).rejects.toMatchObject({ code: 'credits_exhausted' })
  })
})

describe('an alias', () => {
  it('is served by the model that it means, also where the response names none', async () => {
    const alias = '~google/gemini-flash-image-latest'
    const base = { ...candidate(FIRST, 'images'), model: alias, servedBy: FIRST }
    const request = { path: base.request.path, body: { ...base.request.body, model: alias } }

    const generation = await collect(client().sendFirst([{ ...base, request }]))

    expect(generation.model).toBe(FIRST)
    expect(asked()).toEqual([alias])
  })
})

function candidate(model: string, api: 'chat' | 'images'): Candidate {
  return { model, servedBy: model, request: buildRequest({ prompt, model, api }, modelOf(model)) }
}

/** The models of the requests, in order. */
function asked(): unknown[] {
  return upstream.requests
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => (body as { readonly model?: unknown }).model)
}

function client(options: Partial<OpenRouterOptions> = {}) {
  return createOpenRouterClient({
    apiKey: 'sk-or-v1-secret',
    baseUrl: upstream.url,
    clock: { ...simulatedClock(), now: Date.now },
    ...options,
  })
}

/** Waiting takes no time, and moves the clock. */
function simulatedClock() {
  let ms = 0
  return {
    now: () => ms,
    random: () => 0,
    sleep: async (duration: number) => {
      ms += duration
    },
  }
}
