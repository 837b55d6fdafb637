import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import { noisePng } from '../../emulator/noise-png.ts'
import {
  GEMINI,
  GEMINI_PRO,
  GPT_IMAGE,
  NANO_BANANA_2,
  RIVERFLOW,
  VECTOR,
  chatBody,
  errorOf,
  post,
} from '../support/emulator/ask.ts'

const FLUX = 'black-forest-labs/flux.2-pro'
const image = (url: string): object => ({ type: 'image_url', image_url: { url } })
const withInput = (url: string): object =>
  chatBody('', { messages: [{ role: 'user', content: [{ type: 'text', text: 'A fox' }, image(url)] }] })
const dataUrl = (bytes: Buffer, type = 'image/png'): string =>
  `data:${type};base64,${bytes.toString('base64')}`

describe('a key', () => {
  it.each([
    ['is missing', undefined],
    ['is not OpenRouter’s', 'Bearer sk-live-1'],
    ['stands without its scheme', 'sk-or-test'],
  ])('that %s is 401', async (_case, authorization) => {
    const response = await createEmulator().request('/api/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify(chatBody('A fox')),
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    })

    expect(response.status).toBe(401)
    expect(await errorOf(response)).toMatchObject({ code: 401, metadata: { error_type: 'authentication' } })
  })
})

describe('chat completions refuse', () => {
  it.each<[string, object | string, number, string]>([
    ['broken JSON', '{', 400, 'JSON'],
    ['a field nobody knows', chatBody('A fox', { promt: 'x' }), 400, 'promt'],
    [
      'a misspelt image_config',
      chatBody('A fox', { image_config: { aspectRatio: '1:1' } }),
      400,
      'aspectRatio',
    ],
    ['no messages', chatBody('A fox', { messages: [] }), 400, 'messages'],
    ['an empty prompt', chatBody(' '), 400, 'empty'],
    ['an endless prompt', chatBody('x'.repeat(32_001)), 400, '32000'],
    ['an unknown model', chatBody('A fox', { model: 'google/imagen-9' }), 404, 'google/imagen-9'],
    ['an unknown variant', chatBody('A fox', { model: `${GEMINI}:gratis` }), 404, 'gratis'],
    ['text from an image-only model', chatBody('A fox', { model: FLUX }), 404, 'text'],
    ['a ratio the model lacks', chatBody('A fox', { image_config: { aspect_ratio: '8:1' } }), 400, '8:1'],
    [
      '4K from a model of one size',
      chatBody('A fox', { image_config: { image_size: '4K' } }),
      400,
      'image_size',
    ],
    [
      '0.5K from another Gemini',
      chatBody('A fox', { model: GEMINI_PRO, image_config: { image_size: '0.5K' } }),
      400,
      '512',
    ],
    [
      'another provider’s fields',
      chatBody('A fox', { image_config: { rgb_colors: [[1, 2, 3]] } }),
      400,
      'rgb_colors',
    ],
    ['several images by chat', chatBody('A fox', { image_config: { n: 2 } }), 400, 'n'],
    ['a provider that hasn’t got it', chatBody('A fox', { provider: { only: ['openai'] } }), 404, 'provider'],
    [
      'too many input images',
      chatBody('', {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'x' },
              ...Array.from({ length: 4 }, () => image('https://example.com/a.png')),
            ],
          },
        ],
      }),
      400,
      '3',
    ],
  ])('%s', async (_case, body, status, word) => {
    const response = await post(createEmulator(), '/chat/completions', body)

    expect(response.status).toBe(status)
    const error = await errorOf(response)
    expect(error.code).toBe(status)
    expect(error.message).toContain(word)
  })
})

describe('the images API refuses', () => {
  it.each<[string, object, string]>([
    ['a chat field', { model: GPT_IMAGE, image_config: {} }, 'image_config'],
    ['eleven images', { model: GPT_IMAGE, n: 11 }, 'n'],
    ['two images from a model of one', { model: FLUX, n: 2 }, '1 to 1'],
    ['a ratio outside the list', { model: NANO_BANANA_2, aspect_ratio: '7:5' }, 'aspect_ratio'],
    ['chat’s name for half a K', { model: NANO_BANANA_2, resolution: '0.5K' }, 'resolution'],
    [
      'pixels beside another ratio',
      { model: NANO_BANANA_2, size: '1024x1024', aspect_ratio: '16:9' },
      'aspect_ratio',
    ],
    [
      'pixels beside another tier',
      { model: NANO_BANANA_2, size: '1024x1024', resolution: '4K' },
      'resolution',
    ],
    ['a size that is none', { model: NANO_BANANA_2, size: 'large' }, 'size'],
    [
      'transparent JPEG',
      { model: GPT_IMAGE, background: 'transparent', output_format: 'jpeg' },
      'transparent',
    ],
    ['PNG from the vector model', { model: VECTOR, output_format: 'png' }, 'svg'],
    ['a seed the model doesn’t take', { model: GPT_IMAGE, seed: 1 }, 'seed'],
    [
      'options that the endpoint doesn’t list',
      { model: RIVERFLOW, provider: { options: { sourceful: { steps: 3 } } } },
      'steps',
    ],
    [
      'three fonts',
      {
        model: RIVERFLOW,
        provider: {
          options: {
            sourceful: {
              font_inputs: Array.from({ length: 3 }, () => ({
                font_url: 'https://example.com/a.ttf',
                text: 'a',
              })),
            },
          },
        },
      },
      'font_inputs',
    ],
  ])('%s', async (_case, body, word) => {
    const response = await post(createEmulator(), '/images', { prompt: 'A fox', ...body })

    expect(response.status).toBe(400)
    const error = await errorOf(response)
    expect(error.message).toContain(word)
    expect(error.metadata.error_type).toBe('invalid_request')
  })

  it('nothing where pixels and names agree', async () => {
    const body = {
      model: NANO_BANANA_2,
      prompt: 'A fox',
      size: '1344x768',
      aspect_ratio: '16:9',
      resolution: '1K',
    }
    expect((await post(createEmulator(), '/images', body)).status).toBe(200)
  })
})

describe('an input image', async () => {
  const [good, tiny] = await Promise.all([square(64), square(4)])
  const noise = noisePng(50_000)

  it.each<[string, string, number, string]>([
    ['that is no base64', 'data:image/png;base64,???', 400, 'invalid_image'],
    ['that is no image', dataUrl(Buffer.from('hello')), 400, 'invalid_image'],
    ['that is cut off in the middle', dataUrl(noise.subarray(0, noise.length / 2)), 400, 'invalid_image'],
    ['of another kind', dataUrl(Buffer.from('%PDF'), 'application/pdf'), 400, 'unsupported_image_format'],
    ['of four pixels', dataUrl(tiny), 400, 'image_too_small'],
    ['that isn’t there', 'https://example.com/missing.png', 404, 'image_not_found'],
    ['whose server fails', 'https://example.com/broken.png', 400, 'image_download_failed'],
    ['whose server can’t be reached', 'https://example.com/offline.png', 400, 'image_download_failed'],
  ])('%s is refused', async (_case, url, status, type) => {
    const files: Record<string, () => Response> = {
      '/missing.png': () => new Response(null, { status: 404 }),
      '/broken.png': () => new Response(null, { status: 500 }),
    }
    const emulator = createEmulator({
      fetch: async (input) => {
        const file = files[new URL(new Request(input).url).pathname]
        if (file === undefined) throw new TypeError('fetch failed')
        return file()
      },
    })

    const response = await post(emulator, '/chat/completions', withInput(url))

    expect(response.status).toBe(status)
    expect((await errorOf(response)).metadata.error_type).toBe(type)
  })

  it('is fetched from https', async () => {
    const fetched: string[] = []
    const emulator = createEmulator({
      fetch: async (input) => {
        fetched.push(new Request(input).url)
        return new Response(new Uint8Array(good))
      },
    })

    const response = await post(emulator, '/chat/completions', withInput('https://example.com/brand.png'))

    expect(response.status).toBe(200)
    expect(fetched).toEqual(['https://example.com/brand.png'])
  })
})

function square(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: '#c33' } })
    .png()
    .toBuffer()
}
