import { Billable, ImageGenerationRequest$outboundSchema, Quantization, Unit } from '@openrouter/sdk/models'
import type { ImageGenerationRequest } from '@openrouter/sdk/models'
import { describe, expect, it } from 'vitest'
import { priceLineSchema } from '../../../shared/catalogue/model.ts'
import { parseSpecInput } from '../../../shared/spec/parse.ts'
import { imageSizeOf } from '../../../shared/spec/pixel-sizes.ts'
import { SPEC_FIELDS, type SpecField } from '../../../shared/spec/schema.ts'
import { SDK_VALUES } from '../../support/sdk-schemas.ts'

/** Every field of the SDK's images request: the spec's own, or why a spec has none. */
const FIELDS = {
  aspectRatio: 'aspect_ratio',
  background: 'background',
  inputReferences: 'input_images',
  model: 'model',
  n: 'n',
  outputCompression: 'output_compression',
  outputFormat: 'output_format',
  prompt: 'prompt',
  provider: 'provider',
  quality: 'quality',
  resolution: 'image_size',
  seed: 'seed',
  sessionId: 'session_id',
  size: 'size',
  stream: { refused: 'transport: Easel streams wherever the model does' },
  trace: 'trace',
  user: 'user',
} satisfies Record<keyof ImageGenerationRequest, SpecField | { readonly refused: string }>

const HAS_VALUES = {
  aspect_ratio: (value: string) => ({ aspect_ratio: value }),
  background: (value: string) => ({ background: value }),
  output_format: (value: string) => ({ output_format: value }),
  quality: (value: string) => ({ quality: value }),
  resolution: (value: string) => ({ image_size: imageSizeOf(value) }),
} as const satisfies Record<keyof typeof SDK_VALUES, (value: string) => object>

describe('a spec holds what the SDK’s images request holds:', () => {
  it('every field, or there is a reason why not', () => {
    // The schema, because types are gone by now.
    const fields = Object.keys(shapeOf(ImageGenerationRequest$outboundSchema))

    expect(fields.toSorted()).toEqual(Object.keys(FIELDS).toSorted())
    for (const field of Object.values(FIELDS)) {
      expect(typeof field === 'string' ? SPEC_FIELDS.has(field) : field.refused !== '').toBe(true)
    }
  })

  it.each(Object.entries(SDK_VALUES))('every value of %s', (field, values) => {
    const specOf = HAS_VALUES[field as keyof typeof HAS_VALUES]

    for (const value of values) expect(parseSpecInput(specOf(value))).toEqual(specOf(value))
  })

  it.each(Object.values(Quantization))('the quantization %s', (name) => {
    expect(parseSpecInput({ provider: { quantizations: [name] } })).toBeDefined()
  })
})

describe('a price list holds what the SDK’s holds:', () => {
  it.each(Object.values(Billable).flatMap((billable) => Object.values(Unit).map((unit) => [billable, unit])))(
    '%s by the %s',
    (billable, unit) => {
      expect(priceLineSchema.safeParse({ billable, unit, cost_usd: 0.01 }).success).toBe(true)
    },
  )
})

function shapeOf(schema: object): object {
  if ('in' in schema && typeof schema.in === 'object' && schema.in !== null) return shapeOf(schema.in)
  if ('shape' in schema && typeof schema.shape === 'object' && schema.shape !== null) return schema.shape
  throw new TypeError('not an object schema')
}
