import { imageSize } from 'image-size'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../../emulator/index.ts'
import {
  GEMINI_PRO,
  GPT_IMAGE,
  NANO_BANANA_2,
  RIVERFLOW,
  VECTOR,
  chatBody,
  imagesResponse,
  imagesOf,
  post,
} from '../../support/emulator/ask.ts'

const AT_1K = {
  '1:1': [1024, 1024],
  '2:3': [832, 1248],
  '3:2': [1248, 832],
  '3:4': [864, 1184],
  '4:3': [1184, 864],
  '4:5': [896, 1152],
  '5:4': [1152, 896],
  '9:16': [768, 1344],
  '16:9': [1344, 768],
  '21:9': [1536, 672],
} as const

/** The only image of a chat answer. */
async function drawn(
  prompt: string,
  more: Readonly<Record<string, unknown>> = {},
  emulator = createEmulator(),
): Promise<Buffer> {
  const [image] = await imagesOf(await post(emulator, '/chat/completions', chatBody(prompt, more)))
  if (image === undefined) throw new Error('no image')
  return image.bytes
}

describe('sizes', () => {
  const emulator = createEmulator()

  describe.each([
    ['1K', 1],
    ['2K', 2],
    ['4K', 4],
  ] as const)('at %s', (image_size, factor) => {
    it.each(Object.entries(AT_1K))('%s has the documented pixels', async (aspect_ratio, [width, height]) => {
      const bytes = await drawn(
        'A quiet place',
        { model: GEMINI_PRO, image_config: { aspect_ratio, image_size } },
        emulator,
      )

      expect(imageSize(bytes)).toMatchObject({ width: width * factor, height: height * factor, type: 'png' })
    })
  })

  it('halve at 0.5K and stretch to the extended ratios', async () => {
    const half = await drawn('A fox', {
      model: NANO_BANANA_2,
      image_config: { aspect_ratio: '16:9', image_size: '0.5K' },
    })
    const long = await drawn('A fox', { model: NANO_BANANA_2, image_config: { aspect_ratio: '8:1' } })

    expect(imageSize(half)).toMatchObject({ width: 672, height: 384 })
    const { width, height } = imageSize(long)
    expect(width / height).toBe(8)
  })

  it('are exactly the pixels asked for', async () => {
    const answer = await imagesResponse(
      await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox', size: '1000x333' }),
    )
    expect(imageSize(Buffer.from(answer.data[0]?.b64_json ?? '', 'base64'))).toMatchObject({
      width: 1000,
      height: 333,
    })
  })
})

describe('the same request', () => {
  it('gives the same bytes, from another emulator too', async () => {
    const [first, second] = await Promise.all([drawn('A lighthouse at dusk'), drawn('A lighthouse at dusk')])
    expect(first.equals(second)).toBe(true)
  })

  it.each([
    ['prompt', 'A lighthouse at dawn', {}],
    ['seed', 'A lighthouse at dusk', { seed: 8 }],
    ['model', 'A lighthouse at dusk', { model: NANO_BANANA_2 }],
    ['ratio', 'A lighthouse at dusk', { image_config: { aspect_ratio: '3:2' } }],
  ])('but for the %s gives another image', async (_what, prompt, more) => {
    const [one, other] = await Promise.all([drawn('A lighthouse at dusk'), drawn(prompt, more)])
    expect(one.equals(other)).toBe(false)
  })

  it('on either API, streamed or not, gives the same image', async () => {
    const emulator = createEmulator()
    const chat = await drawn('A fox', {}, emulator)
    const answer = await imagesResponse(
      await post(emulator, '/images', { model: 'google/gemini-2.5-flash-image', prompt: 'A fox' }),
    )
    expect(answer.data[0]?.b64_json).toBe(chat.toString('base64'))
  })
})

describe('formats', () => {
  const emulator = createEmulator()
  const draw = async (body: object): Promise<Buffer> => {
    const { data } = await imagesResponse(
      await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox', ...body }),
    )
    return Buffer.from(data[0]?.b64_json ?? '', 'base64')
  }

  it.each(['png', 'jpeg', 'webp'] as const)('%s is what it says', async (output_format) => {
    expect((await sharp(await draw({ output_format })).metadata()).format).toBe(output_format)
  })

  it('are smaller with more compression', async () => {
    const [small, large] = [
      await draw({ output_format: 'jpeg', output_compression: 20 }),
      await draw({ output_format: 'jpeg', output_compression: 95 }),
    ]
    expect(small.length).toBeLessThan(large.length / 2)
  })

  it.each(['png', 'webp'] as const)(
    'transparent %s has nothing in its corners and something in its middle',
    async (output_format) => {
      const { data, info } = await sharp(await draw({ output_format, background: 'transparent' }))
        .raw()
        .toBuffer({ resolveWithObject: true })
      const alphaAt = (x: number, y: number): number | undefined =>
        data[(y * info.width + x) * info.channels + 3]

      expect(info.channels).toBe(4)
      expect(alphaAt(2, 2)).toBe(0)
      expect(alphaAt(info.width - 3, 2)).toBe(0)
      expect(alphaAt(info.width >> 1, Math.floor(info.height * 0.7))).toBe(255)
    },
  )

  it('SVG stands alone: well-formed, with its size, without scripts, fonts or links', async () => {
    const { data } = await imagesResponse(
      await post(emulator, '/images', {
        model: VECTOR,
        prompt: 'A <fox> & "friends" \u0001',
        aspect_ratio: '16:9',
      }),
    )
    const svg = Buffer.from(data[0]?.b64_json ?? '', 'base64')

    expect(imageSize(svg)).toMatchObject({ width: 1344, height: 768, type: 'svg' })
    expect((await sharp(svg).metadata()).format).toBe('svg')
    expect(svg.toString()).not.toMatch(/<script|<text|<foreignObject|href="http|\son\w+=/i)
  })
})

describe('what a request brings along', () => {
  it('shows: each input image in its own colour', async () => {
    const images = await Promise.all(
      ['#ff0000', '#00ff00'].map(async (colour) => sharpened({}, [await photo(colour)])),
    )
    const hues = await Promise.all(images.map((bytes) => countOf(bytes)))

    expect(hues[0]?.red).toBeGreaterThan(5000)
    expect(hues[0]?.green).toBe(0)
    expect(hues[1]?.green).toBeGreaterThan(5000)
  })

  it('shows: fonts change the image', async () => {
    const font = { font_url: 'https://example.com/brush.ttf', text: 'Open Night' }
    const [without, withFont] = await Promise.all([sharpened({}, []), sharpened({ font_inputs: [font] }, [])])
    expect(without.equals(withFont)).toBe(false)
  })

  it('gives the size with super resolution, and is ignored without an input image', async () => {
    const reference = await photo('#0000ff')
    const config = { super_resolution_references: [reference] }

    expect(imageSize(await sharpened(config, [reference]))).toMatchObject({ width: 300, height: 200 })
    expect((await sharpened(config, [])).equals(await sharpened({}, []))).toBe(true)
  })
})

/** Pixels of pure red and pure green. */
async function countOf(bytes: Buffer): Promise<{ red: number; green: number }> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const count = { red: 0, green: 0 }
  for (let at = 0; at < data.length; at += info.channels) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
    if (red > 245 && green < 10 && blue < 10) count.red += 1
    if (green > 245 && red < 10 && blue < 10) count.green += 1
  }
  return count
}

/** A plain image as a data URL. */
async function photo(colour: string): Promise<string> {
  const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: colour } })
    .png()
    .toBuffer()
  return `data:image/png;base64,${bytes.toString('base64')}`
}
async function sharpened(config: object, inputs: readonly string[]): Promise<Buffer> {
  return drawn('', {
    model: RIVERFLOW,
    modalities: ['image'],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A poster, Open Night' },
          ...inputs.map((url) => ({ type: 'image_url', image_url: { url } })),
        ],
      },
    ],
    image_config: config,
  })
}
