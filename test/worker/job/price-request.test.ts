import { describe, expect, it, vi } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'
import type { ImageSpecInput } from '../../../shared/spec/schema.ts'
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts'
import type { Candidates } from '../../../shared/openrouter/fallback.ts'
import { emulatorCatalogue } from '../../support/shared/emulator-catalogue.ts'

interface Priced {
  readonly model: string
  readonly candidates: Candidates
  readonly estimateUsd: number
  readonly reserveUsd: number
}

/** By its path: types of the files that it imports exist in workerd only. */
const MODULE = '../../../worker/job/price-request.ts'
const { priceRequest } = (await import(MODULE)) as {
  priceRequest(request: object, ports: object): Promise<Priced>
}

const GEMINI = 'google/gemini-3.1-flash-image'
const GPT = 'openai/gpt-image-2'
/** A model whose endpoints can't be read. */
const UNPRICED = 'google/gemini-3-pro-image'
const ALIAS = '~google/gemini-flash-image-latest'

async function price(
  what: object,
  {
    allowedModels = [],
    maxCostUsd = 1,
    catalogue = emulatorCatalogue(),
  }: { allowedModels?: readonly string[]; maxCostUsd?: number; catalogue?: Catalogue } = {},
) {
  return priceRequest(
    {
      ...what,
      fingerprint: await fingerprint({ prompt: 'x', model: 'a/b' }),
      caller: { kind: 'anonymous', name: '127.0.0.1' },
      refresh: false,
      lookedAt: 0,
    },
    { catalogue, settings: { allowedModels, maxCostUsd } },
  )
}

function specOf(input: ImageSpecInput): object {
  return { spec: resolveSpec({ prompt: 'A fox', ...input }) }
}

/** A conversation that names these models. */
function conversationOf(first: string, ...others: readonly string[]): object {
  const models = others.length > 0 ? { models: [first, ...others] } : { model: first }
  const request = { path: '/chat/completions', body: { messages: [{ role: 'user', content: 'A fox' }] } }
  return { ...specOf(models), conversation: { request, described: { request } } }
}

function withoutPriceOf(unpriced: string): Catalogue {
  const catalogue = emulatorCatalogue()
  return {
    ...catalogue,
    async model(id) {
      const entry = await catalogue.model(id)
      return id === unpriced ? { ...entry, model: { ...entry.model, endpoints: [] } } : entry
    },
  }
}

describe('a price', () => {
  it('is an estimate for people, and a reservation that the bill cannot exceed', async () => {
    const { estimateUsd, reserveUsd } = await price(specOf({ model: GPT }))

    // Quality and ratio are open: medium and square, or high and upright.
    expect(estimateUsd).toBeCloseTo(0.0317, 3)
    expect(reserveUsd).toBeCloseTo(0.1879, 3)
  })

  it('of several models is the first one’s estimate, and the dearest one’s reservation', async () => {
    const { estimateUsd, reserveUsd } = await price(specOf({ models: [GEMINI, GPT] }))

    expect(estimateUsd).toBeCloseTo(0.0672, 4)
    expect(reserveUsd).toBeCloseTo(0.1879, 3)
  })

  it('that can exceed the limit is refused, whatever the estimate', async () => {
    await expect(price(specOf({ models: [GEMINI, GPT] }), { maxCostUsd: 0.1 })).rejects.toMatchObject({
      code: 'budget_exhausted',
    })
    await expect(price(specOf({ model: GEMINI }), { maxCostUsd: 0.1 })).resolves.toMatchObject({
      model: GEMINI,
    })
  })

  it('of a conversation is the price of its words and images, for each of its models', async () => {
    const one = await price(conversationOf(GEMINI))
    const pro = await price(conversationOf('google/gemini-3-pro-image'))
    const both = await price(conversationOf(GEMINI, 'google/gemini-3-pro-image'))

    expect([one.estimateUsd, pro.reserveUsd].every((usd) => usd > 0.01 && usd < 0.5)).toBe(true)
    expect(both.estimateUsd).toBe(one.estimateUsd)
    expect(both.reserveUsd).toBe(pro.reserveUsd)
  })

  it('that is unknown for one of the models counts as the limit', async () => {
    for (const what of [specOf({ models: [GEMINI, UNPRICED] }), conversationOf(GEMINI, UNPRICED)]) {
      expect(await price(what, { maxCostUsd: 0.7, catalogue: withoutPriceOf(UNPRICED) })).toMatchObject({
        estimateUsd: 0.7,
        reserveUsd: 0.7,
      })
    }
  })
})

describe('the requests', () => {
  it('are one for each model, in order, and never name two', async () => {
    const { candidates, model } = await price(specOf({ models: [GEMINI, GPT] }))

    expect(model).toBe(GEMINI)
    expect(candidates.map((one) => one.model)).toEqual([GEMINI, GPT])
    expect(candidates.map(({ request: { body } }) => body)).toMatchObject([{ model: GEMINI }, { model: GPT }])
    expect(JSON.stringify(candidates)).not.toContain('"models"')
  })

  it('of a conversation are one for each model too', async () => {
    const { candidates } = await price(conversationOf(GEMINI, 'google/gemini-3-pro-image'))

    expect(candidates.map(({ request: { body } }) => body)).toMatchObject([
      { model: GEMINI, stream: true },
      { model: 'google/gemini-3-pro-image', stream: true },
    ])
    expect(JSON.stringify(candidates)).not.toContain('"models"')
  })

  it('are refused when one of the models can’t do it', async () => {
    await expect(price(specOf({ models: [GEMINI, GPT], image_size: '4K' }))).rejects.toMatchObject({
      code: 'unsupported_by_model',
      message: expect.stringContaining(GPT),
    })
  })
})

describe('the allowed models', () => {
  it('apply to every model of a request', async () => {
    const allowed = { allowedModels: ['google/*'] }

    await expect(price(specOf({ models: [GEMINI, GPT] }), allowed)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(price(conversationOf(GEMINI, GPT), allowed)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it.each<[string, readonly string[]]>([
    ['its author', ['google/*']],
    ['itself', [ALIAS]],
    ['the model that it means', [GEMINI]],
  ])('allow an alias by %s', async (_, allowedModels) => {
    await expect(price(specOf({ model: ALIAS }), { allowedModels })).resolves.toMatchObject({
      candidates: [{ model: ALIAS, servedBy: GEMINI }],
    })
  })

  it('refuse an alias that means another model', async () => {
    await expect(price(specOf({ model: ALIAS }), { allowedModels: [GPT] })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('the log', () => {
  it('warns of a model that retires, and says nothing of others', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await price(specOf({ model: GEMINI }))
    expect(warn).not.toHaveBeenCalled()

    await price(specOf({ model: 'google/gemini-2.5-flash-image' }))

    expect(warn.mock.calls.map(([line]): unknown => JSON.parse(String(line)))).toEqual([
      expect.objectContaining({
        event: 'model_retirement',
        model: 'google/gemini-2.5-flash-image',
        date: '2026-10-02',
        successor: GEMINI,
      }),
    ])
    warn.mockRestore()
  })
})
