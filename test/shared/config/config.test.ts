import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CONFIG } from '../../../action/init/templates.ts'
import { parseConfig } from '../../../shared/config/parse.ts'
import { SCHEMA_URL } from '../../../shared/config/schema.ts'

const GOOD = {
  version: 1,
  defaults: { model: 'google/gemini-3.1-flash-image', aspect_ratio: '16:9' },
  presets: { 'line-art': { prompt: '{prompt}. Line art.' } },
  images: [
    { path: 'docs/hero.png', prompt: 'A lighthouse', preset: 'line-art', alt: '', id: 'hero' },
    {
      path: 'docs/logo.svg',
      prompt: 'A logo',
      input_images: ['docs/brand.png', 'https://example.com/a.png'],
    },
  ],
}

describe('parseConfig', () => {
  it('accepts a config with defaults, presets and images', () => {
    const { issues, images, presets, defaults } = parseConfig(GOOD)

    expect(issues).toEqual([])
    expect(images).toEqual(GOOD.images)
    expect(presets.get('line-art')).toEqual(GOOD.presets['line-art'])
    expect(defaults).toEqual(GOOD.defaults)
  })

  it('keeps the valid fields of an image, so that they are checked, too', () => {
    const image = { path: 'a.png', prompt: 'x', preset: 'nope', aspect_ration: '4:3', seed: -1 }
    const { issues, images } = parseConfig({ ...GOOD, images: [image, { ...image, prompt: 7 }] })

    expect(images).toEqual([{ path: 'a.png', prompt: 'x', preset: 'nope' }, undefined])
    expect(issues).toHaveLength(5)
  })

  it('accepts empty sections, which are null in YAML', () => {
    expect(parseConfig({ version: 1, defaults: null, presets: { plain: null }, images: [] }).issues).toEqual(
      [],
    )
  })

  it.each([
    [{ ...GOOD, version: 2 }, ['version'], 'accepted are 1'],
    [{ images: [] }, ['version'], 'version is missing'],
    [{ ...GOOD, image: [] }, ['image'], 'did you mean images?'],
    [{ ...GOOD, images: {} }, ['images'], 'images is {}'],
    [{ ...GOOD, constructor: [] }, ['constructor'], 'constructor is not a field of easel.yml: known are'],
    [{ ...GOOD, defaults: { modle: 'x' } }, ['defaults', 'modle'], 'did you mean model?'],
    [{ ...GOOD, presets: { a: { preset: 'b' } } }, ['presets', 'a', 'preset'], 'not a field of a preset'],
    [{ ...GOOD, images: ['x'] }, ['images', 0], 'must be a list of fields'],
    [{ ...GOOD, images: [{ prompt: 'x' }] }, ['images', 0, 'path'], 'path is missing'],
    [{ ...GOOD, images: [{ path: 'a.png', n: 2 }] }, ['images', 0, 'n'], 'one path holds one image'],
    [{ ...GOOD, images: [{ path: 'a.png', id: 'a b' }] }, ['images', 0, 'id'], 'must be letters'],
    [{ ...GOOD, images: [{ path: 'a.png', seed: '7' }] }, ['images', 0, 'seed'], 'seed is "7"'],
    [
      { ...GOOD, images: [{ path: 'a.png', input_images: ['http://a.example/b.png'] }] },
      ['images', 0, 'input_images', 0],
      'a path in the repository, an https URL or a data: URL',
    ],
    [undefined, [], 'The file is empty'],
    [['a'], [], 'must start with version: 1'],
  ])('points at the mistake in %j', (value, path, detail) => {
    const { issues } = parseConfig(value)

    expect(issues).toEqual([expect.objectContaining({ path, detail: expect.stringContaining(detail) })])
  })

  it('keeps every valid part beside invalid ones', () => {
    const { images, presets, issues } = parseConfig({
      ...GOOD,
      presets: { good: { seed: 1 }, bad: { seed: -1 } },
      images: [
        { path: 'a.png', prompt: 'x' },
        { path: 'b.png', promt: 'y' },
        { path: 'c.png', prompt: 'z' },
      ],
    })

    expect(images.map((image) => image?.path)).toEqual(['a.png', undefined, 'c.png'])
    expect([...presets]).toEqual([
      ['good', { seed: 1 }],
      ['bad', undefined],
    ])
    expect(issues).toHaveLength(2)
  })
})

describe('easel.schema.json', async () => {
  const schema: object = JSON.parse(
    await readFile(new URL('../../../easel.schema.json', import.meta.url), 'utf8'),
  )
  const validate = new Ajv({ strict: false, formats: { uri: true } }).compile(schema)

  it.each([GOOD, parse(CONFIG)])('accepts what Easel accepts', (value) => {
    expect(validate(value)).toBe(true)
  })

  it.each([
    { ...GOOD, version: 2 },
    { ...GOOD, image: [] },
    { ...GOOD, images: [{ prompt: 'no path' }] },
    { ...GOOD, images: [{ path: 'a.png', aspect_ratio: '16x10' }] },
    { ...GOOD, images: [{ path: 'a.png', n: 2 }] },
    { ...GOOD, defaults: { modle: 'x' } },
  ])('refuses %j, as Easel does', (value) => {
    expect(validate(value)).toBe(false)
  })

  it('has a stable public address', () => {
    expect(schema).toMatchObject({ $id: SCHEMA_URL })
  })

  it('describes every property, at any depth', () => {
    const properties = [...propertiesOf(schema)]

    expect(properties.length).toBeGreaterThan(60)
    expect(properties.filter(({ description }) => (description?.length ?? 0) < 10)).toEqual([])
  })
})

/** Every property of a JSON Schema with its description, wherever in the schema it is. */
function* propertiesOf(
  schema: unknown,
  path = '',
): Generator<{ readonly path: string; readonly description: string | undefined }> {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as Record<string, { description?: string }>)) {
        yield { path: `${path}.${name}`, description: property.description }
      }
    }
    yield* propertiesOf(value, `${path}.${key}`)
  }
}
