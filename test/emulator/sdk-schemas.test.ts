import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import {
  GEMINI,
  GEMINI_PRO,
  GPT_IMAGE,
  RIVERFLOW,
  VECTOR,
  chatBody,
  chatOf,
  eventsOf,
  get,
  post,
} from '../support/emulator/ask.ts'
import {
  errorProblems,
  requestProblems,
  responseProblems as check,
  SDK_ERROR_STATUSES,
  type SdkResponse,
} from '../support/sdk-schemas.ts'

const CHAT_REQUESTS = {
  'the words only': chatBody('A fox'),
  'a ratio and a size': chatBody('A fox', {
    image_config: { aspect_ratio: '16:9', image_size: '2K' },
    model: GEMINI_PRO,
  }),
  fonts: chatBody('A sign: Open', {
    model: RIVERFLOW,
    modalities: ['image'],
    image_config: { font_inputs: [{ font_url: 'https://example.com/a.ttf', text: 'Open' }] },
  }),
  'an image to sharpen': chatBody('', {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A fox' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ],
      },
    ],
    model: RIVERFLOW,
    modalities: ['image'],
    image_config: { super_resolution_references: ['https://example.com/b.png'] },
  }),
  'who asks': chatBody('A fox', { user: 'user-7', session_id: 'session-7', trace: { trace_name: 'hero' } }),
}

describe('the schemas of OpenRouter’s SDK', () => {
  it('tell right from wrong', async () => {
    const response: unknown = await (
      await post(createEmulator(), '/chat/completions', chatBody('A fox'))
    ).json()

    expect(check('ChatResult', response)).toEqual([])
    expect(check('ChatResult', { id: 'gen-1' })).not.toEqual([])
    expect(requestProblems('/images', { model: GEMINI, prompt: 'x', resolution: '0.5K' })).not.toEqual([])
    expect(requestProblems('/images', { model: GEMINI, prompt: 'x', image_size: '1K' })).not.toEqual([])
    expect(requestProblems('/chat/completions', { ...chatBody('x'), sead: 7 })).not.toEqual([])
  })

  it.each([
    ['an image and words', chatBody('A fox', { image_config: { aspect_ratio: '16:9' } })],
    ['an image only', chatBody('A fox', { model: RIVERFLOW, modalities: ['image'] })],
    ['words only', chatBody('A fox', { modalities: ['text'] })],
  ])('describe a chat response of %s, plain and streamed', async (_what, body) => {
    const emulator = createEmulator()
    const plain: unknown = await (await post(emulator, '/chat/completions', body)).json()
    const { events } = eventsOf(
      await (await post(emulator, '/chat/completions', { ...body, stream: true })).text(),
    )

    expect(check('ChatResult', plain)).toEqual([])
    expect(events.flatMap((event) => check('ChatStreamChunk', event))).toEqual([])
  })

  it.each([GPT_IMAGE, VECTOR, GEMINI])(
    'describe an images response of %s, plain and streamed',
    async (model) => {
      const emulator = createEmulator({ faults: [{ streams: true }] })
      const body = { model, prompt: 'A fox' }
      const plain: unknown = await (await post(emulator, '/images', body)).json()
      const { events } = eventsOf(await (await post(emulator, '/images', { ...body, stream: true })).text())

      expect(check('ImageGenerationResponse', plain)).toEqual([])
      expect(events.flatMap((data) => check('ImageStreamingResponse', { data }))).toEqual([])
    },
  )

  it('describe errors in streams', async () => {
    const emulator = createEmulator({ faults: [{ status: 502, inBand: true }] })
    const chat = eventsOf(
      await (await post(emulator, '/chat/completions', chatBody('A fox', { stream: true }))).text(),
    )
    const images = eventsOf(
      await (await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox', stream: true })).text(),
    )

    expect(chat.events.flatMap((event) => check('ChatStreamChunk', event))).toEqual([])
    expect(images.events.flatMap((data) => check('ImageStreamingResponse', { data }))).toEqual([])
  })

  it.each(SDK_ERROR_STATUSES)('describe the body of %i', async (status) => {
    const emulator = createEmulator({ faults: [{ status, retryable: false }] })
    const body = (await (await post(emulator, '/chat/completions', chatBody('A fox'))).json()) as object
    expect(errorProblems(status, body)).toEqual([])
  })

  it.each<[path: string, schema: SdkResponse]>([
    ['/models', 'ModelsListResponse'],
    ['/models?output_modalities=all', 'ModelsListResponse'],
    ['/images/models', 'ImageModelsListResponse'],
    [`/images/models/${RIVERFLOW}/endpoints`, 'ImageModelEndpointsResponse'],
  ])('describe %s', async (path, schema) => {
    expect(check(schema, await (await get(createEmulator(), path)).json())).toEqual([])
  })

  it('describe /key and /generation', async () => {
    const emulator = createEmulator()
    const { id } = await chatOf(await post(emulator, '/chat/completions', chatBody('A fox')))

    expect(check('GetCurrentKeyResponse', await (await get(emulator, '/key')).json())).toEqual([])
    expect(check('GenerationResponse', await (await get(emulator, `/generation?id=${id}`)).json())).toEqual(
      [],
    )
  })

  it.each(Object.entries(CHAT_REQUESTS))(
    'describe a chat request with %s, which is taken',
    async (_, body) => {
      expect(requestProblems('/chat/completions', body)).toEqual([])
      const emulator = createEmulator({ fetch: async () => new Response(new Uint8Array(await image())) })
      expect((await post(emulator, '/chat/completions', body)).status).toBe(200)
    },
  )

  it('describe an images request with all fields, which is taken', async () => {
    const body = {
      model: GPT_IMAGE,
      prompt: 'A fox',
      n: 2,
      quality: 'low',
      output_format: 'webp',
      output_compression: 80,
      background: 'opaque',
      input_references: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
      provider: { only: ['openai'], allow_fallbacks: false, options: { openai: { moderation: 'low' } } },
      user: 'user-7',
      session_id: 'session-7',
      trace: { trace_name: 'hero' },
    }
    expect(requestProblems('/images', body)).toEqual([])
    const emulator = createEmulator({ fetch: async () => new Response(new Uint8Array(await image())) })
    expect((await post(emulator, '/images', body)).status).toBe(200)
  })
})

async function image(): Promise<Buffer> {
  const result = await chatOf(
    await post(createEmulator(), '/chat/completions', chatBody('A bottle', { model: GEMINI_PRO })),
  )
  const url = result.choices[0].message.images?.[0]?.image_url.url ?? ''
  return Buffer.from(url.split(',')[1] ?? '', 'base64')
}
