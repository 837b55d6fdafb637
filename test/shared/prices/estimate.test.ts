import * as fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ImageEndpoint, ImageModel, PriceLine } from '../../../shared/catalogue/model.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { estimateCost } from '../../../shared/prices/estimate.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'

type Fields = Partial<ImageSpec>

const FLUX = 'black-forest-labs/flux.2-pro'
const PROMPT = 'f'.repeat(40)
const images = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://example.com/${index}.png`)
const fonts = (count: number) =>
  Array.from({ length: count }, () => ({ font_url: 'https://example.com/a.ttf', text: 'Open' }))

function listed(id: string): ImageModel {
  const model = bundledSnapshot().models.find((entry) => entry.id === id)
  if (!model) throw new TypeError(`the snapshot holds no ${id}`)
  return model
}

function served(slug: string, ...pricing: PriceLine[]): ImageEndpoint {
  return {
    provider_name: slug,
    provider_slug: slug,
    supported_parameters: {},
    allowed_passthrough_parameters: [],
    supports_streaming: false,
    pricing,
  }
}

function image(cost_usd: number, variant?: string): PriceLine {
  return { billable: 'output_image', unit: 'image', cost_usd, ...(variant !== undefined && { variant }) }
}

function servedBy(...endpoints: ImageEndpoint[]): ImageModel {
  return { ...listed(FLUX), id: 'any/one', endpoints }
}

function estimate(model: ImageModel, fields: Fields = {}) {
  return estimateCost({ prompt: PROMPT, model: model.id, ...fields }, model)
}

describe('the estimate of a listed model', () => {
  it.each<[string, Fields, usd: number, maxUsd: number, 'list price' | 'tokens']>([
    // A price for each image, by resolution.
    ['bytedance-seed/seedream-4.5', {}, 0.04, 0.04, 'list price'],
    ['bytedance-seed/seedream-4.5', { n: 3, image_size: '4K' }, 0.12, 0.12, 'list price'],
    ['sourceful/riverflow-v2-fast', {}, 0.02, 0.02, 'list price'],
    ['sourceful/riverflow-v2-fast', { image_size: '2K' }, 0.04, 0.04, 'list price'],
    ['sourceful/riverflow-v2-fast', { size: '2048x2048' }, 0.04, 0.04, 'list price'],
    ['sourceful/riverflow-v2-fast', { size: '1344x768' }, 0.02, 0.02, 'list price'],
    ['sourceful/riverflow-v2-pro', { image_size: '4K' }, 0.33, 0.33, 'list price'],
    // A resolution without a line of its own counts as the most expensive.
    ['sourceful/riverflow-v2-pro', { image_size: '0.5K' }, 0.33, 0.33, 'list price'],
    // Surcharges.
    ['sourceful/riverflow-v2-pro', { font_inputs: fonts(2) }, 0.21, 0.21, 'list price'],
    [
      'sourceful/riverflow-v2-pro',
      { input_images: images(1), super_resolution_references: images(4) },
      0.95,
      0.95,
      'list price',
    ],
    // A price for each megapixel: 1024² is 1.048576 million pixels. Some providers bill whole ones only.
    [FLUX, {}, 0.031458, 0.031458, 'list price'],
    [FLUX, { aspect_ratio: '1:1' }, 0.031458, 0.031458, 'list price'],
    [FLUX, { aspect_ratio: '16:9' }, 0.030966, 0.030966, 'list price'],
    [FLUX, { size: '2048x2048' }, 0.12583, 0.12583, 'list price'],
    [FLUX, { size: '512x512' }, 0.007865, 0.03, 'list price'],
    // The size of a linked image isn't known.
    [FLUX, { input_images: images(2) }, 0.062915, 0.157287, 'list price'],
    // A price a token: the documented number of tokens, and ten for the prompt.
    ['google/gemini-2.5-flash-image', {}, 0.038703, 0.038703, 'tokens'],
    ['google/gemini-2.5-flash-image-preview', {}, 0.0387, 0.0387, 'tokens'],
    ['google/gemini-3-pro-image', { image_size: '2K' }, 0.1344, 0.1344, 'tokens'],
    ['google/gemini-3-pro-image', { image_size: '4K' }, 0.24, 0.24, 'tokens'],
    ['google/gemini-3.1-flash-image', { image_size: '0.5K' }, 0.044825, 0.044825, 'tokens'],
    ['google/gemini-3.1-flash-image', {}, 0.067205, 0.067205, 'tokens'],
    ['google/gemini-3.1-flash-image', { image_size: '2K' }, 0.100805, 0.100805, 'tokens'],
    ['google/gemini-3.1-flash-image', { image_size: '4K' }, 0.151205, 0.151205, 'tokens'],
    // An open choice is reserved as its dearest outcome.
    ['openai/gpt-image-1', { quality: 'low' }, 0.01093, 0.01645, 'tokens'],
    ['openai/gpt-image-1', { quality: 'low', size: '1024x1024' }, 0.01093, 0.01097, 'tokens'],
    ['openai/gpt-image-1', {}, 0.04229, 0.25057, 'tokens'],
    ['openai/gpt-image-1', { quality: 'auto', n: 2 }, 0.08453, 0.50114, 'tokens'],
    ['openai/gpt-image-2', { quality: 'high', aspect_ratio: '1:1' }, 0.12485, 0.1253, 'tokens'],
  ])('%s with %o is %d USD, at most %d (%s)', (id, fields, usd, maxUsd, basis) => {
    expect(estimate(listed(id), fields)).toEqual({ usd, maxUsd, basis })
  })

  it('counts an input image as tokens where text is billed by the token', () => {
    const gemini = listed('google/gemini-2.5-flash-image')

    expect(estimate(gemini, { input_images: images(1) }).usd).toBeGreaterThan(
      estimate(gemini).usd ?? Infinity,
    )
  })

  it('counts more tokens a character for other scripts than for English', () => {
    const gemini = listed('google/gemini-2.5-flash-image')

    expect(estimate(gemini, { prompt: '狐'.repeat(400) })).toMatchObject({ usd: 0.03882, basis: 'tokens' })
    expect(estimate(gemini, { prompt: 'f'.repeat(400) })).toMatchObject({ usd: 0.03873, basis: 'tokens' })
  })
})

describe('the estimate', () => {
  const cheap = served('cheap', image(0.01))
  const expensive = served('expensive', image(0.1))
  const free = served('free', image(0))
  const unpriced = served('unpriced')

  it('is that of the most expensive provider while routing is open', () => {
    expect(estimate(servedBy(cheap, expensive)).usd).toBe(0.1)
    expect(estimate(servedBy(expensive, cheap), { provider: { order: ['cheap'] } }).usd).toBe(0.1)
  })

  it('leaves out providers that the spec excludes', () => {
    const all = servedBy(cheap, expensive)

    expect(estimate(all, { provider: { only: ['cheap'] } }).usd).toBe(0.01)
    expect(estimate(all, { provider: { ignore: ['expensive'] } }).usd).toBe(0.01)
    expect(estimate(all, { provider: { order: ['cheap'], allow_fallbacks: false } }).usd).toBe(0.01)
  })

  it('is zero, not unknown, for what is free', () => {
    expect(estimate(servedBy(free))).toEqual({ usd: 0, maxUsd: 0, basis: 'list price' })
  })

  it.each<[string, ImageModel, Fields]>([
    ['the model has no endpoint records', servedBy(), {}],
    ['one of the providers has no price', servedBy(cheap, unpriced), {}],
    ['the routing leaves no provider', servedBy(cheap), { provider: { only: ['nobody'] } }],
    [
      'a token price has no documented number of tokens',
      servedBy(served('one', { billable: 'output_image', unit: 'token', cost_usd: 1e-5 })),
      {},
    ],
    [
      'fonts are billed in a unit that fonts do not have',
      servedBy(served('one', image(0.01), { billable: 'input_font', unit: 'megapixel', cost_usd: 1 })),
      { font_inputs: fonts(1) },
    ],
  ])('is unknown, not a guess, when %s', (_, model, fields) => {
    expect(estimate(model, fields)).toEqual({ usd: undefined, maxUsd: undefined, basis: 'unknown' })
  })

  it('counts a price per request once, however many images it brings', () => {
    const flat = servedBy(served('one', { billable: 'output_image', unit: 'request', cost_usd: 0.05 }))

    expect(estimate(flat, { n: 4 })).toEqual({ usd: 0.05, maxUsd: 0.05, basis: 'list price' })
  })

  it('reads how large an input image is where its bytes are in the spec', async () => {
    const png = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    const input_images = [`data:image/png;base64,${png.toString('base64')}`]

    // Two megapixels in, one out.
    expect(estimate(listed(FLUX), { input_images, size: '1000x1000' })).toEqual({
      usd: 0.06,
      maxUsd: 0.06,
      basis: 'list price',
    })
  })

  it('is known although a price that the spec doesn’t need is unknown', () => {
    const odd = served('one', image(0.01), { billable: 'input_font', unit: 'megapixel', cost_usd: 1 })

    expect(estimate(servedBy(odd)).usd).toBe(0.01)
  })

  it('adds the documented surcharges where the price list has none', () => {
    const fields = { font_inputs: fonts(2), super_resolution_references: images(1), input_images: images(1) }

    expect(estimate(servedBy(cheap), fields)).toEqual({ usd: 0.27, maxUsd: 0.27, basis: 'list price' })
  })

  it('reads variants in upper and lower case, and takes the most expensive of those it cannot read', () => {
    const tiers = servedBy(served('one', image(0.5), image(0.1, '2K'), image(0.2, '4k')))
    const moods = servedBy(served('one', image(0.1), image(0.3, 'with fireworks')))

    expect(estimate(tiers, { image_size: '2K' }).usd).toBe(0.1)
    expect(estimate(tiers, { image_size: '4K' }).usd).toBe(0.2)
    expect(estimate(tiers).usd).toBe(0.5)
    expect(estimate(moods).usd).toBe(0.3)
  })

  it('assumes the largest resolution where a provider has no 1K', () => {
    const large = {
      ...served('one', image(0.1, '2k'), image(0.2, '4k')),
      supported_parameters: { resolution: { type: 'enum', values: ['2K', '4K'] } },
    } satisfies ImageEndpoint

    expect(estimate(servedBy(large)).usd).toBe(0.2)
  })

  it('has no floating-point noise: 0.1 and 0.2 are 0.3, and a fraction of a millionth is rounded up', () => {
    const sum = served('one', image(0.1), { billable: 'input_text', unit: 'image', cost_usd: 0.2 })

    expect(estimate(servedBy(sum)).usd).toBe(0.3)
    expect(estimate(servedBy(served('one', image(0.000_000_1)))).usd).toBe(0.000_001)
  })

  const line: fc.Arbitrary<PriceLine> = fc.record(
    {
      billable: fc.constantFrom('output_image', 'input_image', 'input_font', 'input_reference', 'input_text'),
      unit: fc.constantFrom('image', 'megapixel', 'token', 'request'),
      cost_usd: fc.double({ min: 0, max: 10, noNaN: true }),
      variant: fc.constantFrom('1k', '2K', '4k', 'odd'),
    },
    { requiredKeys: ['billable', 'unit', 'cost_usd'] },
  )
  const endpoint = fc.array(line, { maxLength: 6 }).map((lines) => served('one', ...lines))
  const anyModel = fc.record({
    id: fc.constantFrom('google/gemini-9-image', 'openai/gpt-image-9', 'any/one'),
    endpoints: fc.array(endpoint, { minLength: 1, maxLength: 4 }),
  })
  const anyFields: fc.Arbitrary<Fields> = fc.record(
    {
      n: fc.integer({ min: 1, max: 9 }),
      image_size: fc.constantFrom('0.5K', '1K', '2K', '4K'),
      aspect_ratio: fc.constantFrom('1:1', '16:9', '1:8', 'auto'),
      quality: fc.constantFrom('auto', 'low', 'high'),
      input_images: fc.integer({ min: 1, max: 8 }).map(images),
      font_inputs: fc.integer({ min: 1, max: 1 }).map(fonts),
      super_resolution_references: fc.integer({ min: 1, max: 3 }).map(images),
      prompt: fc.string({ minLength: 1, maxLength: 200 }),
    },
    { requiredKeys: ['prompt'] },
  )
  const more: Record<string, (fields: Fields) => Fields> = {
    'one more image': ({ n = 1, ...fields }) => ({ ...fields, n: n + 1 }),
    'one more input image': ({ input_images = [], ...fields }) => ({
      ...fields,
      input_images: [...input_images, ...images(1)],
    }),
    'one more font': ({ font_inputs = [], ...fields }) => ({
      ...fields,
      font_inputs: [...font_inputs, ...fonts(1)],
    }),
    'one more reference': ({ super_resolution_references = [], ...fields }) => ({
      ...fields,
      super_resolution_references: [...super_resolution_references, ...images(1)],
    }),
    'a longer prompt': ({ prompt = '', ...fields }) => ({ ...fields, prompt: `${prompt} and an owl` }),
  }

  it.each(Object.entries(more))('never falls, and is never negative, with %s', (_, grow) => {
    const grows = fc.property(anyModel, anyFields, ({ id, endpoints }, fields) => {
      const any = { ...servedBy(...endpoints), id }
      const usd = atMost(any, fields)
      return usd >= 0 && atMost(any, grow(fields)) >= usd
    })

    expect(fc.check(grows)).toMatchObject({ failed: false, counterexample: null })
  })

  it('never falls when one more provider may be chosen', () => {
    const grows = fc.property(anyModel, endpoint, anyFields, ({ id, endpoints }, another, fields) => {
      const all = { ...servedBy(...endpoints, another), id }
      return atMost(all, fields) >= atMost({ ...all, endpoints }, fields)
    })

    expect(fc.check(grows)).toMatchObject({ failed: false, counterexample: null })
  })

  it('never falls with the resolution, for any model of the snapshot', () => {
    const falling = bundledSnapshot().models.filter((any) => {
      const usd = (['1K', '2K', '4K'] as const).map((image_size) => atMost(any, { image_size }))
      return usd.join() !== usd.toSorted((a, b) => a - b).join()
    })

    expect(falling).toEqual([])
  })
})

/** USD. Unknown counts as more than any price. */
function atMost(model: ImageModel, fields: Fields): number {
  return estimate(model, fields).maxUsd ?? Infinity
}
