import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDelivery, withoutDelivery } from '../../../shared/delivery-parameters.ts'
import { parseSpecQuery } from '../../../shared/spec/parse.ts'
import { DEFAULT_WIDTHS, FITS, FORMATS, GRAVITIES } from '../../../shared/url/delivery.ts'
import { imageUrl, srcSet, type UrlSpec } from '../../../shared/url/index.ts'

const BASE = 'https://img.example.com'
const STORED = `/i/${'a'.repeat(64)}.png`

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((value) => value.trim() !== '' && value.isWellFormed())
const model = fc.constantFrom('a/b', '~google/gemini-latest', 'x/y.z:free')

/** Every field that fits into a URL. */
const specs: fc.Arbitrary<UrlSpec> = fc
  .record(
    {
      prompt: text,
      model,
      models: fc.constantFrom(['a/b', 'c/d'], ['c/d', 'a/b', 'e/f']),
      aspect_ratio: fc.constantFrom('16:9', '2.35:1', 'auto'),
      image_size: fc.constantFrom('0.5K', '4K'),
      size: fc.constantFrom('64x8192', '1344x768'),
      n: fc.integer({ min: 1, max: 10 }),
      seed: fc.maxSafeNat(),
      quality: fc.constantFrom('high', 'xhigh'),
      background: fc.constant('transparent'),
      output_format: fc.constant('webp'),
      output_compression: fc.integer({ min: 0, max: 100 }),
      input_images: fc.array(
        fc.webUrl({ validSchemes: ['https'], withQueryParameters: true, withFragments: true }),
        { minLength: 1, maxLength: 4 },
      ),
      style: text,
      strength: fc.double({ min: 0, max: 1, noNaN: true }),
      preset: text,
      take: fc.integer({ min: 1 }),
      api: fc.constantFrom('auto', 'chat', 'images'),
      user: text,
      session_id: text,
    },
    { requiredKeys: [] },
  )
  .map(({ model: one, models, ...spec }) => ({
    ...spec,
    ...(models ? { models } : one !== undefined && { model: one }),
  }))

describe('imageUrl', () => {
  it('writes any spec so that the Worker reads the same spec', () => {
    fc.assert(
      fc.property(specs, fc.record({ w: pixels(), h: pixels() }, { requiredKeys: [] }), (spec, delivery) => {
        const { origin, pathname, searchParams } = new URL(imageUrl(BASE, spec, delivery))

        expect([origin, pathname]).toEqual([BASE, '/image'])
        expect(parseSpecQuery(withoutDelivery(searchParams))).toEqual(withoutNegativeZero(spec))
      }),
    )
  })

  it('writes delivery parameters as the Worker reads them', () => {
    const delivery = {
      w: 640,
      h: 360,
      fit: 'contain',
      gravity: 'top',
      format: 'auto',
      q: 75,
      index: 2,
    } as const
    const { searchParams } = new URL(imageUrl(BASE, 'A fox', { ...delivery, v: '0123456789abcdef' }))

    expect(searchParams.get('prompt')).toBe('A fox')
    expect(parseDelivery(searchParams)).toEqual({
      width: 640,
      height: 360,
      format: 'auto',
      quality: 75,
      index: 2,
      pin: '0123456789abcdef',
    })
  })

  it.each([...FITS.map((fit) => ({ fit })), ...GRAVITIES.map((gravity) => ({ gravity }))])(
    'writes %o, which the Worker accepts',
    (delivery) => {
      expect(() => parseDelivery(new URL(imageUrl(BASE, 'A fox', delivery)).searchParams)).not.toThrow()
    },
  )

  it.each(FORMATS)('writes the format %s, which the Worker accepts', (format) => {
    expect(() => parseDelivery(new URL(imageUrl(BASE, 'A fox', { format })).searchParams)).not.toThrow()
  })

  it.each([
    ['A fox', '/image?prompt=A+fox&w=640'],
    ['A fox: 100 % red, at /home/?', '/image?prompt=A+fox%3A+100+%25+red%2C+at+%2Fhome%2F%3F&w=640'],
    [STORED, `${STORED}?w=640`],
    [`${BASE}${STORED}?v=0123456789abcdef&w=320`, `${STORED}?v=0123456789abcdef&w=640`],
    ['/named/docs/hero.png', '/named/docs/hero.png?w=640'],
    ['/image?prompt=A+fox&aspect_ratio=16:9', '/image?prompt=A+fox&aspect_ratio=16%3A9&w=640'],
  ])('takes the prompt or address %s', (source, expected) => {
    expect(imageUrl(BASE, source, { w: 640 })).toBe(BASE + expected)
    expect(imageUrl(`${BASE}/`, source, { w: 640 })).toBe(BASE + expected)
    expect(imageUrl(new URL(BASE), source, { w: 640 })).toBe(BASE + expected)
  })

  it.each(['/logo.png', './logo.png', 'https://elsewhere.example/fox.png', 'data:image/png;base64,QUJD'])(
    'leaves the address %s, which is not the Worker’s, as it is',
    (source) => {
      expect(imageUrl(BASE, source, { w: 640 })).toBe(source)
    },
  )

  it('leaves a signed URL as it is, because a change would invalidate it', () => {
    const signed = `/image?prompt=A+fox&kid=k1&exp=1&sig=abc`

    expect(imageUrl(BASE, signed, { w: 640 })).toBe(BASE + signed)
  })

  it('writes a path for the page’s own origin', () => {
    expect(imageUrl('', { prompt: 'A fox' })).toBe('/image?prompt=A+fox')
    expect(imageUrl('', STORED, { w: 640 })).toBe(`${STORED}?w=640`)
  })

  it('refuses a base that is not an address, and a field that does not fit into a URL', () => {
    const nested = { prompt: 'A fox', rgb_colors: [[1, 2, 3]] } as UrlSpec

    expect(() => imageUrl('img.example.com', 'A fox')).toThrow('add https://')
    expect(() => imageUrl(BASE, nested)).toThrow('rgb_colors does not fit into a URL')
  })

  it('leaves out what is undefined', () => {
    expect(imageUrl(BASE, { prompt: 'A fox', seed: undefined }, { w: undefined, q: 75 })).toBe(
      `${BASE}/image?prompt=A+fox&q=75`,
    )
  })
})

describe('srcSet', () => {
  it('has a URL for each width, and the Worker’s widths by default', () => {
    expect(srcSet(BASE, 'A fox, red', { widths: [320, 640], format: 'auto' })).toBe(
      `${BASE}/image?prompt=A+fox%2C+red&format=auto&w=320 320w, ${BASE}/image?prompt=A+fox%2C+red&format=auto&w=640 640w`,
    )
    expect(srcSet(BASE, 'A fox').match(/\d+w\b/g)).toEqual(DEFAULT_WIDTHS.map((width) => `${width}w`))
  })

  it('keeps the ratio of w and h in every candidate', () => {
    expect(srcSet('', STORED, { widths: [320, 960], w: 1200, h: 630 })).toBe(
      `${STORED}?w=320&h=168 320w, ${STORED}?w=960&h=504 960w`,
    )
  })
})

function pixels(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 8192 })
}

/** A URL has one zero. */
function withoutNegativeZero(spec: UrlSpec): UrlSpec {
  return spec.strength === 0 ? { ...spec, strength: 0 } : spec
}
