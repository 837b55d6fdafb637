import { describe, expect, it } from 'vitest'
import { toJSONSchema } from 'zod'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { InvalidSpecError } from '../../../shared/errors.ts'
import type { SpecIssue } from '../../../shared/spec/spec-issue.ts'
import { parseSpecInput } from '../../../shared/spec/parse.ts'
import { imageSpecInputSchema } from '../../../shared/spec/schema.ts'

const HTTPS = 'https://example.com/a.png'
const DATA = 'data:image/png;base64,iVBORw0KGgo='
const font = { font_url: HTTPS, text: 'Open Night' }
const box = (x: number) => [
  [x, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]

describe('every field takes what it documents', () => {
  it.each<[field: string, values: readonly unknown[]]>([
    ['prompt', ['x', 'x'.repeat(32_000), '🗼'.repeat(32_000), 'two\nlines', '灯台']],
    [
      'model',
      [
        'google/gemini-3.1-flash-image',
        'sourceful/riverflow-v2-pro:beta',
        'x-ai/grok_2.image',
        '~google/gemini-flash-image-latest',
      ],
    ],
    [
      'models',
      [
        ['a/b', 'c/d'],
        ['a/b', '~a/b-latest', 'c/d', 'e/f', 'g/h'],
      ],
    ],
    ['aspect_ratio', ['auto', '1:1', '16:9', '9:19.5', '2.35:1', '5:2', '21:9', '7:1']],
    ['image_size', ['0.5K', '1K', '1.5K', '2K', '4K', '8K', '0.25K']],
    ['size', ['64x64', '8192x8192', '1344x768']],
    ['n', [1, 10]],
    ['seed', [0, 7, Number.MAX_SAFE_INTEGER]],
    ['quality', ['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra-2']],
    ['background', ['auto', 'transparent', 'opaque', 'checkered']],
    ['output_format', ['png', 'jpeg', 'webp', 'svg', 'gif', 'avif']],
    ['output_compression', [0, 100]],
    ['input_images', [[HTTPS], [DATA], Array.from({ length: 16 }, () => HTTPS)]],
    ['font_inputs', [[font], [font, font]]],
    ['super_resolution_references', [[HTTPS], [DATA, HTTPS, HTTPS, HTTPS]]],
    ['style', ['Photorealism']],
    ['strength', [0, 0.35, 1]],
    ['rgb_colors', [[[0, 128, 255]]]],
    ['background_rgb_color', [[0, 0, 0]]],
    ['text_layout', [[{ text: 'Open', bbox: box(0.5) }]]],
    [
      'provider',
      [
        {},
        { only: ['openai'], order: [], ignore: ['azure'], allow_fallbacks: false, zdr: true },
        { sort: 'price' },
        { sort: { by: 'latency', partition: 'none' } },
        { max_price: { image: '0.05' }, quantizations: ['fp8'], data_collection: 'deny' },
        { preferred_max_latency: 3, preferred_min_throughput: { p90: 20 } },
        { options: { recraft: { style_id: 'a', nested: { list: [1, null, true] } } } },
      ],
    ],
    ['image_config', [{}, { guidance: 3.5, moderation: 'low', list: [1, [2, { a: null }]] }]],
    ['preset', ['line-art']],
    ['take', [1, 2, 1_000_000]],
    ['api', ['auto', 'chat', 'images']],
    ['user', ['user-7', 'x'.repeat(256)]],
    ['session_id', ['session-7']],
    ['trace', [{}, { trace_name: 'hero', tags: ['a', { b: null }] }]],
  ])('%s', (field, values) => {
    for (const value of values) expect(parseSpecInput({ [field]: value })).toEqual({ [field]: value })
  })
})

describe('every field refuses what it does not document, naming itself, the value and what it accepts', () => {
  it.each<[field: string, value: unknown, detail: string, at?: string]>([
    ['prompt', '', 'prompt is "": must be 1 to 32,000 characters, not only spaces.'],
    ['prompt', ' \n ', 'not only spaces'],
    ['prompt', 'x'.repeat(32_001), '… (32003 characters): must be 1 to 32,000 characters'],
    ['prompt', '🗼'.repeat(32_001), 'must be 1 to 32,000 characters'],
    ['prompt', 'half \ud83d', 'must be well-formed Unicode'],
    ['prompt', 7, 'prompt is 7: must be a string.'],
    ['prompt', null, 'prompt is null: must be a string.'],
    ['model', 'gemini', `must be an OpenRouter model such as ${DEFAULT_MODEL}`],
    ['model', 'a/b/c', 'must be an OpenRouter model'],
    ['model', '../models', 'must be an OpenRouter model'],
    ['model', 'a/b:', 'must be an OpenRouter model'],
    ['model', `a/${'b'.repeat(199)}`, 'must be at most 200 characters'],
    ['models', ['a/b'], 'must be at least 2 items'],
    ['models', ['a/b', 'c/d', 'e/f', 'g/h', 'i/j', 'k/l'], 'must be at most 5 items'],
    ['models', ['a/b', 'a/b'], 'must not name a model twice'],
    ['models', ['a/b', 'gemini'], 'must be an OpenRouter model', 'models[1]'],
    ['aspect_ratio', '16x9', 'aspect_ratio is "16x9": must be WIDTH:HEIGHT such as 16:9, or auto.'],
    ['aspect_ratio', '0:1', 'must be WIDTH:HEIGHT'],
    ['aspect_ratio', '016:9', 'must be WIDTH:HEIGHT'],
    ['image_size', '512', 'image_size is "512": must be a number and K, such as 2K.'],
    ['image_size', '2k', 'must be a number and K'],
    ['image_size', '0K', 'must be a number and K'],
    ['image_size', '1.0K', 'must be a number and K'],
    ['size', '63x64', 'must be WIDTHxHEIGHT in pixels, each 64 to 8192, such as 1344x768'],
    ['size', '64x8193', 'must be WIDTHxHEIGHT'],
    ['size', '0064x64', 'must be WIDTHxHEIGHT'],
    ['size', '2K', 'must be WIDTHxHEIGHT'],
    ['n', 0, 'n is 0: must be at least 1.'],
    ['n', 11, 'n is 11: must be at most 10.'],
    ['n', 1.5, 'n is 1.5: must be a whole number.'],
    ['n', '2', 'n is "2": must be a number.'],
    ['seed', -1, 'seed is -1: must be at least 0.'],
    ['seed', 1e21, 'seed is 1e+21: must be at most 9007199254740991.'],
    ['quality', 'The Best', 'must be lower-case letters, digits or dashes.'],
    ['background', '#fff', 'must be lower-case letters, digits or dashes.'],
    ['output_format', 'image/gif', 'must be lower-case letters, digits or dashes.'],
    ['output_compression', 101, 'must be at most 100.'],
    ['input_images', [], 'input_images is []: must be at least 1 item.'],
    ['input_images', Array.from({ length: 17 }, () => HTTPS), 'must be at most 16 items.'],
    ['input_images', HTTPS, 'input_images is "https://example.com/a.png": must be a list.'],
    ['input_images', ['http://example.com/a.png'], 'must be an https URL or a data: URL', 'input_images[0]'],
    ['input_images', [HTTPS, 'docs/a.png'], 'must be an https URL or a data: URL', 'input_images[1]'],
    ['font_inputs', [font, font, font], 'must be at most 2 items.'],
    ['font_inputs', [{ text: 'A' }], 'font_inputs[0].font_url is missing', 'font_inputs[0].font_url'],
    ['font_inputs', [{ font_url: DATA, text: 'A' }], 'must be an https URL', 'font_inputs[0].font_url'],
    ['font_inputs', [{ font_url: HTTPS, text: '' }], 'at least 1 character.', 'font_inputs[0].text'],
    ['font_inputs', [{ font_url: HTTPS, txt: 'A', text: 'A' }], 'did you mean text?', 'font_inputs[0].txt'],
    ['super_resolution_references', Array.from({ length: 5 }, () => HTTPS), 'must be at most 4 items.'],
    ['style', '', 'at least 1 character'],
    ['strength', 1.01, 'strength is 1.01: must be at most 1.'],
    ['rgb_colors', [[0, 0]], 'must be at least 3 items', 'rgb_colors[0]'],
    ['rgb_colors', [[0, 0, 256]], 'must be at most 255', 'rgb_colors[0][2]'],
    ['rgb_colors', [[0, 0, 1, 1]], 'must be at most 3 items', 'rgb_colors[0]'],
    ['background_rgb_color', '#fff', 'must be a list'],
    ['text_layout', [{ text: 'A', bbox: box(1.1) }], 'must be at most 1', 'text_layout[0].bbox[0][0]'],
    [
      'provider',
      { onyl: ['a'] },
      'provider.onyl is not a field of an image: did you mean only?',
      'provider.onyl',
    ],
    ['provider', { zdr: null }, 'provider.zdr is null: must be true or false.', 'provider.zdr'],
    ['provider', { sort: 'speed' }, 'accepted are price, throughput, latency, exacto', 'provider.sort'],
    ['provider', { max_price: { image: 0.05 } }, 'must be a string', 'provider.max_price.image'],
    ['provider', { options: { a: { b: deep(17) } } }, 'at most 16 levels deep', 'provider.options.a.b'],
    ['provider', { options: { a: { b: 'half \ud83d' } } }, 'well-formed Unicode', 'provider.options.a.b'],
    ['image_config', { a: { b: 1 } }, 'must be a string, a number, or a list', 'image_config.a'],
    ['image_config', { a: true }, 'must be a string, a number, or a list', 'image_config.a'],
    ['image_config', { a: Number.NaN }, 'must be a string, a number', 'image_config.a'],
    ['image_config', { a: ['half \ud83d'] }, 'well-formed Unicode', 'image_config.a[0]'],
    ['image_config', { 'half \ud83d': 1 }, 'must be well-formed Unicode', 'image_config.half \ud83d'],
    ['take', 0, 'take is 0: must be at least 1.'],
    ['api', 'chatt', 'accepted are auto, chat, images.'],
    ['user', 'x'.repeat(257), 'must be at most 256 characters'],
    ['session_id', '', 'must be at least 1 character'],
    ['trace', 'hero', 'trace is "hero": must be an object.'],
    ['trace', { a: deep(17) }, 'at most 16 levels deep', 'trace.a'],
    ['aspekt_ratio', '1:1', 'aspekt_ratio is not a field of an image: did you mean aspect_ratio?'],
    ['colour', 'red', 'colour is not a field of an image: known fields are prompt, model,'],
  ])('%s, given %j', (field, value, detail, at = field) => {
    const [issue] = issuesOf({ [field]: value })
    expect(issue?.field).toBe(at)
    expect(issue?.path[0]).toBe(field)
    expect(issue?.detail).toContain(detail)
  })
})

describe('the example in the schema', () => {
  it.each(Object.entries(imageSpecInputSchema.shape))('of %s is one that Easel accepts', (field, schema) => {
    const { examples = [] } = toJSONSchema(schema)

    expect(examples).toHaveLength(1)
    expect(parseSpecInput({ [field]: examples[0] })).toEqual({ [field]: examples[0] })
  })
})

describe('a refusal', () => {
  it.each<[input: unknown, path: readonly (string | number)[]]>([
    [{ font_inputs: [{ font_url: HTTPS, text: 7 }] }, ['font_inputs', 0, 'text']],
    [{ image_config: { 'a.b[0]': true } }, ['image_config', 'a.b[0]']],
    [{ provider: { options: { '7': { '0': 'half \ud83d' } } } }, ['provider', 'options', '7', '0']],
    [{ provider: { sort: { bye: 1 } } }, ['provider', 'sort', 'bye']],
    [{ 'a.b': 1 }, ['a.b']],
    [7, []],
  ])('of %j holds the path as data, whatever characters the keys have', (input, path) => {
    expect(issuesOf(input)[0]?.path).toEqual(path)
  })

  it('reports everything that is wrong at once, with the accepted values where they are a list', () => {
    const issues = issuesOf({ n: 11, api: 'both', what: 1 })
    expect(issues.map(({ field }) => field).toSorted()).toEqual(['api', 'n', 'what'])
    expect(issues.find(({ field }) => field === 'api')?.accepts).toEqual(['auto', 'chat', 'images'])
  })

  it('of a thousand unknown fields is short, and so are the names in it', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${'x'.repeat(5000)}${i}`, 1]))
    const issues = issuesOf(many)
    expect(issues.length).toBeLessThanOrEqual(20)
    expect(issues.map(({ detail }) => detail).join('').length).toBeLessThan(20_000)
  })

  it('never quotes half a character', () => {
    const [issue] = issuesOf({ style: `${'x'.repeat(58)}🗼${'x'.repeat(9)}`, model: `${'x'.repeat(58)}🗼` })
    expect(issue?.detail.isWellFormed()).toBe(true)
  })

  it('comes for values nested deeper than the stack allows, too', () => {
    const nested: unknown = JSON.parse(`{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`)
    expect(issuesOf({ image_config: nested })[0]?.field).toBe('image_config.a[0]')
    expect(issuesOf({ provider: { options: { x: nested } } })[0]?.field).toBe('provider.options.x.a')
  })

  it.each([null, undefined, 'A fox', 7, []])('of %j, which is not a spec, names the whole spec', (input) => {
    expect(issuesOf(input)[0]?.field).toBe('spec')
  })

  it.each(['__proto__', 'constructor', 'toString'])('comes for the key %s, too', (key) => {
    const input: unknown = JSON.parse(`{"prompt": "x", "${key}": {"n": 2}}`)
    expect(issuesOf(input)[0]?.field).toBe(key)
  })
})

function issuesOf(input: unknown): readonly SpecIssue[] {
  try {
    parseSpecInput(input)
  } catch (error) {
    if (error instanceof InvalidSpecError) return error.issues
    throw error
  }
  throw new Error(`${JSON.stringify(input)} was accepted`)
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}
