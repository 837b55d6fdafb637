import { imageSize } from 'image-size'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../support/worker/easel.ts'

const GEMINI = 'google/gemini-3.1-flash-image'
const GPT_IMAGE = 'openai/gpt-image-1'

let easel: RunningEasel
let client: OpenAI

beforeAll(async () => {
  easel = await startEasel()
  client = new OpenAI({ apiKey: 'any-key-at-all', baseURL: new URL('/openai/v1', easel.url).href })
})

afterAll(() => easel.close())

const bytesOf = (base64 = '') => Buffer.from(base64, 'base64')

describe('POST images/generations', () => {
  it('answers at both addresses with what the native request gets, generated once', async () => {
    const fields = { prompt: 'One lighthouse for all', model: GEMINI }
    const native = await easel.post('/v1/images', { ...fields, size: '1024x1024' })
    const { url, cost_usd } = (await native.json()) as { url: string; cost_usd: number }
    const original = Buffer.from(await (await fetch(url)).arrayBuffer())
    const request = { ...fields, size: '1024x1024', quality: 'auto', background: 'auto', n: 1 } as const

    for (const base of ['/openai/v1', '/api/v1']) {
      const { data, usage, size, output_format } = await client
        .withOptions({ baseURL: new URL(base, easel.url).href })
        .images.generate(request)
      expect(data).toHaveLength(1)
      expect(bytesOf(data?.[0]?.b64_json).equals(original)).toBe(true)
      expect({ size, output_format }).toEqual({ size: '1024x1024', output_format: 'png' })
      expect(usage).toMatchObject({ cost: 0, input_tokens_details: { image_tokens: 0 } })
    }
    expect(cost_usd).toBeGreaterThan(0)
    expect(easel.generations('One lighthouse for all')).toHaveLength(1)
  })

  it('translates what OpenAI calls differently, and sends nothing else', async () => {
    const { data } = await client.images.generate({
      prompt: 'A translated fox',
      model: 'gpt-image-1',
      size: '1536x1024',
      quality: 'hd',
      style: 'vivid',
      moderation: 'low',
      background: 'opaque',
      output_format: 'webp',
      output_compression: 80,
      n: 2,
      user: 'user-7',
    })

    expect(data?.map(({ b64_json }) => imageSize(bytesOf(b64_json)))).toMatchObject([
      { type: 'webp', width: 1536, height: 1024 },
      { type: 'webp', width: 1536, height: 1024 },
    ])
    const [sent] = easel.generations('A translated fox')
    expect(sent?.path).toMatch(/\/images$/)
    expect(sent?.body).toEqual({
      model: GPT_IMAGE,
      prompt: 'A translated fox',
      size: '1536x1024',
      quality: 'high',
      background: 'opaque',
      output_format: 'webp',
      output_compression: 80,
      n: 2,
      user: 'user-7',
      provider: { options: { openai: { moderation: 'low' } } },
      stream: true,
    })
  })

  it('answers with permanent addresses on request', async () => {
    const { data } = await client.images.generate({
      prompt: 'An addressed fox',
      model: GEMINI,
      response_format: 'url',
    })
    const [image] = data ?? []
    expect(image?.b64_json).toBeUndefined()
    expect(image?.url).toMatch(/\/i\/[0-9a-f]{64}\.png$/)
    const response = await fetch(image?.url ?? '')
    expect(response.status).toBe(200)
    expect(imageSize(new Uint8Array(await response.arrayBuffer())).type).toBe('png')
  })

  it('streams as many partial images as the client wants, and then the image', async () => {
    const request = { model: GPT_IMAGE, stream: true, size: '1024x1024' } as const
    const prompts = ['Streamed with two', 'Streamed with one', 'Streamed with none']
    const streams = prompts.map((prompt, index) =>
      client.images.generate({ ...request, prompt, partial_images: 2 - index }),
    )
    for (const [index, stream] of streams.entries()) {
      const events = await all(await stream)
      expect(events.map(({ type }) => type)).toEqual([
        ...Array<string>(2 - index).fill('image_generation.partial_image'),
        'image_generation.completed',
      ])
      expect(events.map(({ b64_json }) => imageSize(bytesOf(b64_json)))).toMatchObject(
        events.map(() => ({ type: 'png', width: 1024, height: 1024 })),
      )
      expect(events[0]).toMatchObject({ size: '1024x1024', output_format: 'png', quality: 'auto' })
      expect(events.at(-1)).toMatchObject({ usage: { output_tokens: expect.any(Number) } })
    }
    const [cached] = await all(
      await client.images.generate({ ...request, prompt: 'Streamed with two', partial_images: 2 }),
    )
    expect(cached).toMatchObject({ type: 'image_generation.completed', usage: { cost: 0 } })
    expect(easel.generations('Streamed with')).toHaveLength(3)
  })

  it('reports a failed generation in the stream, in OpenAI’s form', async () => {
    easel.upstream.setFaults([{ refusal: true, match: 'Refused in a stream' }])
    const stream = await client.images.generate({
      prompt: 'Refused in a stream',
      model: GPT_IMAGE,
      stream: true,
    })
    await expect(all(stream)).rejects.toMatchObject({ code: 'refused', type: 'invalid_request_error' })
    expect(easel.generations('Refused in a stream')).toHaveLength(1)
  })
})

describe('POST images/edits', () => {
  it('edits one image or several, with the fingerprint of the native request', async () => {
    const [first, second] = await Promise.all(['A first frame', 'A second frame'].map(frame))
    if (!first || !second) throw new Error('no frames')
    const one = await edit('In one frame', await toFile(first, 'a.png'))
    const two = await edit('In two frames', [await toFile(first, 'a.png'), await toFile(second, 'b.png')])
    const native = await easel.post('/v1/images', {
      model: GEMINI,
      prompt: 'In two frames',
      input_images: [first, second].map((bytes) => `data:image/png;base64,${bytes.toString('base64')}`),
    })

    expect([one, two].map((bytes) => imageSize(bytes).type)).toEqual(['png', 'png'])
    expect(await native.json()).toMatchObject({ cache: 'hit' })
    expect(easel.generations('In two frames')).toHaveLength(1)
  })

  it('streams', async () => {
    const stream = await client.images.edit({
      model: GPT_IMAGE,
      prompt: 'A streamed edit',
      image: await toFile(await frame('A first frame'), 'a.png'),
      stream: true,
      partial_images: 1,
    })
    const events = await all(stream)
    expect(events.map(({ type }) => type)).toEqual(['image_edit.partial_image', 'image_edit.completed'])
  })
})

describe('GET models', () => {
  it('lists image models, and retrieves one by its id or without its author', async () => {
    const ids = (await all(await client.models.list())).map(({ id }) => id)
    expect(ids).toContain(GEMINI)
    const expected = { id: GEMINI, object: 'model', owned_by: 'google', created: expect.any(Number) }
    for (const base of ['/openai/v1', '/api/v1']) {
      const at = client.withOptions({ baseURL: new URL(base, easel.url).href })
      expect(await at.models.retrieve(GEMINI)).toEqual(expected)
      expect(await at.models.retrieve('gemini-3.1-flash-image')).toEqual(expected)
    }
    expect(await (await easel.get(`/openai/v1/models/${GEMINI}`)).json()).toEqual(expected)
    await expect(client.models.retrieve('dall-e-3')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    })
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

async function edit(prompt: string, image: File | File[]): Promise<Buffer> {
  const { data } = await client.images.edit({ model: GEMINI, prompt, image })
  return bytesOf(data?.[0]?.b64_json)
}

async function frame(prompt: string): Promise<Buffer> {
  const response = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}`)
  return Buffer.from(await response.arrayBuffer())
}
