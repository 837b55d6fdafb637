import { OpenRouter } from '@openrouter/sdk'
import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedEmulator } from '../../emulator/serve.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import { GEMINI, GPT_IMAGE, NANO_BANANA_2, RIVERFLOW } from '../support/emulator/ask.ts'

describe('OpenRouter’s own SDK', () => {
  let emulator: ServedEmulator
  let client: OpenRouter
  beforeAll(async () => {
    emulator = await serveEmulator()
    client = new OpenRouter({ apiKey: 'sk-or-test', serverURL: emulator.url })
  })
  afterAll(() => emulator.close())

  const messages = [{ role: 'user' as const, content: 'A lighthouse at dusk' }]

  it('gets an image by chat', async () => {
    const result = await client.chat.send({
      chatRequest: {
        model: GEMINI,
        messages,
        modalities: ['image', 'text'],
        imageConfig: { aspect_ratio: '16:9' },
      },
    })

    if (!('choices' in result)) throw new Error('a stream')
    const url = result.choices[0]?.message.images?.[0]?.imageUrl.url ?? ''
    expect(imageSize(Buffer.from(url.split(',')[1] ?? '', 'base64'))).toMatchObject({
      width: 1344,
      height: 768,
    })
    expect(result.usage?.cost).toBeGreaterThan(0.03)
  })

  it('reads a chat stream to its end', async () => {
    const stream = await client.chat.send({
      chatRequest: { model: GEMINI, messages, modalities: ['image', 'text'], stream: true },
    })

    if ('choices' in stream) throw new Error('no stream')
    const chunks = await all(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Here is your image.')
    expect(chunks.at(-1)?.usage?.cost).toBeGreaterThan(0.03)
  })

  it('gets an image from the images API', async () => {
    const result = await client.images.generate({
      imageGenerationRequest: { model: GPT_IMAGE, prompt: 'A fox', outputFormat: 'webp', n: 2 },
    })

    if (!('data' in result)) throw new Error('a stream')
    expect(result.data.map(({ b64Json }) => imageSize(Buffer.from(b64Json, 'base64')).type)).toEqual([
      'webp',
      'webp',
    ])
  })

  it('reads an images stream to its end', async () => {
    const stream = await client.images.generate({
      imageGenerationRequest: { model: GPT_IMAGE, prompt: 'A fox', stream: true },
    })

    if ('data' in stream) throw new Error('no stream')
    const events = await all(stream)
    expect(events.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
  })

  it('lists models and endpoints, and reads the key', async () => {
    const [author = '', slug = ''] = RIVERFLOW.split('/')
    expect((await client.images.listModels()).data).toHaveLength(22)
    const [page] = await all(await client.models.list({ outputModalities: 'image' }))
    expect(page?.result.data).toHaveLength(21)
    expect(page?.result.data.at(-1)).toMatchObject({
      aliasTarget: { slug: NANO_BANANA_2 },
      expirationDate: null,
    })
    expect((await client.images.listModelEndpoints({ author, slug })).endpoints[0]?.providerSlug).toBe(
      'sourceful',
    )
    expect((await client.apiKeys.getCurrentKeyMetadata()).data.limit).toBe(100)
  })

  it('looks a generation up', async () => {
    const result = await client.chat.send({
      chatRequest: { model: GEMINI, messages, modalities: ['image', 'text'] },
    })
    if (!('choices' in result)) throw new Error('a stream')
    expect((await client.generations.getGeneration({ id: result.id })).data.totalCost).toBe(
      result.usage?.cost,
    )
  })

  it('throws what the emulator refuses', async () => {
    const request = client.images.generate({
      imageGenerationRequest: { model: 'nobody/nothing', prompt: 'A fox' },
    })
    await expect(request).rejects.toMatchObject({ statusCode: 404 })
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
