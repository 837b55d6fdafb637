import { imageSize } from 'image-size'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import {
  GEMINI_PRO,
  GPT_IMAGE,
  NANO_BANANA_2,
  RIVERFLOW,
  chatBody,
  imagesResponse,
  imagesOf,
  post,
} from '../support/emulator/ask.ts'

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

/** The only image of a chat response. */
async function imageOf(
  prompt: string,
  more: Readonly<Record<string, unknown>> = {},
  emulator = createEmulator(),
): Promise<Buffer> {
  const [image] = await imagesOf(await post(emulator, '/chat/completions', chatBody(prompt, more)))
  if (image === undefined) throw new Error('no image')
  return image.bytes
}

describe('sizes', () => {
  describe.each([
    ['1K', 1],
    ['2K', 2],
    ['4K', 4],
  ] as const)('at %s', (image_size, factor) => {
    // An illustration at 4K takes seconds.
    const emulator = createEmulator({ plainImages: factor > 1 })
    it.each(Object.entries(AT_1K))('%s has the documented pixels', async (aspect_ratio, [width, height]) => {
      const bytes = await imageOf(
        'A quiet place',
        { model: GEMINI_PRO, image_config: { aspect_ratio, image_size } },
        emulator,
      )

      expect(imageSize(bytes)).toMatchObject({ width: width * factor, height: height * factor, type: 'png' })
    })
  })

  it('halve at 0.5K and stretch to the extended ratios', async () => {
    const half = await imageOf('A fox', {
      model: NANO_BANANA_2,
      image_config: { aspect_ratio: '16:9', image_size: '0.5K' },
    })
    const long = await imageOf('A fox', { model: NANO_BANANA_2, image_config: { aspect_ratio: '8:1' } })

    expect(imageSize(half)).toMatchObject({ width: 672, height: 384 })
    const { width, height } = imageSize(long)
    expect(width / height).toBe(8)
  })

  it('are exactly the pixels of `size`', async () => {
    const result = await imagesResponse(
      await post(createEmulator(), '/images', { model: GPT_IMAGE, prompt: 'A fox', size: '1000x333' }),
    )
    expect(imageSize(Buffer.from(result.data[0]?.b64_json ?? '', 'base64'))).toMatchObject({
      width: 1000,
      height: 333,
    })
  })
})

describe('the same request', () => {
  it('gives the same bytes, from another emulator too', async () => {
    const [first, second] = await Promise.all([
      imageOf('A lighthouse at dusk'),
      imageOf('A lighthouse at dusk'),
    ])
    expect(first.equals(second)).toBe(true)
  })

  it.each([
    ['prompt', 'A lighthouse at dawn', {}],
    ['seed', 'A lighthouse at dusk', { seed: 8 }],
    ['model', 'A lighthouse at dusk', { model: NANO_BANANA_2 }],
    ['ratio', 'A lighthouse at dusk', { image_config: { aspect_ratio: '3:2' } }],
  ])('but for the %s gives another image', async (_what, prompt, more) => {
    const [one, other] = await Promise.all([imageOf('A lighthouse at dusk'), imageOf(prompt, more)])
    expect(one.equals(other)).toBe(false)
  })

  it('on either API, streamed or not, gives the same image', async () => {
    const emulator = createEmulator()
    const chat = await imageOf('A fox', {}, emulator)
    const result = await imagesResponse(
      await post(emulator, '/images', { model: 'google/gemini-2.5-flash-image', prompt: 'A fox' }),
    )
    expect(result.data[0]?.b64_json).toBe(chat.toString('base64'))
  })
})

describe('formats', () => {
  const emulator = createEmulator()
  const formatted = async (body: object): Promise<Buffer> => {
    const { data } = await imagesResponse(
      await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox', ...body }),
    )
    return Buffer.from(data[0]?.b64_json ?? '', 'base64')
  }

  it.each(['png', 'jpeg', 'webp'] as const)('%s is what it says', async (output_format) => {
    expect((await sharp(await formatted({ output_format })).metadata()).format).toBe(output_format)
  })

  it('are smaller with more compression', async () => {
    const [small, large] = [
      await formatted({ output_format: 'jpeg', output_compression: 20 }),
      await formatted({ output_format: 'jpeg', output_compression: 95 }),
    ]
    expect(small.length).toBeLessThan(large.length / 2)
  })
})

describe('what a request brings along', () => {
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

/** A plain image as a data URL. */
async function photo(colour: string): Promise<string> {
  const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: colour } })
    .png()
    .toBuffer()
  return `data:image/png;base64,${bytes.toString('base64')}`
}
async function sharpened(config: object, inputs: readonly string[]): Promise<Buffer> {
  return imageOf('', {
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
