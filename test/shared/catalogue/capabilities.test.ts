import { describe, expect, it } from 'vitest'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import type { ImageEndpoint, ImageModel } from '../../../shared/catalogue/model.ts'
import { eligibleEndpoints } from '../../../shared/catalogue/routing.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { UnsupportedByModelError } from '../../../shared/errors.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'

const GEMINI_25 = 'google/gemini-2.5-flash-image'
const GEMINI_31 = 'google/gemini-3.1-flash-image'
const GPT = 'openai/gpt-image-1'
const FLUX = 'black-forest-labs/flux.2-pro'
const SEEDREAM = 'bytedance-seed/seedream-4.5'
const RIVERFLOW = 'sourceful/riverflow-v2-pro'
const RECRAFT = 'recraft/recraft-v3'
const VECTOR = 'recraft/recraft-v4.1-vector'

type Fields = Partial<ImageSpec>

const images = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://example.com/${index}.png`)
const fonts = [{ font_url: 'https://example.com/a.ttf', text: 'Open' }]
const layout = [
  {
    text: 'Open',
    bbox: [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
  },
] satisfies ImageSpec['text_layout']

function listed(id: string): ImageModel {
  const model = bundledSnapshot().models.find((entry) => entry.id === id)
  if (!model) throw new TypeError(`the snapshot holds no ${id}`)
  return model
}

function endpoint(slug: string, more: Partial<ImageEndpoint> = {}): ImageEndpoint {
  return {
    provider_name: slug.toUpperCase(),
    provider_slug: slug,
    provider_tag: `${slug}/fast`,
    supported_parameters: {},
    allowed_passthrough_parameters: [],
    supports_streaming: false,
    pricing: [],
    ...more,
  }
}

function check(model: ImageModel, fields: Fields): UnsupportedByModelError | undefined {
  try {
    checkCapabilities({ prompt: 'a fox', model: model.id, ...fields }, model)
    return undefined
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return error
    throw error
  }
}

describe('a listed model', () => {
  it.each<[string, Fields]>([
    [GEMINI_25, {}],
    [GEMINI_25, { aspect_ratio: '21:9', input_images: images(3), n: 1 }],
    [GEMINI_25, { image_size: '1K' }],
    [GEMINI_31, { aspect_ratio: '1:8', image_size: '0.5K', input_images: images(14) }],
    [
      GPT,
      { n: 10, quality: 'high', background: 'transparent', output_format: 'webp', output_compression: 0 },
    ],
    [GPT, { size: '1024x1536' }],
    [FLUX, { seed: 7, output_format: 'jpeg' }],
    [SEEDREAM, { aspect_ratio: 'auto', n: 3, size: '4096x4096' }],
    [RIVERFLOW, { font_inputs: fonts, input_images: images(1), super_resolution_references: images(4) }],
    [RECRAFT, { style: 'Photorealism', text_layout: layout, rgb_colors: [[1, 2, 3]], n: 6 }],
    [VECTOR, { output_format: 'svg', background_rgb_color: [0, 0, 0] }],
  ])('%s accepts %o', (id, fields) => {
    expect(check(listed(id), fields)).toBeUndefined()
  })

  it.each<[string, Fields, string, readonly string[]]>([
    [
      GEMINI_25,
      { aspect_ratio: '1:8' },
      'aspect_ratio',
      ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'],
    ],
    [GEMINI_25, { image_size: '2K' }, 'image_size', ['1K']],
    [GEMINI_25, { n: 2 }, 'n', ['1']],
    [GEMINI_25, { input_images: images(4) }, 'input_images', ['0 to 3']],
    [GEMINI_25, { output_format: 'png' }, 'output_format', []],
    [GEMINI_25, { quality: 'high' }, 'quality', []],
    ['google/gemini-3-pro-image', { image_size: '0.5K' }, 'image_size', ['1K', '2K', '4K']],
    [GPT, { aspect_ratio: '16:9' }, 'aspect_ratio', []],
    [GPT, { n: 10, output_format: 'svg' }, 'output_format', ['png', 'jpeg', 'webp']],
    ['openai/gpt-image-2', { background: 'transparent' }, 'background', ['auto', 'opaque']],
    [SEEDREAM, { n: 4 }, 'n', ['1 to 3']],
    [RECRAFT, { input_images: images(2) }, 'input_images', ['0 to 1']],
    [
      'sourceful/riverflow-v2-fast',
      { size: '4096x4096' },
      'size',
      ['sizes of about 1K', 'sizes of about 2K'],
    ],
    ['sourceful/riverflow-v2-standard-preview', { font_inputs: fonts }, 'font_inputs', []],
    [
      FLUX,
      { super_resolution_references: images(1), input_images: images(1) },
      'super_resolution_references',
      [],
    ],
    [VECTOR, { style: 'Photorealism' }, 'style', []],
    [VECTOR, { text_layout: layout }, 'text_layout', []],
    [GEMINI_25, { rgb_colors: [[1, 2, 3]] }, 'rgb_colors', []],
  ])('%s refuses %o, naming %s, the value, and what it accepts', (id, fields, field, accepts) => {
    const error = check(listed(id), fields)

    expect(error?.code).toBe('unsupported_by_model')
    expect(error?.extras).toMatchObject({ field, accepts })
    expect(error?.message).toContain(field)
    expect(error?.message).toContain(id)
    for (const accepted of accepts) expect(error?.message).toContain(accepted)
  })

  it('names the models that a provider field is for', () => {
    expect(check(listed(GEMINI_25), { font_inputs: fonts })?.message).toBe(
      'font_inputs is [{"font_url":"https://example.com/a.ttf","text":"Open"}], but google/gemini-2.5-flash-image does not accept font_inputs. It is a field of sourceful/riverflow-v2-fast and -pro.',
    )
  })

  it('says 0.5K where the list says 512', () => {
    const model = { ...listed(GEMINI_31), endpoints: [] }
    const without4K = {
      ...model,
      supported_parameters: { resolution: { type: 'enum', values: ['512', '1K'] } },
    } satisfies ImageModel

    expect(check(without4K, { image_size: '4K' })?.extras.accepts).toEqual(['0.5K', '1K'])
  })

  it('requires an input image where the model does', () => {
    const model: ImageModel = {
      ...listed(FLUX),
      endpoints: [],
      supported_parameters: { input_references: { type: 'range', min: 1, max: 2 } },
    }

    expect(check(model, {})?.message).toBe(`input_images is missing, but ${FLUX} accepts 1 to 2.`)
    expect(check(model, { input_images: images(2) })).toBeUndefined()
  })
})

describe('a model that the lists say little about', () => {
  const base = {
    name: 'M',
    created: 0,
    input_modalities: ['text', 'image'],
    output_modalities: ['image'],
    supported_parameters: {},
    supports_streaming: false,
    endpoints: [],
  }
  const chatOnly = (id: string, more: Partial<ImageModel> = {}): ImageModel => ({
    ...base,
    id,
    apis: { chat: true, images: false },
    ...more,
  })
  const imagesOnly = (id: string, more: Partial<ImageModel> = {}): ImageModel => ({
    ...base,
    id,
    apis: { chat: false, images: true },
    ...more,
  })

  it('on the chat API only accepts what is documented for all models and for its author', () => {
    expect(
      check(chatOnly('new/one'), { aspect_ratio: '4:5', image_size: '2K', input_images: images(2) }),
    ).toBeUndefined()
    expect(check(chatOnly('openai/next'), { quality: 'low' })).toBeUndefined()
    expect(check(chatOnly('new/one'), { quality: 'low' })?.extras.field).toBe('quality')
    expect(
      check(chatOnly('new/one', { input_modalities: ['text'] }), { input_images: images(1) })?.message,
    ).toContain('accepts no input images')
  })

  it('accepts a size only on the images API', () => {
    expect(check(imagesOnly('new/one'), { size: '512x512' })).toBeUndefined()
    expect(check(chatOnly('new/one'), { size: '512x512' })?.message).toContain('needs the images API')
  })

  it.each<[string, ImageModel, boolean]>([
    ['chat lists seed', chatOnly('a/b', { chat_parameters: ['seed'] }), true],
    ['chat lists parameters without seed', chatOnly('a/b', { chat_parameters: ['tools'] }), false],
    ['chat is silent about parameters', chatOnly('a/b'), true],
    [
      'the images API lists seed',
      imagesOnly('a/b', { supported_parameters: { seed: { type: 'boolean' } } }),
      true,
    ],
    ['the images API does not list seed', imagesOnly('a/b'), false],
  ])('where %s, a seed is accepted: %s', (_, model, isAccepted) => {
    expect(check(model, { seed: 1 })?.extras.field).toBe(isAccepted ? undefined : 'seed')
  })

  it('generates several images over the chat API only when it is xAI’s', () => {
    expect(check(chatOnly('x-ai/grok-image'), { n: 10 })).toBeUndefined()
    expect(check(chatOnly('new/one'), { n: 2 })?.extras).toMatchObject({ field: 'n', accepts: ['1'] })
    expect(check(imagesOnly('x-ai/grok-image'), { n: 2 })?.extras.field).toBe('n')
  })

  it.each<[string, Fields, boolean]>([
    [RIVERFLOW, { font_inputs: fonts }, true],
    ['sourceful/riverflow-v2-standard-preview', { font_inputs: fonts }, false],
    [RECRAFT, { style: 'x' }, true],
    [VECTOR, { strength: 0.5, input_images: images(1) }, true],
    [VECTOR, { style: 'x' }, false],
    [FLUX, { rgb_colors: [[1, 2, 3]] }, false],
  ])('without endpoint records, %s accepts %o as documented: %s', (id, fields, isAccepted) => {
    expect(check({ ...listed(id), endpoints: [] }, fields) === undefined).toBe(isAccepted)
  })

  it('that no list has is assumed to accept everything but provider fields', () => {
    const unlisted: ImageModel = {
      ...base,
      id: 'new/one',
      apis: { chat: true, images: true },
      unlisted: true,
    }

    expect(
      check(unlisted, {
        aspect_ratio: '1:8',
        image_size: '4K',
        n: 10,
        seed: 1,
        quality: 'low',
        input_images: images(16),
      }),
    ).toBeUndefined()
    expect(check(unlisted, { size: '64x64' })).toBeUndefined()
    expect(check(unlisted, { font_inputs: fonts })?.extras.field).toBe('font_inputs')
  })
})

describe('providers', () => {
  const one = endpoint('one', {
    supported_parameters: { n: { type: 'range', min: 1, max: 4 }, seed: { type: 'boolean' } },
  })
  const two = endpoint('two', { supported_parameters: { quality: { type: 'enum', values: ['high'] } } })
  const model: ImageModel = {
    ...listed(FLUX),
    apis: { chat: false, images: true },
    supported_parameters: { ...one.supported_parameters, ...two.supported_parameters },
    endpoints: [one, two],
  }
  const eligible = (provider: ImageSpec['provider']) =>
    eligibleEndpoints({ prompt: 'a fox', model: FLUX, provider }, model).map(
      ({ provider_slug }) => provider_slug,
    )

  it.each<[ImageSpec['provider'], string[]]>([
    [undefined, ['one', 'two']],
    [{ only: ['two'] }, ['two']],
    [{ only: ['TWO'] }, ['two']],
    [{ only: ['two/fast'] }, ['two']],
    [{ only: ['two/slow'] }, []],
    [{ only: [] }, ['one', 'two']],
    [{ ignore: ['one'] }, ['two']],
    [{ order: ['two'] }, ['one', 'two']],
    [{ order: ['two'], allow_fallbacks: false }, ['two']],
    [{ allow_fallbacks: false }, ['one', 'two']],
    [{ only: ['one', 'two'], ignore: ['two'] }, ['one']],
  ])('%o leaves %o', (provider, slugs) => {
    expect(eligible(provider)).toEqual(slugs)
  })

  it.each<[NonNullable<ImageSpec['provider']>, string, string[]]>([
    [{ only: ['three'] }, 'provider.only', ['one/fast', 'two/fast']],
    [{ order: ['three'], allow_fallbacks: false }, 'provider.order', ['one/fast', 'two/fast']],
    [{ ignore: ['one', 'two'] }, 'provider.ignore', []],
    [{ only: ['one'], ignore: ['one'] }, 'provider.ignore', []],
  ])('%o excludes every provider, which is an error that names %s', (provider, field, accepts) => {
    expect(check(model, { provider })?.extras).toEqual({ field, accepts })
  })

  it('are not checked without endpoint records', () => {
    expect(check({ ...model, endpoints: [] }, { provider: { only: ['three'] } })).toBeUndefined()
  })

  it('accept a field when one that the routing allows does', () => {
    expect(check(model, { n: 4 })).toBeUndefined()
    expect(check(model, { n: 4, provider: { only: ['one'] } })).toBeUndefined()

    const error = check(model, { n: 4, provider: { only: ['two'] } })
    expect(error?.message).toBe(`n is 4, but ${FLUX} at TWO accepts 1.`)
  })

  it('do not accept fields that no single one of them accepts together', () => {
    const error = check(model, { n: 4, seed: 1, quality: 'high' })

    expect(error?.extras.field).toBe('quality')
    expect(error?.message).toContain('no provider')
    expect(error?.message).toContain('ONE')
  })

  it('decide by their records, not by the union in the list', () => {
    const optimistic = {
      ...model,
      supported_parameters: { n: { type: 'range', min: 1, max: 10 } },
    } satisfies ImageModel

    expect(check(optimistic, { n: 10 })?.extras.accepts).toEqual(['1 to 4', '1'])
  })
})
