import { describe, expect, it } from 'vitest'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'
import { specWarnings } from '../../../shared/spec/rules.ts'
import { factorOfPixels, outputPixels } from '../../../shared/spec/pixel-sizes.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'

const base = { prompt: 'A fox', model: 'a/b' }
const input_images = ['https://example.com/a.png']
const super_resolution_references = ['https://example.com/b.png']

describe('fields that agree pass', () => {
  it.each<Partial<ImageSpec>>([
    { super_resolution_references, input_images },
    { strength: 0.5, input_images },
    { background: 'transparent' },
    { background: 'transparent', output_format: 'png' },
    { background: 'transparent', output_format: 'webp' },
    { background: 'opaque', output_format: 'jpeg' },
    { output_compression: 80, output_format: 'jpeg' },
    { output_compression: 80, output_format: 'webp' },
    { size: '1344x768', aspect_ratio: '16:9', image_size: '1K' },
    { size: '2688x1536', aspect_ratio: '16:9', image_size: '2K' },
    { size: '512x512', image_size: '0.5K' },
    { size: '64x64', image_size: '0.5K' },
    { size: '1536x1536', image_size: '1.5K' },
    { size: '8192x8192', image_size: '4K' },
    { image_config: { guidance: 3.5 } },
  ])('%j', (fields) => {
    expect(resolveSpec({ ...base, ...fields })).toEqual({ ...base, ...fields })
  })
})

describe('fields that contradict each other are refused', () => {
  it.each<[fields: Partial<ImageSpec>, field: string, detail: string]>([
    [{ super_resolution_references }, 'super_resolution_references', 'needs input_images'],
    [{ strength: 0.5 }, 'strength', 'needs input_images'],
    [{ background: 'transparent', output_format: 'jpeg' }, 'background', 'use png or webp'],
    [{ background: 'transparent', output_format: 'svg' }, 'background', 'use png or webp'],
    [{ output_compression: 80 }, 'output_compression', 'only with output_format jpeg or webp'],
    [{ output_compression: 80, output_format: 'png' }, 'output_compression', 'jpeg or webp, not png'],
    [{ size: '1024x1024', aspect_ratio: '16:9' }, 'aspect_ratio', 'size 1024x1024 has another ratio'],
    [{ size: '1024x1024', aspect_ratio: 'auto' }, 'aspect_ratio', 'leave one of them out'],
    [{ size: '1024x1024', image_size: '4K' }, 'image_size', 'size 1024x1024 counts as 1K'],
    [{ size: '4096x4096', image_size: '1K' }, 'image_size', 'size 4096x4096 counts as 4K'],
    [{ size: '1024x1024', image_size: '1.5K' }, 'image_size', 'size 1024x1024 counts as 1K'],
    [{ output_compression: 80, output_format: 'gif' }, 'output_compression', 'jpeg or webp, not gif'],
    [{ image_config: { style: 'x' } }, 'image_config.style', 'write style beside image_config'],
    [
      { provider: { options: { openai: { quality: 'high' } } } },
      'provider.options.openai.quality',
      'write quality beside provider',
    ],
    [{ image_config: { aspect_ratio: '1:1' } }, 'image_config.aspect_ratio', 'a field of its own'],
  ])('%j', (fields, field, detail) => {
    const error = refusalOf({ ...base, ...fields })
    expect(error.issues.map((issue) => issue.field)).toEqual([field])
    expect(error.message).toContain(detail)
  })

  it('all at once', () => {
    const { issues } = refusalOf({ ...base, strength: 1, size: '512x512', image_size: '4K' })
    expect(issues.map(({ field }) => field)).toEqual(['image_size', 'strength'])
  })
})

describe('a font’s text', () => {
  const font_inputs = [{ font_url: 'https://example.com/a.ttf', text: 'Open Night' }]

  it('that is not in the prompt is a warning, not an error', () => {
    const spec = resolveSpec({ ...base, font_inputs })
    expect(specWarnings(spec)).toEqual([expect.stringContaining('“Open Night” is not in the prompt')])
  })

  it('that is in the prompt causes no warning', () => {
    expect(specWarnings(resolveSpec({ ...base, prompt: 'A poster: Open Night', font_inputs }))).toEqual([])
  })
})

describe('a size counts as the resolution', () => {
  it.each([
    [512 * 512, 0.5],
    [64 * 64, 0.5],
    [1024 * 1024, 1],
    [1536 * 672, 1],
    [2048 * 2048, 2],
    [4096 * 4096, 4],
    [8192 * 8192, 4],
  ])('of %i pixels: %sK', (pixels, factor) => {
    expect(factorOfPixels(pixels)).toBe(factor)
  })

  it('that a spec of its own pixels has', () => {
    for (const factor of [0.5, 1, 2, 4]) {
      for (const aspect_ratio of ['1:1', '16:9', '21:9', '4:5'] as const) {
        expect(factorOfPixels(outputPixels({ ...base, aspect_ratio }, factor))).toBe(factor)
      }
    }
  })
})

function refusalOf(spec: ImageSpec): InvalidSpecError {
  try {
    resolveSpec(spec)
  } catch (error) {
    if (error instanceof InvalidSpecError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(spec)} was accepted`)
}
