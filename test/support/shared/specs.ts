import fc from 'fast-check'
import sharp from 'sharp'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../../shared/catalogue/model.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { InvalidSpecError, UnsupportedByModelError } from '../../../shared/errors.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'

export const MODELS = bundledSnapshot().models

export function modelOf(id: string): ImageModel {
  const model = MODELS.find((one) => one.id === id)
  if (!model) throw new Error(`${id} is not in the snapshot`)
  return model
}

const teal = sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })

/** An input image. Providers refuse much smaller ones. */
const SQUARE = `data:image/png;base64,${(await teal.png().toBuffer()).toString('base64')}`

const prompts = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => text.trim() !== '' && !text.includes('[[fault'))

interface Limits {
  /** Limit of `image_size` and `size`: large images take long to generate. */
  readonly maxTier?: '1K' | '4K'
}

/** Real models, each with specs that it accepts on the API that the spec goes over. */
export function acceptedSpecs(limits: Limits = {}): fc.Arbitrary<{ spec: ImageSpec; model: ImageModel }> {
  return fc
    .constantFrom(...MODELS)
    .chain((model) => specsOf(model, limits).map((spec) => ({ model, spec })))
    .filter(({ spec, model }) => isResolved(spec, model))
}

function specsOf(model: ImageModel, { maxTier = '4K' }: Limits): fc.Arbitrary<ImageSpec> {
  const parameters = model.supported_parameters
  const passthrough = new Set(model.endpoints.flatMap((one) => one.allowed_passthrough_parameters))
  const oneOf = (name: string): fc.Arbitrary<string | undefined> => {
    const capability = parameters[name]
    return capability?.type === 'enum' ? maybe(fc.constantFrom(...capability.values)) : nothing
  }
  const upTo = (name: string, most: number): number => {
    const capability = parameters[name]
    return capability?.type === 'range' ? Math.min(capability.max, most) : 0
  }
  const providerField = <T>(name: string, values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    passthrough.has(name) ? maybe(values) : nothing
  const colour = fc.tuple(byte, byte, byte)
  const tiers = maxTier === '1K' ? ['0.5K', '1K'] : ['0.5K', '1K', '2K', '4K']

  return fc
    .record({
      prompt: prompts,
      model: fc.constant(model.id),
      api: maybe(fc.constantFrom('auto', 'chat', 'images')),
      take: maybe(fc.integer({ min: 1, max: 9 })),
      aspect_ratio: oneOf('aspect_ratio'),
      image_size: maybe(fc.constantFrom(...tiers)),
      size: maybe(fc.constantFrom('64x64', '256x128', ...(maxTier === '1K' ? [] : ['2048x2048']))),
      n: maybe(fc.integer({ min: 1, max: Math.max(1, upTo('n', maxTier === '1K' ? 2 : 10)) })),
      seed: maybe(fc.nat()),
      quality: oneOf('quality'),
      background: oneOf('background'),
      output_format: oneOf('output_format'),
      output_compression:
        upTo('output_compression', 100) > 0 ? maybe(fc.integer({ min: 0, max: 100 })) : nothing,
      input_images: maybe(
        fc.array(fc.constant(SQUARE), { minLength: 1, maxLength: Math.max(1, upTo('input_references', 3)) }),
      ),
      font_inputs: providerField(
        'font_inputs',
        fc.array(fc.record({ font_url: fc.constant('https://example.com/a.ttf'), text: fc.constant('A') }), {
          minLength: 1,
          maxLength: 2,
        }),
      ),
      super_resolution_references: providerField(
        'super_resolution_references',
        fc.array(fc.constant(SQUARE), { minLength: 1, maxLength: 4 }),
      ),
      style: providerField('style', fc.constantFrom('Photorealism', 'Vector art')),
      strength: providerField(
        'strength',
        fc.integer({ min: 0, max: 100 }).map((value) => value / 100),
      ),
      rgb_colors: providerField('rgb_colors', fc.array(colour, { minLength: 1, maxLength: 3 })),
      background_rgb_color: providerField('background_rgb_color', colour),
      provider: maybe(
        fc.constantFrom<NonNullable<ImageSpec['provider']>>(
          { sort: 'price' },
          { sort: { by: 'latency', partition: 'none' }, allow_fallbacks: true },
          { zdr: true, data_collection: 'deny', max_price: { image: '5.00' } },
          {
            order: [],
            quantizations: ['fp8'],
            preferred_max_latency: { p90: 3 },
            preferred_min_throughput: 1,
          },
        ),
      ),
      image_config: passthrough.has('guidance') ? maybe(fc.constant({ guidance: 3.5, steps: 20 })) : nothing,
    })
    .map((fields) => withoutUndefined(fields) as unknown as ImageSpec)
}

function isResolved(spec: ImageSpec, model: ImageModel): boolean {
  try {
    checkCapabilities(resolveSpec(spec), model)
    buildRequest(spec, model)
    return true
  } catch (error) {
    if (error instanceof UnsupportedByModelError || error instanceof InvalidSpecError) return false
    throw error
  }
}

const nothing = fc.constant(undefined)
const byte = fc.integer({ min: 0, max: 255 })
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: nothing }, { weight: 1, arbitrary: values })

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
