import { describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { parseSpecInput, parseSpecQuery, resolveSpec } from '../../../shared/spec/parse.ts'

describe('a query', () => {
  it('holds every scalar field, and as many input images as needed', () => {
    const query = new URLSearchParams(
      'prompt=A+fox%20%F0%9F%97%BC&model=a/b&aspect_ratio=16:9&image_size=2K&n=2&seed=0&quality=high' +
        '&background=opaque&output_format=webp&output_compression=80&style=Pop&strength=0.35&take=3&api=chat' +
        '&preset=line&size=64x64&input_images=https://a.example/1.png&input_images=https://a.example/2.png',
    )
    expect(parseSpecQuery(query)).toEqual({
      prompt: 'A fox 🗼',
      model: 'a/b',
      aspect_ratio: '16:9',
      image_size: '2K',
      n: 2,
      seed: 0,
      quality: 'high',
      background: 'opaque',
      output_format: 'webp',
      output_compression: 80,
      style: 'Pop',
      strength: 0.35,
      take: 3,
      api: 'chat',
      preset: 'line',
      size: '64x64',
      input_images: ['https://a.example/1.png', 'https://a.example/2.png'],
    })
  })

  it.each<[query: string, field: string, detail: string]>([
    ['prompt=a&prompt=b', 'prompt', 'prompt is given 2 times: give it once.'],
    ['n=2&n=2', 'n', 'give it once'],
    ['provider={}', 'provider', 'does not fit into a URL: send the spec as JSON to POST /v1/images.'],
    ['font_inputs=x', 'font_inputs', 'does not fit into a URL'],
    ['input_images=', 'input_images[0]', 'must be an https URL'],
    ['prompt=', 'prompt', 'must be 1 to'],
    ['Prompt=x', 'Prompt', 'did you mean prompt?'],
    ['__proto__=x', '__proto__', 'is not a field of an image'],
    ['input_images[]=https://a.example/1.png', 'input_images[]', 'did you mean input_images?'],
  ])('%s is refused', (query, field, detail) => {
    const error = refusalOf(() => parseSpecQuery(new URLSearchParams(query)))
    expect(error.extras.field).toBe(field)
    expect(error.message).toContain(detail)
  })

  it.each(['', '01', '+1', ' 1', '1 ', '1e3', '0x1', '1.0', '.5', '-1', 'NaN', '9'.repeat(400)])(
    'has one spelling of a number, which “%s” is not',
    (text) => {
      const query = new URLSearchParams({ seed: text })
      expect(refusalOf(() => parseSpecQuery(query)).extras.field).toBe('seed')
    },
  )
})

describe('defaults and presets', () => {
  const presets = {
    'line-art': { prompt: '{prompt}. Indigo lines on white; {prompt}!', aspect_ratio: '1:1' },
    photo: { prompt: 'Photograph:', model: 'c/d' },
    seeded: { seed: 7 },
  } as const

  it('fill in absent fields: the spec wins over the preset, and the preset over the defaults', () => {
    const defaults = { model: 'default/model', aspect_ratio: '16:9', quality: 'low', seed: 1 } as const
    const input = { prompt: 'A fox', preset: 'line-art', seed: 3 }
    expect(resolveSpec(input, { defaults, presets, model: 'last/resort' })).toEqual({
      prompt: 'A fox. Indigo lines on white; A fox!',
      model: 'default/model',
      aspect_ratio: '1:1',
      quality: 'low',
      seed: 3,
    })
  })

  it('use the fallback model only when nothing else names one', () => {
    expect(resolveSpec({ prompt: 'x' }, { model: 'last/resort' }).model).toBe('last/resort')
    expect(resolveSpec({ prompt: 'x', preset: 'photo' }, { presets, model: 'last/resort' }).model).toBe('c/d')
  })

  it('append the prompt to a template without {prompt}, and leave it alone without a template', () => {
    const options = { presets, model: 'a/b' }
    expect(resolveSpec({ prompt: 'A fox', preset: 'photo' }, options).prompt).toBe('Photograph: A fox')
    expect(resolveSpec({ preset: 'photo' }, options).prompt).toBe('Photograph:')
    expect(resolveSpec({ prompt: '{prompt}', preset: 'seeded' }, options).prompt).toBe('{prompt}')
  })

  it('copy dollar signs and braces in a prompt literally', () => {
    const spec = resolveSpec({ prompt: '$& {prompt} $1', preset: 'line-art' }, { presets, model: 'a/b' })
    expect(spec.prompt).toBe('$& {prompt} $1. Indigo lines on white; $& {prompt} $1!')
  })

  it('are not hidden by a key whose value is undefined', () => {
    const input = { prompt: 'x', model: undefined } as unknown as { prompt: string }
    expect(resolveSpec(input, { model: 'a/b' })).toEqual({ prompt: 'x', model: 'a/b' })
  })

  it('leave no preset in the resolved spec, and change neither input nor preset', () => {
    const input = Object.freeze({ prompt: 'x', preset: 'line-art' })
    expect(resolveSpec(input, { presets, model: 'a/b' })).not.toHaveProperty('preset')
    expect(presets['line-art'].prompt).toContain('{prompt}')
  })

  it.each(['nope', 'constructor', '__proto__'])(
    'refuse the unknown preset %s and name the known ones',
    (preset) => {
      const error = refusalOf(() => resolveSpec({ prompt: 'x', preset }, { presets, model: 'a/b' }))
      expect(error.extras).toMatchObject({ field: 'preset', accepts: ['line-art', 'photo', 'seeded'] })
      expect(error.message).toContain(`"${preset}"`)
    },
  )

  it('name what is still missing', () => {
    expect(refusalOf(() => resolveSpec({ prompt: 'x' })).message).toBe(
      `model is missing: add it to the image or to defaults, such as ${DEFAULT_MODEL}. easel models and GET /v1/models list the models.`,
    )
    expect(refusalOf(() => resolveSpec({ model: 'a/b' })).extras.field).toBe('prompt')
    const noPrompt = refusalOf(() => resolveSpec({ preset: 'line-art' }, { presets, model: 'a/b' }))
    expect(noPrompt.message).toContain('prompt is missing: the preset’s prompt holds {prompt}')
  })

  it('are checked again after merging', () => {
    const long = { long: { prompt: `${'x'.repeat(31_999)}{prompt}` } }
    const input = parseSpecInput({ prompt: 'too long', preset: 'long' })
    expect(refusalOf(() => resolveSpec(input, { presets: long, model: 'a/b' })).extras.field).toBe('prompt')
  })
})

function refusalOf(act: () => unknown): InvalidSpecError {
  try {
    act()
  } catch (error) {
    if (error instanceof InvalidSpecError) return error
    throw error
  }
  throw new Error('it was accepted')
}
