import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import {
  GEMINI,
  GPT_IMAGE,
  RIVERFLOW,
  VECTOR,
  chatBody,
  chatOf,
  eventsOf,
  get,
  imagesResponse,
  post,
} from '../support/emulator/ask.ts'

describe('chat completions', () => {
  it('responds with a PNG as a data URL, beside the model’s words', async () => {
    const response = await post(createEmulator(), '/chat/completions', chatBody('A lighthouse at dusk'))

    expect(response.headers.get('content-type')).toBe('application/json')
    const result = await chatOf(response)
    expect(response.headers.get('x-generation-id')).toBe(result.id)
    const [{ message }] = result.choices
    expect(message.content).toBe('Here is your image.')
    expect(message.images).toHaveLength(1)
    expect(message.images?.[0]?.image_url.url).toMatch(/^data:image\/png;base64,iVBORw0KGgo/)
  })

  it('only writes when the request wants text only, as by default', async () => {
    const { modalities: _, ...body } = { modalities: 0, ...chatBody('A lighthouse') }
    const result = await chatOf(await post(createEmulator(), '/chat/completions', { ...body }))

    expect(result.choices[0].message.images).toBeUndefined()
    expect(result.choices[0].message.content).not.toBeNull()
  })

  it('streams comments while it works, then one chunk with the whole image, then the usage', async () => {
    const emulator = createEmulator({ latencyMs: 120, keepAliveMs: 20 })
    const plain = await chatOf(await post(emulator, '/chat/completions', chatBody('A fox')))

    const response = await post(emulator, '/chat/completions', chatBody('A fox', { stream: true }))

    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const { events, isDone, comments } = eventsOf(await response.text())
    expect(isDone).toBe(true)
    expect(comments.length).toBeGreaterThan(2)
    expect(new Set(comments)).toEqual(new Set([': OPENROUTER PROCESSING']))
    expect(events).toMatchObject([
      {
        object: 'chat.completion.chunk',
        choices: [{ delta: { content: 'Here is your image.' }, finish_reason: null }],
      },
      {
        choices: [
          { delta: { images: [{ index: 0, ...plain.choices[0].message.images?.[0] }] }, finish_reason: null },
        ],
      },
      { choices: [{ finish_reason: 'stop' }], usage: { cost: plain.usage.cost } },
    ])
  })
})

describe('the images API', () => {
  it('responds with base64 and its media type', async () => {
    const emulator = createEmulator()
    const result = await imagesResponse(
      await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox', n: 2, output_format: 'webp' }),
    )

    expect(result.data.map(({ media_type }) => media_type)).toEqual(['image/webp', 'image/webp'])
    expect(result.data[0]?.b64_json).not.toBe(result.data[1]?.b64_json)
  })

  it('streams two partials and the image where the model can', async () => {
    const response = await post(createEmulator(), '/images', {
      model: GPT_IMAGE,
      prompt: 'A fox',
      stream: true,
    })

    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const { events, isDone } = eventsOf(await response.text())
    expect(isDone).toBe(true)
    expect(events).toMatchObject([
      { type: 'image_generation.partial_image', partial_image_index: 0 },
      { type: 'image_generation.partial_image', partial_image_index: 1 },
      { type: 'image_generation.completed', media_type: 'image/png', usage: { completion_tokens: 1056 } },
    ])
  })

  it('ignores `stream` where the model can’t', async () => {
    const response = await post(createEmulator(), '/images', { model: GEMINI, prompt: 'A fox', stream: true })

    expect(response.headers.get('content-type')).toBe('application/json')
    expect((await imagesResponse(response)).data).toHaveLength(1)
  })

  it('writes SVG in text chunks that add up to the image, when a fault makes the vector model stream', async () => {
    const emulator = createEmulator({ faults: [{ streams: true }] })
    const response = await post(emulator, '/images', { model: VECTOR, prompt: 'A fox', stream: true })

    const { events } = eventsOf(await response.text())
    const texts = events.slice(0, -1).map((event) => (event as { text: string }).text)
    const completed = events.at(-1) as { b64_json: string; media_type: string }
    expect(texts.length).toBeGreaterThan(1)
    expect(completed.media_type).toBe('image/svg+xml')
    expect(texts.join('')).toBe(Buffer.from(completed.b64_json, 'base64').toString())
  })
})

describe('costs', () => {
  it.each([
    [GEMINI, '1K', 1290 * 3e-5 + 2 * 3e-7, 1290],
    ['google/gemini-3-pro-image', '4K', 2000 * 0.000_12, 2000],
    ['google/gemini-3.1-flash-image', '0.5K', 747 * 6e-5 + 2 * 5e-7, 747],
    ['google/gemini-3.1-flash-image', '2K', 1680 * 6e-5 + 2 * 5e-7, 1680],
  ])('bill %s at %s by its documented tokens', async (model, image_size, cost, tokens) => {
    const body = chatBody('Fox cub', { model, image_config: { image_size } })
    const { usage } = await chatOf(
      await post(createEmulator({ plainImages: true }), '/chat/completions', body),
    )

    expect(usage.completion_tokens).toBe(tokens)
    expect(usage.cost).toBeCloseTo(cost, 9)
  })

  it.each([
    ['black-forest-labs/flux.2-flex', {}, (0.06 * 1344 * 768) / 1e6],
    ['bytedance-seed/seedream-4.5', { n: 3 }, 0.12],
    ['sourceful/riverflow-v2-fast', { resolution: '2K' }, 0.04],
    [
      RIVERFLOW,
      { provider: { options: { sourceful: { font_inputs: [font('a'), font('b')] } } } },
      0.15 + 0.06,
    ],
  ])('bill %s by the line for its unit and variant', async (model, more, cost) => {
    const body = { model, prompt: 'A fox', aspect_ratio: '16:9', ...more }
    const { usage } = await imagesResponse(await post(createEmulator({ plainImages: true }), '/images', body))

    expect(usage.cost).toBeCloseTo(cost, 9)
  })

  it('add up under the key, and can be looked up by the generation', async () => {
    const emulator = createEmulator()
    const { id, usage } = await chatOf(await post(emulator, '/chat/completions', chatBody('A fox')))

    expect(await (await get(emulator, `/generation?id=${id}`)).json()).toMatchObject({
      data: { id, model: GEMINI, total_cost: usage.cost, streamed: false, num_media_completion: 1 },
    })
    expect(await (await get(emulator, '/key')).json()).toMatchObject({ data: { usage: usage.cost } })
    expect((await get(emulator, '/generation?id=gen-0-unknown')).status).toBe(404)
  })
})

describe('the journal', () => {
  it('holds every request for an image as it came, and no other, without the key, until it is cleared', async () => {
    const emulator = createEmulator({ now: () => 1_700_000_000_000 })
    await post(emulator, '/chat/completions', chatBody('A fox', { seed: 7 }))
    await get(emulator, '/models?output_modalities=image')

    expect(await (await emulator.request('/emulator/requests')).json()).toMatchObject([
      {
        id: 1,
        method: 'POST',
        path: '/api/v1/chat/completions',
        at: 1_700_000_000_000,
        headers: { authorization: 'redacted' },
        body: { seed: 7, modalities: ['image', 'text'] },
        status: 200,
        aborted: false,
      },
    ])
    expect(JSON.stringify(emulator.requests)).not.toContain('sk-or-')

    await emulator.request('/emulator/requests', { method: 'DELETE' })
    expect(emulator.requests).toEqual([])
  })
})

function font(text: string): object {
  return { font_url: 'https://example.com/a.ttf', text }
}
