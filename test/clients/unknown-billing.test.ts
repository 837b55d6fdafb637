import { OpenRouter } from '@openrouter/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import type { Fault } from '../../emulator/index.ts'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'

const MODEL = 'google/gemini-2.5-flash-image'

/** Where OpenRouter may have billed the image, and can't tell. */
const FAULTS = {
  'breaks the connection at once': { cutAtByte: 0 },
  'breaks the connection in the image': { cutAt: 'image', lookupMisses: 9 },
  'responds 504': { status: 504, lookupMisses: 9 },
  'does not respond in time': { silence: true },
} as const satisfies Record<string, Fault>

/** Longer than Easel asks OpenRouter what a generation cost. */
const TIMEOUT_MS = 90_000

/** Each client at its default settings. @returns the error that its user sees: status and body */
const CLIENTS = {
  async openai(prompt: string) {
    const client = new OpenAI({ apiKey: 'any-key', baseURL: baseUrl() })
    const error = await failureOf(client.chat.completions.create(chat(prompt)))
    if (!(error instanceof OpenAI.APIError)) throw error
    return { status: Number(error.status), body: JSON.stringify(error.error) }
  },
  async '@openrouter/sdk'(prompt: string) {
    const client = new OpenRouter({ apiKey: 'any-key', serverURL: baseUrl() })
    const error = await failureOf(client.chat.send({ chatRequest: chat(prompt) }))
    if (!isHttpError(error)) throw error
    return { status: error.statusCode, body: error.body }
  },
  async 'a client that polls'(prompt: string) {
    const submitted = await easel.post(
      '/v1/images',
      { prompt, model: MODEL },
      { headers: { Prefer: 'respond-async' } },
    )
    const path = submitted.headers.get('location') ?? ''
    const response = await vi.waitFor(
      async () => {
        const polled = await easel.get(path)
        if (polled.status === 202) throw new Error('It is still pending.')
        return polled
      },
      { timeout: TIMEOUT_MS, interval: 500 },
    )
    return { status: response.status, body: await response.text() }
  },
} as const

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({ vars: { EASEL_TIMEOUT_SECONDS: '5' } })
  easel.upstream.setFaults(
    Object.entries<Fault>(FAULTS).map(([name, fault]) => ({ ...fault, match: `OpenRouter ${name}` })),
  )
})

afterAll(() => easel.close())

describe.concurrent.each(Object.entries(CLIENTS))('%s', (name, request) => {
  it.for(Object.keys(FAULTS))(
    'gets billing_unknown, and has the image requested once, when OpenRouter %s',
    { timeout: TIMEOUT_MS },
    async (fault, { expect }) => {
      const prompt = `For ${name}: OpenRouter ${fault}`
      const { status, body } = await request(prompt)

      expect(status).toBe(424)
      expect(body).toContain('billing_unknown')
      expect(body).toContain('may have been billed')
      expect(easel.generations(prompt)).toHaveLength(1)
    },
  )
})

function baseUrl(): string {
  return new URL('/api/v1', easel.url()).href
}

/** `modalities` holds what OpenAI's types don't know. */
function chat(prompt: string) {
  const modalities = ['image', 'text'] as ('image' | 'text')[] & 'text'[]
  return { model: MODEL, messages: [{ role: 'user' as const, content: prompt }], modalities }
}

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  )
}

function isHttpError(error: unknown): error is { readonly statusCode: number; readonly body: string } {
  return error instanceof Error && 'statusCode' in error && 'body' in error
}
