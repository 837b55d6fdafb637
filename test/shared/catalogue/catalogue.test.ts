import { describe, expect, it } from 'vitest'
import { createCatalogue } from '../../../shared/catalogue/catalogue.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { ModelNotFoundError } from '../../../shared/errors.ts'
import { estimateCost } from '../../../shared/prices/estimate.ts'
import {
  BASE_URL,
  CHAT,
  chatItem,
  endpointItem,
  endpointsPath,
  imagesItem,
  IMAGES,
  startCatalogue,
} from '../../support/shared/model-lists.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

const FOX = 'ink/fox'
const LISTS = {
  [IMAGES]: { data: [imagesItem(FOX), imagesItem('ink/owl')] },
  [CHAT]: { data: [chatItem(FOX), chatItem('talk/only')] },
  [endpointsPath(FOX)]: { id: FOX, endpoints: [endpointItem('inkwell')] },
}
const never = () => new Promise<Response>(() => {})
const failing = async () => new Response('gone', { status: 503 })

describe('the live list', () => {
  it('merges both lists and the endpoint records of one model', async () => {
    const { catalogue, requests } = startCatalogue({ ...LISTS })

    const { model, source, warnings } = await catalogue.model(FOX)

    expect({ source, warnings }).toEqual({ source: 'live', warnings: [] })
    expect(model).toMatchObject({
      id: FOX,
      output_modalities: ['image'],
      chat_parameters: ['max_tokens', 'seed'],
      apis: { chat: true, images: true },
      endpoints: [{ provider_slug: 'inkwell' }],
    })
    // Only the records of the model that was asked for.
    expect(requests.map(({ path }) => path).toSorted()).toEqual([IMAGES, endpointsPath(FOX), CHAT])
  })

  it('knows which of the two APIs have a model, and reads no records for one that only the chat API has', async () => {
    const { catalogue, requests } = startCatalogue({ ...LISTS })

    expect((await catalogue.model('ink/owl')).model.apis).toEqual({ chat: false, images: true })
    expect((await catalogue.model('talk/only')).model).toMatchObject({
      apis: { chat: true, images: false },
      supported_parameters: {},
      endpoints: [],
    })
    expect(requests.map(({ path }) => path)).not.toContain(endpointsPath('talk/only'))
  })

  it('skips text models when the server ignores the filter', async () => {
    const text = chatItem('talk/text', {
      architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    })
    const { catalogue } = startCatalogue({ ...LISTS, [CHAT]: { data: [text] } })

    await expect(catalogue.model('talk/text')).rejects.toBeInstanceOf(ModelNotFoundError)
  })

  it('is read once for a hundred concurrent callers, and not again within the hour', async () => {
    const { catalogue, clock, requests } = startCatalogue({ ...LISTS })

    await Promise.all(Array.from({ length: 100 }, () => catalogue.model(FOX)))
    clock.ms += HOUR_MS - 1
    await catalogue.model(FOX)
    expect(requests).toHaveLength(3)

    clock.ms += 1
    await catalogue.model(FOX)
    expect(requests).toHaveLength(6)
  })

  it('is requested with the key when there is one, and without Authorization otherwise', async () => {
    const [withKey, without] = [
      startCatalogue({ ...LISTS }, { apiKey: 'sk-or-test' }),
      startCatalogue({ ...LISTS }),
    ]

    await withKey.catalogue.model(FOX)
    await without.catalogue.model(FOX)

    expect(withKey.requests.every(({ headers }) => headers['Authorization'] === 'Bearer sk-or-test')).toBe(
      true,
    )
    expect(without.requests.every(({ headers }) => !('Authorization' in headers))).toBe(true)
  })

  it('stays in use while it cannot be read, with one attempt a minute', async () => {
    const { catalogue, clock, responses, requestsTo, failures } = startCatalogue({ ...LISTS })
    await catalogue.model(FOX)

    responses[IMAGES] = failing
    clock.ms += HOUR_MS
    const stale = [await catalogue.model(FOX), await catalogue.model(FOX)]
    expect(stale.map(({ source }) => source)).toEqual(['live', 'live'])
    expect(requestsTo(IMAGES)).toBe(2)
    expect(failures).toHaveLength(1)

    clock.ms += MINUTE_MS
    responses[IMAGES] = { data: [imagesItem('ink/new')] }
    expect((await catalogue.model('ink/new')).source).toBe('live')
  })

  it('has a model without its endpoint records when those cannot be read, and tries again after a minute', async () => {
    const { catalogue, clock, responses } = startCatalogue({ ...LISTS, [endpointsPath(FOX)]: failing })
    expect(await catalogue.model(FOX)).toMatchObject({ source: 'live', model: { endpoints: [] } })

    responses[endpointsPath(FOX)] = { endpoints: [endpointItem('inkwell')] }
    clock.ms += MINUTE_MS
    expect((await catalogue.model(FOX)).model.endpoints).toHaveLength(1)
  })

  it('lists every model by id, with the endpoint records that can be read', async () => {
    const { catalogue } = startCatalogue({ ...LISTS })

    const { models, source } = await catalogue.list()

    expect(source).toBe('live')
    expect(models.map(({ id, endpoints }) => [id, endpoints.length])).toEqual([
      [FOX, 1],
      ['ink/owl', 0],
      ['talk/only', 0],
    ])
  })
})

describe('unknown values in the lists', () => {
  it('cost only themselves: odd entries and records are skipped, the rest is used', async () => {
    const price = { billable: 'output_image', unit: 'image', cost_usd: 0.04 }
    const { catalogue, failures } = startCatalogue({
      [IMAGES]: { data: [{ id: 'no-slash' }, 'nonsense', imagesItem(FOX, { since: { deep: true } })] },
      [CHAT]: { data: [chatItem(FOX, { pricing: {} }), null], total_count: 2 },
      [endpointsPath(FOX)]: {
        endpoints: [{ provider_name: 'half a record' }, endpointItem('inkwell', { pricing: [price] })],
      },
    })

    expect((await catalogue.list()).models.map(({ id }) => id)).toEqual([FOX])
    expect((await catalogue.model(FOX)).model.endpoints.map(({ pricing }) => pricing)).toEqual([[price]])
    expect(failures).toEqual([])
  })

  it.each<[string, object]>([
    ['billable', { billable: 'output_video', unit: 'image', cost_usd: 1 }],
    ['unit', { billable: 'output_image', unit: 'second', cost_usd: 1 }],
    ['amount', { billable: 'output_image', unit: 'image', cost_usd: -1 }],
  ])('of a price line (%s) make the price unknown instead of too low', async (_, odd) => {
    const price = { billable: 'output_image', unit: 'image', cost_usd: 0.04 }
    const { catalogue } = startCatalogue({
      ...LISTS,
      [endpointsPath(FOX)]: { endpoints: [endpointItem('inkwell', { pricing: [price, odd] })] },
    })

    const { model } = await catalogue.model(FOX)

    expect(model.endpoints.map(({ pricing }) => pricing)).toEqual([[]])
    expect(estimateCost({ prompt: 'A fox', model: FOX }, model).usd).toBeUndefined()
  })

  it('of a unit that OpenRouter has since added, a price per request, is known', async () => {
    const price = { billable: 'output_image', unit: 'request', cost_usd: 0.05 }
    const { catalogue } = startCatalogue({
      ...LISTS,
      [endpointsPath(FOX)]: { endpoints: [endpointItem('inkwell', { pricing: [price] })] },
    })

    const { model } = await catalogue.model(FOX)

    expect(estimateCost({ prompt: 'A fox', model: FOX, n: 3 }, model).usd).toBe(0.05)
  })

  it('of a capability count as accepted', async () => {
    const { catalogue } = startCatalogue({
      ...LISTS,
      [IMAGES]: {
        data: [imagesItem(FOX, { supported_parameters: { seed: { type: 'pattern', regex: '.' } } })],
      },
    })

    expect((await catalogue.model(FOX)).model.supported_parameters).toEqual({ seed: { type: 'boolean' } })
  })
})

describe('without a live list', () => {
  const BROKEN: Record<string, Parameters<typeof startCatalogue>[0][string]> = {
    'an error': failing,
    'a refused connection': async () => {
      throw new TypeError('fetch failed')
    },
    'a page that is no JSON': async () => new Response('<html>'),
    'JSON that is no list': { ok: true },
    'an empty list': { data: [] },
    'no answer at all': never,
  }

  it.each(Object.entries(BROKEN))('%s: the snapshot is used', async (_, response) => {
    const { catalogue, failures } = startCatalogue(
      { [IMAGES]: response, [CHAT]: { data: [] } },
      { timeoutMs: 200 },
    )

    expect(await catalogue.model('old/model')).toMatchObject({
      source: 'snapshot',
      model: { id: 'old/model' },
    })
    expect(await catalogue.list()).toMatchObject({ source: 'snapshot', models: [{ id: 'old/model' }] })
    expect(failures).toHaveLength(1)
  })

  it('tries again after a minute, not before, and then uses only the live list', async () => {
    const { catalogue, clock, responses, requestsTo } = startCatalogue({ ...LISTS, [IMAGES]: failing })
    await catalogue.model('old/model')
    Object.assign(responses, LISTS)

    clock.ms += MINUTE_MS - 1
    expect((await catalogue.model('old/model')).source).toBe('snapshot')
    expect(requestsTo(IMAGES)).toBe(1)

    clock.ms += 1
    await expect(catalogue.model('old/model')).rejects.toBeInstanceOf(ModelNotFoundError)
    expect(requestsTo(IMAGES)).toBe(2)
  })

  it('accepts an unknown model with a warning that names it and the date of the snapshot', async () => {
    const { catalogue } = startCatalogue({})

    const { model, source, warnings } = await catalogue.model('new/model:free')

    expect(source).toBe('snapshot')
    expect(model).toMatchObject({ id: 'new/model:free', unlisted: true, output_modalities: ['image'] })
    expect(warnings).toEqual([expect.stringContaining('new/model:free')])
    expect(warnings[0]).toContain('2026-01-02')
  })

  it('delays each caller once: all wait for the same silent list', async () => {
    const { catalogue, requestsTo } = startCatalogue(
      { [IMAGES]: never, [CHAT]: { data: [] } },
      { timeoutMs: 200 },
    )

    const entries = await Promise.all([catalogue.model('old/model'), catalogue.model('old/model')])
    await catalogue.model('old/model')

    expect(entries.map(({ source }) => source)).toEqual(['snapshot', 'snapshot'])
    expect(requestsTo(IMAGES)).toBe(1)
  })
})

describe('model names', () => {
  const names = [
    'google/gemini-2.5-flash-image',
    'google/gemini-3-pro-image',
    'openai/gpt-image-1',
    'a/b:free',
  ]
  const lists = { [IMAGES]: { data: names.map((id) => imagesItem(id)) }, [CHAT]: { data: [] } }

  it.each([
    ['google/gemini-2.5-flash-imag', 'google/gemini-2.5-flash-image'],
    ['gemini/gemini-3-pro-image', 'google/gemini-3-pro-image'],
    ['OpenAI/GPT-Image-1', 'openai/gpt-image-1'],
    ['openai/gpt-image-7:nitro', 'openai/gpt-image-1'],
  ])('%s is not found, and %s is suggested first', async (id, closest) => {
    const { catalogue } = startCatalogue(lists)

    const error = await catalogue.model(id).catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(ModelNotFoundError)
    expect(error).toMatchObject({ code: 'model_not_found', message: expect.stringContaining(closest) })
    expect((error as ModelNotFoundError).extras.closest?.[0]).toBe(closest)
  })

  it('get no suggestion when nothing is close, and never more than three', async () => {
    const many = Array.from({ length: 9 }, (_, index) => imagesItem(`x/painter-${index}`))
    const { catalogue } = startCatalogue({ ...lists, [IMAGES]: { data: many } })

    await expect(catalogue.model('x/sculptor')).rejects.toMatchObject({ extras: { closest: [] } })
    await expect(catalogue.model('x/painter-')).rejects.toMatchObject({
      extras: { closest: ['x/painter-0', 'x/painter-1', 'x/painter-2'] },
    })
  })

  it('with a variant are the base model unless the variant is listed', async () => {
    const { catalogue } = startCatalogue(lists)

    expect((await catalogue.model('openai/gpt-image-1:nitro')).model.id).toBe('openai/gpt-image-1')
    expect((await catalogue.model('a/b:free')).model.id).toBe('a/b:free')
    await expect(catalogue.model('a/b')).rejects.toBeInstanceOf(ModelNotFoundError)
  })
})

describe('the snapshot in the repository', () => {
  it('is the default, sorted by id', async () => {
    const catalogue = createCatalogue({ fetch: failing, baseUrl: BASE_URL, now: () => 0 })

    const { models } = await catalogue.list()

    expect(models.map(({ retirement: _retirement, ...model }) => model)).toEqual(bundledSnapshot().models)
    expect(models.map(({ id }) => id)).toEqual(models.map(({ id }) => id).toSorted())
  })

  it('has endpoints and output prices for every model of the images API', () => {
    const { models, date } = bundledSnapshot()

    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(models.length).toBeGreaterThanOrEqual(16)
    const unpriced = models.filter(
      ({ apis, endpoints }) =>
        apis.images &&
        (endpoints.length === 0 ||
          endpoints.some(({ pricing }) => pricing.every(({ billable }) => billable !== 'output_image'))),
    )
    expect(unpriced).toEqual([])
  })
})
