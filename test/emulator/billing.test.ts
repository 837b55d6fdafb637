import { describe, expect, it } from 'vitest'
import type { Emulator, Fault } from '../../emulator/index.ts'
import { createEmulator } from '../../emulator/index.ts'
import { GEMINI, GPT_IMAGE, chatBody, eventsOf, get, post } from '../support/emulator/ask.ts'

/** Bytes of an image that takes no time. */
const SMALL = 2000

/** What one Gemini image costs for "A fox". */
const PRICE = 1290 * 3e-5 + 2 * 3e-7

describe('the bills', () => {
  it('add up what generations cost, with model and prompt', async () => {
    const emulator = createEmulator()
    await post(emulator, '/chat/completions', chatBody('A fox'))
    const response = await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'An owl', n: 2 })
    const { usage } = (await response.json()) as { usage: { cost: number } }

    const bills = await (await emulator.request('/emulator/bills')).json()
    expect(bills).toEqual(emulator.bills())
    expect(bills).toMatchObject({
      generations: [
        { model: GEMINI, prompt: 'A fox', billed: true },
        { model: GPT_IMAGE, prompt: 'An owl', usd: usage.cost, billed: true },
      ],
    })
    expect(emulator.bills().total_usd).toBeCloseTo(PRICE + usage.cost, 9)
  })

  it.each<[string, Fault, number]>([
    ['an error', { status: 502 }, 0],
    ['an error that is billed all the same', { status: 504, billed: true }, PRICE],
    ['an error in the body', { status: 502, inBand: true }, 0],
    ['an error in the body that is billed', { status: 502, inBand: true, billed: true }, PRICE],
    ['an error after an image', { status: 502, inBand: true, afterImages: 1, billed: true }, PRICE],
    ['a refusal', { refusal: true }, 0],
    ['words without an image', { noImage: true }, 2 * 3e-7],
    ['a broken image', { truncatedImage: true }, PRICE],
    ['a broken image that is not billed', { truncatedImage: true, billed: false }, 0],
    ['a cost that nobody can believe', { cost: 1e9 }, PRICE],
    ['a key of the user’s own', { byok: true }, PRICE],
  ])('hold %s at its price, and so does /generation', async (_what, fault, usd) => {
    for (const stream of [false, true]) {
      const emulator = createEmulator({ faults: [{ bytes: SMALL, ...fault }] })
      const response = await post(emulator, '/chat/completions', chatBody('A fox', { stream }))
      await response.text()

      expect(emulator.bills().total_usd).toBeCloseTo(usd, 9)
      expect(emulator.bills().generations).toMatchObject([{ prompt: 'A fox', billed: usd > 0 }])
      const { data } = await lookUp(emulator, response)
      const upstream = data?.is_byok === true ? (data.upstream_inference_cost ?? 0) : 0
      expect((data?.total_cost ?? 0) + upstream).toBeCloseTo(usd, 9)
    }
  })

  it('hold a generation whose response is cut, and one that the client gave up on, once billed', async () => {
    const emulator = createEmulator({
      faults: [
        { match: 'cut', cutAt: 'image' },
        { match: 'silent', silence: true, billed: true },
      ],
    })
    const cut = await post(emulator, '/chat/completions', chatBody('A cut fox'))
    await expect(cut.text()).rejects.toThrow('cut')
    const client = new AbortController()
    const silent = emulator.request('/api/v1/chat/completions', {
      method: 'POST',
      headers: { Authorization: 'Bearer sk-or-test' },
      body: JSON.stringify(chatBody('A silent fox')),
      signal: client.signal,
    })
    await expect.poll(() => emulator.bills().generations).toHaveLength(2)
    client.abort()
    await silent

    expect(emulator.bills().generations).toMatchObject([
      { prompt: 'A cut fox', billed: true },
      { prompt: 'A silent fox', billed: true },
    ])
  })
})

describe('a generation', () => {
  it.each<Fault>([{}, { status: 429 }, { status: 502, inBand: true }, { refusal: true }, { cutAt: 'image' }])(
    'is named before the body: %o',
    async (fault) => {
      for (const stream of [false, true]) {
        const emulator = createEmulator({ faults: [{ bytes: SMALL, ...fault }] })
        const response = await post(emulator, '/chat/completions', chatBody('A fox', { stream }))
        expect(response.headers.get('x-generation-id')).toMatch(/^gen-\d+-\w{20}$/)
        await response.text().catch(() => undefined)
        expect((await lookUp(emulator, response)).status).toBe(200)
      }
    },
  )

  it('is found only after as many misses as the fault says, and the journal of look-ups shows all', async () => {
    const emulator = createEmulator({ faults: [{ lookupMisses: 2, bytes: SMALL }] })
    const response = await post(emulator, '/chat/completions', chatBody('A fox'))
    const statuses: number[] = []
    for (let time = 0; time < 3; time += 1) statuses.push((await lookUp(emulator, response)).status)

    expect(statuses).toEqual([404, 404, 200])
    const generation_id = response.headers.get('x-generation-id')
    expect(await (await emulator.request('/emulator/lookups')).json()).toMatchObject(
      statuses.map((status) => ({ generation_id, status })),
    )
    expect(emulator.requests).toHaveLength(1)
    emulator.clearRequests()
    expect(emulator.lookups).toEqual([])
  })

  it('can’t be looked up while look-ups fail, which the journal shows too', async () => {
    const emulator = createEmulator({ faults: [{ path: '/generation', status: 500, times: 1 }] })
    const response = await post(emulator, '/chat/completions', chatBody('A fox'))

    expect((await lookUp(emulator, response)).status).toBe(500)
    expect((await lookUp(emulator, response)).status).toBe(200)
    expect(emulator.lookups.map(({ status }) => status)).toEqual([500, 200])
  })

  it('can’t be looked up in silence, until the client gives up', async () => {
    const emulator = createEmulator({ faults: [{ path: '/generation', silence: true, times: 1 }] })
    const response = await post(emulator, '/chat/completions', chatBody('A fox'))
    const client = new AbortController()
    const path = `/api/v1/generation?id=${response.headers.get('x-generation-id')}`
    const silent = emulator.request(path, {
      headers: { Authorization: 'Bearer sk-or-test' },
      signal: client.signal,
    })

    await expect.poll(async () => (await emulator.request('/emulator/faults')).json()).toEqual([])
    expect(emulator.lookups).toEqual([])
    client.abort()
    await silent
    expect(emulator.lookups).toHaveLength(1)
  })
})

describe('the cost that usage reports', () => {
  it.each<[Fault['cost'], unknown]>([
    [-0.01, -0.01],
    [1e9, 1e9],
    [0, 0],
    ['NaN', 'NaN'],
    ['null', null],
    ['Infinity', Infinity],
    ['absent', undefined],
  ])('is %s when the fault says so', async (cost, expected) => {
    for (const usage of await usages({ cost })) {
      expect(usage).toMatchObject({ prompt_tokens: 2 })
      expect(usage?.cost).toBe(expected)
    }
  })

  it('is absent with all of usage', async () => {
    expect(await usages({ cost: 'noUsage' })).toEqual([undefined, undefined, undefined])
  })

  it('is only the fee with the user’s own key, and the provider’s part stands in the details', async () => {
    for (const usage of await usages({ byok: true })) {
      expect(usage?.is_byok).toBe(true)
      const upstream = usage?.cost_details.upstream_inference_cost ?? 0
      expect(upstream).toBeGreaterThan((usage?.cost ?? 0) * 10)
    }
  })

  it('can repeat itself in the details without such a key', async () => {
    for (const usage of await usages({ byok: false })) {
      expect(usage?.is_byok).toBe(false)
      expect(usage?.cost_details.upstream_inference_cost).toBe(usage?.cost)
    }
  })
})

interface Usage {
  readonly cost: number
  readonly is_byok: boolean
  readonly cost_details: { readonly upstream_inference_cost: number | null }
}

/** Of a chat response, a chat stream and an images response. */
async function usages(fault: Fault): Promise<readonly (Usage | undefined)[]> {
  const emulator = createEmulator({ faults: [{ bytes: SMALL, ...fault }] })
  const chat = await post(emulator, '/chat/completions', chatBody('A fox'))
  const images = await post(emulator, '/images', { model: GEMINI, prompt: 'A fox' })
  const stream = await post(emulator, '/chat/completions', chatBody('A fox', { stream: true }))
  const { events } = eventsOf(await stream.text())
  return [await chat.json(), await images.json(), events.at(-1)].map(
    (body) => (body as { usage?: Usage }).usage,
  )
}

async function lookUp(
  emulator: Emulator,
  response: Response,
): Promise<{
  readonly status: number
  readonly data?: {
    readonly total_cost: number
    readonly is_byok: boolean
    readonly upstream_inference_cost: number | null
  }
}> {
  const found = await get(emulator, `/generation?id=${response.headers.get('x-generation-id')}`)
  return { status: found.status, ...((await found.json()) as object) }
}
