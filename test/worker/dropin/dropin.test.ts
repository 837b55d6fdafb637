import { OpenRouter } from '@openrouter/sdk'
import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOpenRouterClient } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'
import { type ChatResponse, eventsOf, type ImagesResponse, imageOf } from '../../support/read-wire.ts'

const GEMINI = 'google/gemini-3.1-flash-image'
const GPT_IMAGE = 'openai/gpt-image-1'
const BOTH = ['image', 'text'] as const

let easel: RunningEasel
let client: OpenRouter

beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_TIMEOUT_SECONDS: '10' } })
  client = new OpenRouter({
    apiKey: 'any-key-at-all',
    serverURL: new URL('/api/v1', easel.url).href,
    retryConfig: { strategy: 'none' },
  })
})

afterAll(() => easel.close())

const chatBody = (content: unknown, more: object = {}) => ({
  model: GEMINI,
  messages: [{ role: 'user', content }],
  modalities: BOTH,
  ...more,
})
const chat = (content: unknown, more?: object) =>
  easel.post('/api/v1/chat/completions', chatBody(content, more))
const askImages = (body: object) => easel.post('/api/v1/images', body)

describe('OpenRouter’s own SDK, pointed at Easel', () => {
  it('gets an image by chat, is billed once, and then gets it for free', async () => {
    const first = await ask('An SDK’s lighthouse')
    const second = await ask('An SDK’s lighthouse')

    expect(imageSize(first.bytes)).toMatchObject({ type: 'png', width: 1344, height: 768 })
    expect(second.bytes.equals(first.bytes)).toBe(true)
    expect(first.completion.usage?.cost).toBeGreaterThan(0.03)
    expect(second.completion.usage?.cost).toBe(0)
    expect(second.completion.usage?.completionTokens).toBe(first.completion.usage?.completionTokens)
    expect(second.completion.id).toBe(first.completion.id)
    expect(easel.generations('An SDK’s lighthouse')).toHaveLength(1)
  })

  it('reads a chat stream to its end', async () => {
    const stream = await client.chat.send({
      chatRequest: {
        model: GEMINI,
        messages: [{ role: 'user', content: 'A streamed lighthouse' }],
        modalities: [...BOTH],
        stream: true,
      },
    })
    if ('choices' in stream) throw new Error('no stream')
    const chunks = await all(stream)

    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Here is your image.')
    expect(chunks.at(-1)?.choices[0]?.finishReason).toBe('stop')
    expect(chunks.at(-1)?.usage?.cost).toBeGreaterThan(0.03)
  })

  it('gets images from the images API, as JSON and as events', async () => {
    const request = { model: GPT_IMAGE, prompt: 'An SDK’s fox', outputFormat: 'webp' as const, n: 2 }
    const plain = await client.images.generate({ imageGenerationRequest: request })
    const stream = await client.images.generate({ imageGenerationRequest: { ...request, stream: true } })
    if (!('data' in plain) || 'data' in stream) throw new Error('not what was requested')
    const events = await all(stream)

    const images = plain.data.map(({ b64Json }) => b64Json)
    expect(images.map((base64) => imageSize(Buffer.from(base64, 'base64')).type)).toEqual(['webp', 'webp'])
    expect(events.map((event) => 'b64Json' in event && event.b64Json)).toEqual(images)
    expect(events.map(({ type }) => type)).toEqual(Array(2).fill('image_generation.completed'))
    expect(easel.generations('An SDK’s fox')).toHaveLength(1)
  })

  it('lists models and endpoints, and reads the key', async () => {
    expect((await client.images.listModels()).data).toHaveLength(22)
    const [page] = await all(await client.models.list({}))
    expect(page?.result.data).toHaveLength(21)
    const [author, slug] = ['sourceful', 'riverflow-v2-pro']
    const { endpoints } = await client.images.listModelEndpoints({ author, slug })
    expect(endpoints[0]?.providerSlug).toBe('sourceful')
    const { data } = await client.apiKeys.getCurrentKeyMetadata()
    expect(data).toMatchObject({ limit: 5, limitReset: 'daily' })
    expect(data.limitRemaining).toBeCloseTo(5 - data.usage, 6)
  })

  it('throws when Easel refuses a request', async () => {
    const request = { model: 'nobody/nothing', prompt: 'A fox' }
    await expect(client.images.generate({ imageGenerationRequest: request })).rejects.toMatchObject({
      statusCode: 404,
    })
  })
})

describe('Easel’s own client, as the Action uses it', () => {
  it('gets from Easel what it would get from OpenRouter', async () => {
    const model = bundledSnapshot().models.find(({ id }) => id === GEMINI)
    if (!model) throw new Error('not in the snapshot')
    const spec = { model: GEMINI, prompt: 'Through two Easels', aspect_ratio: '4:3', seed: 5 } as const
    const through = createOpenRouterClient({ apiKey: 'any', baseUrl: new URL('/api/v1', easel.url).href })
    const direct = createOpenRouterClient({ apiKey: 'sk-or-test', baseUrl: easel.upstream.url })

    const [ours, theirs] = await Promise.all([
      collect(through.generate(spec, model)),
      collect(direct.generate(spec, model)),
    ])

    expect(Buffer.concat(ours.images[0].segments).equals(Buffer.concat(theirs.images[0].segments))).toBe(true)
    expect(ours.text).toBe(theirs.text)
    expect(ours.usage).toEqual(theirs.usage)
  })
})

describe('one image, requested in any form', () => {
  it('is generated once for sixty requests at once by chat, images, streams and Easel’s own routes', async () => {
    const prompt = 'Requested in six ways'
    const fields = { model: GEMINI, prompt, aspect_ratio: '1:1' }
    const config = { image_config: { aspect_ratio: '1:1' } }
    const ways: (() => Promise<Buffer>)[] = [
      () => chat(prompt, config).then(chatImage),
      () => chat([{ type: 'text', text: prompt }], { ...config, user: 'somebody' }).then(chatImage),
      () => chat(prompt, { ...config, stream: true }).then(streamedChatImage),
      () => askImages(fields).then(imagesImage),
      () => askImages({ ...fields, stream: true }).then(streamedImagesImage),
      async () => {
        const response = await easel.get(`/image?${new URLSearchParams(fields).toString()}`)
        return Buffer.from(await response.arrayBuffer())
      },
    ]
    const bytes = await Promise.all(Array.from({ length: 10 }, () => ways.map((way) => way())).flat())

    expect(bytes).toHaveLength(60)
    expect(bytes[0]?.length).toBeGreaterThan(1000)
    expect(bytes.every((image) => image.equals(bytes[0] ?? Buffer.alloc(0)))).toBe(true)
    expect(easel.generations(prompt)).toHaveLength(1)
  })

  it('has the same fingerprint with input images, fonts and provider options', async () => {
    const frame = await (await easel.get('/image?prompt=A+frame')).arrayBuffer()
    const input = `data:image/png;base64,${Buffer.from(frame).toString('base64')}`
    const native = await easel.post('/v1/images', {
      model: GEMINI,
      prompt: 'In a frame',
      input_images: [input],
    })
    expect(native.status).toBe(200)
    const before = easel.generations('In a frame').length
    const parts = [
      { type: 'text', text: 'In a frame' },
      { type: 'image_url', image_url: { url: input } },
    ]
    expect((await chat(parts)).headers.get('cache-status')).toBe('Easel; hit')
    expect(easel.generations('In a frame')).toHaveLength(before)

    const fonts = [{ font_url: 'https://example.com/a.ttf', text: 'Open' }]
    const model = 'sourceful/riverflow-v2-pro'
    await easel.post('/v1/images', { model, prompt: 'A sign: Open', font_inputs: fonts })
    const viaOptions = { provider: { options: { sourceful: { font_inputs: fonts } } } }
    const again = await askImages({ model, prompt: 'A sign: Open', ...viaOptions })
    expect(again.headers.get('cache-status')).toBe('Easel; hit')
    expect(easel.generations('A sign: Open')).toHaveLength(1)
  })
})

describe('a request that no spec can express', () => {
  it('is generated once, and cached by its canonical body', async () => {
    const first = await conversation(0.5)
    const second = await conversation(0.5)
    const other = await conversation(0.6)

    expect([first, second, other].map(({ headers }) => headers.get('cache-status'))).toEqual([
      'Easel; fwd=uri-miss; stored',
      'Easel; hit',
      'Easel; fwd=uri-miss; stored',
    ])
    expect((await chatImage(second)).equals(await chatImage(first))).toBe(true)
    const sent = easel.generations('about a fox').map(({ body }) => body as Record<string, unknown>)
    expect(sent).toHaveLength(2)
    expect(sent[0]).toMatchObject({ temperature: 0.5, stream: true, messages: [{ role: 'system' }, {}] })
    expect(sent[0]).toHaveProperty('user')
  })
})

describe('a request that is refused', () => {
  it.each([
    [
      'asks for no image',
      { model: GEMINI, messages: [{ role: 'user', content: 'Hi' }] },
      400,
      /asks for no image/,
    ],
    ['asks for words only', chatBody('Hi', { modalities: ['text'] }), 400, /asks for no image/],
    ['names a text model', chatBody('Hi', { model: 'openai/gpt-4o' }), 404, /no image model/],
    ['is no object', [], 400, /JSON object/],
    [
      'asks for a ratio that the model lacks',
      chatBody('x', { image_config: { aspect_ratio: '9:1' } }),
      422,
      /9:1/,
    ],
  ])('because it %s gets an error in OpenRouter’s form', async (_, body, status, message) => {
    const before = easel.generations().length
    const response = await easel.post('/api/v1/chat/completions', body)
    const { error } = (await response.json()) as { error: { code: number; metadata: object } }

    expect(response.status).toBe(status)
    expect(error).toMatchObject({
      code: status,
      message: expect.stringMatching(message),
      metadata: { error_type: expect.any(String) },
    })
    expect(easel.generations().length).toBe(before)
  })

  it.each([
    ['content policy', { refusal: true }, 400, 'content_policy_violation'],
    ['rate', { status: 429, retryAfterSeconds: 20 }, 429, 'rate_limit_exceeded'],
    ['credits', { status: 402 }, 402, 'payment_required'],
    ['Easel’s own key', { status: 401 }, 502, 'provider_unavailable'],
    ['no image', { noImage: true }, 424, 'unprocessable'],
  ] as const)(
    'by OpenRouter, for %s, has the matching status and error_type',
    async (name, fault, status, type) => {
      easel.upstream.setFaults([{ ...fault, match: `Refused for ${name}` }])
      const response = await chat(`Refused for ${name}`)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { code: status, metadata: { error_type: type } } })
      // A 424 is complete and billed: asking again would buy the same.
      expect(Number(response.headers.get('retry-after') ?? 0) > 0).toBe(status !== 424)
      expect(response.headers.get('x-should-retry')).toBe(status === 424 ? 'false' : null)
    },
  )

  it('is a 404 or a 405 elsewhere under /api/v1', async () => {
    const get = await easel.get('/api/v1/chat/completions')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const response = await easel.post('/api/v1/embeddings', {})
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { code: 404, metadata: { error_type: 'not_found' } },
    })
  })
})

/** Requests an image as the SDK's users do. */
async function ask(content: string) {
  const completion = await client.chat.send({
    chatRequest: {
      model: GEMINI,
      messages: [{ role: 'user', content }],
      modalities: [...BOTH],
      imageConfig: { aspect_ratio: '16:9' },
    },
  })
  if (!('choices' in completion)) throw new Error('a stream')
  const url = completion.choices[0]?.message.images?.[0]?.imageUrl.url ?? ''
  return { bytes: Buffer.from(url.split(',')[1] ?? '', 'base64'), completion }
}

function conversation(temperature: number): Promise<Response> {
  return easel.post('/api/v1/chat/completions', {
    model: GEMINI,
    modalities: ['text', 'image'],
    temperature,
    messages: [
      { role: 'system', content: 'You generate foxes.' },
      { role: 'user', content: [{ type: 'text', text: `A conversation about a fox` }] },
    ],
    user: String(Math.random()),
  })
}

async function chatImage(response: Response): Promise<Buffer> {
  const { choices } = (await response.json()) as ChatResponse
  return imageOf(choices[0]?.message?.images?.[0]?.image_url.url)
}

async function imagesImage(response: Response): Promise<Buffer> {
  const { data } = (await response.json()) as ImagesResponse
  return Buffer.from(data[0]?.b64_json ?? '', 'base64')
}

async function streamedChatImage(response: Response): Promise<Buffer> {
  const { events } = await eventsOf(response)
  const urls = events.flatMap((event) => event.choices?.[0]?.delta?.images?.[0]?.image_url.url ?? [])
  return imageOf(urls[0])
}

async function streamedImagesImage(response: Response): Promise<Buffer> {
  const { events } = await eventsOf(response)
  return Buffer.from(events.at(-1)?.b64_json ?? '', 'base64')
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
