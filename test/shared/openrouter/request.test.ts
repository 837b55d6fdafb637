import { describe, expect, it } from 'vitest'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../../shared/catalogue/model.ts'
import { UnsupportedByModelError } from '../../../shared/errors.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { modelOf } from '../../support/shared/specs.ts'

const GEMINI = 'google/gemini-2.5-flash-image'
const GEMINI_PRO = 'google/gemini-3-pro-image'
const RIVERFLOW = 'sourceful/riverflow-v2-pro'
const RECRAFT = 'recraft/recraft-v3'
const GPT = 'openai/gpt-image-1'
const FLUX = 'black-forest-labs/flux.2-pro'
const SEEDREAM = 'bytedance-seed/seedream-4.5'

const prompt = 'A lighthouse at dusk'
const build = (spec: ImageSpec, change: Partial<ImageModel> = {}) =>
  buildRequest(spec, { ...modelOf(spec.model), ...change })
const bottle = 'https://example.com/bottle.jpg'
const labels = ['https://example.com/label-front.jpg', 'https://example.com/label-side.jpg']
const image_url = (url: string) => ({ type: 'image_url', image_url: { url } })

describe('the chat request', () => {
  it.each<[what: string, spec: ImageSpec, body: object]>([
    ['says as little as possible', { prompt, model: GEMINI }, { modalities: ['image', 'text'] }],
    ['asks an image-only model for images alone', { prompt, model: FLUX }, { modalities: ['image'] }],
    [
      'holds settings under image_config',
      { prompt, model: GEMINI_PRO, aspect_ratio: '16:9', image_size: '4K', seed: 0 },
      { modalities: ['image', 'text'], image_config: { aspect_ratio: '16:9', image_size: '4K' }, seed: 0 },
    ],
    [
      'holds who asks',
      { prompt, model: GEMINI, user: 'user-7', session_id: 'session-7', trace: { trace_name: 'hero' } },
      {
        modalities: ['image', 'text'],
        user: 'user-7',
        session_id: 'session-7',
        trace: { trace_name: 'hero' },
      },
    ],
    [
      'holds fonts',
      { prompt, model: RIVERFLOW, font_inputs: [{ font_url: 'https://example.com/a.ttf', text: 'Open' }] },
      {
        modalities: ['image'],
        image_config: { font_inputs: [{ font_url: 'https://example.com/a.ttf', text: 'Open' }] },
      },
    ],
    [
      'holds text first, then the images to start from',
      { prompt, model: RIVERFLOW, input_images: [bottle], super_resolution_references: labels },
      {
        messages: [{ role: 'user', content: [{ type: 'text', text: prompt }, image_url(bottle)] }],
        modalities: ['image'],
        image_config: { super_resolution_references: labels },
      },
    ],
    [
      'passes on what only the provider knows, and its routing',
      {
        prompt,
        model: FLUX,
        image_config: { guidance: 3.5 },
        provider: { zdr: true },
        output_format: 'jpeg',
      },
      {
        modalities: ['image'],
        image_config: { guidance: 3.5, output_format: 'jpeg' },
        provider: { zdr: true },
      },
    ],
    [
      'leaves out one image, takes and the transport',
      { prompt, model: FLUX, n: 1, take: 3, api: 'chat' },
      { modalities: ['image'] },
    ],
    [
      'leaves out settings that hold nothing',
      { prompt, model: FLUX, image_config: {} },
      { modalities: ['image'] },
    ],
  ])('%s', (_what, spec, body) => {
    expect(build(spec)).toEqual({
      path: '/chat/completions',
      body: { model: spec.model, messages: [{ role: 'user', content: prompt }], stream: true, ...body },
    })
  })

  it('asks for several images where the model documents it', () => {
    const grok = { ...modelOf(FLUX), id: 'x-ai/grok-image' }
    expect(buildRequest({ prompt, model: grok.id, n: 4 }, grok)).toMatchObject({
      path: '/chat/completions',
      body: { image_config: { n: 4 } },
    })
  })
})

describe('the images request', () => {
  it.each<[what: string, spec: ImageSpec, body: object]>([
    ['says as little as possible', { prompt, model: GEMINI, n: 1, take: 2 }, {}],
    ['streams where the model can', { prompt, model: GPT }, { stream: true }],
    [
      'has the same fields under OpenRouter’s names',
      {
        prompt,
        model: SEEDREAM,
        image_size: '2K',
        aspect_ratio: '16:9',
        n: 3,
        seed: 7,
        input_images: [bottle],
      },
      { resolution: '2K', aspect_ratio: '16:9', n: 3, seed: 7, input_references: [image_url(bottle)] },
    ],
    [
      'calls 0.5K 512',
      { prompt, model: 'google/gemini-3.1-flash-image', image_size: '0.5K' },
      { resolution: '512' },
    ],
    ['leaves out 1K where no resolution is listed', { prompt, model: GEMINI, image_size: '1K' }, {}],
    [
      'holds what only the provider knows under its slug, beside the routing',
      {
        prompt,
        model: RECRAFT,
        style: 'Photorealism',
        rgb_colors: [[1, 2, 3]],
        provider: { only: ['recraft'] },
      },
      {
        provider: {
          only: ['recraft'],
          options: { recraft: { style: 'Photorealism', rgb_colors: [[1, 2, 3]] } },
        },
      },
    ],
    [
      'merges them with the options that were written',
      {
        prompt,
        model: FLUX,
        image_config: { guidance: 3.5 },
        provider: { options: { 'black-forest-labs': { steps: 20 }, other: { a: 1 } } },
      },
      { provider: { options: { 'black-forest-labs': { steps: 20, guidance: 3.5 }, other: { a: 1 } } } },
    ],
  ])('%s', (_what, spec, body) => {
    expect(build({ ...spec, api: 'images' })).toEqual({
      path: '/images',
      body: { model: spec.model, prompt, ...body },
    })
  })
})

describe('api: auto', () => {
  it.each<[spec: Partial<ImageSpec>, model: string, change: Partial<ImageModel>, path: string]>([
    [{}, GEMINI, {}, '/chat/completions'],
    [{}, GPT, {}, '/chat/completions'],
    [{ size: '1024x1024' }, GEMINI, {}, '/images'],
    [{ n: 2 }, SEEDREAM, {}, '/images'],
    [{ n: 1 }, SEEDREAM, {}, '/chat/completions'],
    [{ provider: { options: { openai: { moderation: 'low' } } } }, GPT, {}, '/images'],
    [{}, GPT, { apis: { chat: false, images: true } }, '/images'],
    [{}, GEMINI, { apis: { chat: true, images: false } }, '/chat/completions'],
  ])('with %j, %s and %j goes to %s', (fields, model, change, path) => {
    for (const api of [undefined, 'auto'] as const) {
      expect(build({ prompt, model, ...(api && { api }), ...fields }, change).path).toBe(path)
    }
  })
})

describe('what an API can’t carry is refused, with the field named', () => {
  const chatOnly = { apis: { chat: true, images: false } }
  const imagesOnly = { apis: { chat: false, images: true } }

  it.each<[field: string, spec: Partial<ImageSpec>, model: string, change?: Partial<ImageModel>]>([
    ['size', { api: 'chat', size: '1024x1024' }, GEMINI],
    ['size', { size: '1024x1024' }, GEMINI, chatOnly],
    ['n', { api: 'chat', n: 2 }, SEEDREAM],
    ['n', { n: 2 }, SEEDREAM, chatOnly],
    ['provider.options', { api: 'chat', provider: { options: {} } }, GPT],
    ['api', { api: 'images' }, GEMINI, chatOnly],
    ['api', { api: 'chat' }, GPT, imagesOnly],
    ['provider.zdr', { api: 'images', provider: { only: ['openai'], zdr: true } }, GPT],
    ['provider.data_collection', { size: '64x64', provider: { data_collection: 'deny' } }, GPT],
    ['seed', { api: 'images', seed: 7 }, GEMINI],
    ['seed', { size: '64x64', seed: 7 }, GEMINI],
    ['image_config.guidance', { api: 'images', image_config: { guidance: 3.5 } }, GEMINI],
    ['style', { api: 'images', style: 'x' }, GEMINI],
    ['font_inputs', { api: 'images', font_inputs: [] }, GEMINI],
  ])('%s: %j', (field, fields, model, change = {}) => {
    const building = refusalOf(() => build({ prompt, model, ...fields }, change))
    expect(building.extras.field).toBe(field)
    expect(building.message).toContain(field.split('.')[0])
  })
})

describe('capabilities and requests', () => {
  const cases = [GEMINI, SEEDREAM, GPT, FLUX].flatMap((id) =>
    Array.from({ length: 10 }, (_, index) => {
      const listed = modelOf(id).supported_parameters['n']
      return { id, n: index + 1, max: listed?.type === 'range' ? listed.max : 1 }
    }),
  )

  it.each(cases.filter(({ n, max }) => n <= max))('agree that $id generates $n', ({ id, n }) => {
    const spec = { prompt, model: id, n }
    checkCapabilities(spec, modelOf(id))
    expect(build(spec).path).toBe(n === 1 ? '/chat/completions' : '/images')
  })

  it.each(cases.filter(({ n, max }) => n > max))('agree that $id does not generate $n', ({ id, n }) => {
    const error = refusalOf(() => checkCapabilities({ prompt, model: id, n }, modelOf(id)))
    expect(error.extras.field).toBe('n')
  })
})

function refusalOf(act: () => unknown): UnsupportedByModelError {
  try {
    act()
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return error
    throw error
  }
  throw new Error('it was accepted')
}
