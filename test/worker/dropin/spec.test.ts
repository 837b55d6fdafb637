import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { buildChatRequest, chatObstacle } from '../../../shared/openrouter/chat-request.ts'
import { buildImagesRequest } from '../../../shared/openrouter/images-request.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import type { ImageEndpoint } from '../../../shared/catalogue/model.ts'
import { parseChatBody } from '../../../worker/dropin/request/chat-body.ts'
import { chatToSpec, isOnePrompt } from '../../../worker/dropin/request/chat-to-spec.ts'
import { imagesToSpec, parseImagesBody } from '../../../worker/dropin/request/images-to-spec.ts'
import { acceptedSpecs, modelOf } from '../../support/shared/specs.ts'

const MODEL = 'google/gemini-3.1-flash-image'
const user = (content: unknown) => ({ model: MODEL, messages: [{ role: 'user', content }] })
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }

describe('a spec, written as an OpenRouter request and read back,', () => {
  it('keeps its fingerprint over the chat API', async () => {
    const overChat = acceptedSpecs().filter(({ spec, model }) => !chatObstacle(spec, model))
    await fc.assert(
      fc.asyncProperty(overChat, async ({ spec, model }) => {
        const body = wire(buildChatRequest(spec, model))
        expect(await fingerprintOf(chatSpec(body))).toBe(await fingerprint(withoutTake(spec)))
      }),
    )
  })

  it('keeps its fingerprint over the images API', async () => {
    const overImages = acceptedSpecs().filter(({ spec, model }) => {
      // Fields that a spec has no name for look like `provider.options` there.
      if (spec.image_config) return false
      try {
        return buildRequest({ ...spec, api: 'images' }, model).path === '/images'
      } catch {
        return false
      }
    })
    await fc.assert(
      fc.asyncProperty(overImages, async ({ spec, model }) => {
        const body = wire(buildImagesRequest(spec, model))
        // 1K is every model's default, and isn't sent to models without the field.
        const { image_size, ...rest } = withoutTake(spec)
        const sent = body['resolution'] === undefined ? rest : { ...rest, ...(image_size && { image_size }) }
        expect(await fingerprintOf(imagesSpec(body, model.endpoints))).toBe(await fingerprint(sent))
      }),
    )
  })
})

describe('a chat request', () => {
  it.each([
    ['the user and session', { user: 'a', session_id: 'b', metadata: { c: 'd' } }],
    [
      'streaming and usage',
      { stream: true, stream_options: { include_usage: true }, usage: { include: true } },
    ],
    ['null fields', { seed: null, temperature: null, provider: { only: null } }],
    ['the order of modalities', { modalities: ['text', 'image'] }],
  ])('is the same image whatever it says about %s', async (_, more) => {
    expect(await fingerprintOf(chatSpec({ ...user('A fox'), ...more }))).toBe(
      await fingerprint({ model: MODEL, prompt: 'A fox' }),
    )
  })

  it('keeps provider fields that are unknown to Easel', () => {
    const spec = chatSpec({ ...user('A fox'), image_config: { aspect_ratio: '1:1', moderation: 'low' } })
    expect(spec).toMatchObject({ aspect_ratio: '1:1', image_config: { moderation: 'low' } })
  })

  it.each([
    ['a conversation', { model: MODEL, messages: [...user('A').messages, ...user('B').messages] }],
    [
      'a system prompt',
      { model: MODEL, messages: [{ role: 'system', content: 'A' }, ...user('B').messages] },
    ],
    ['a temperature', { ...user('A fox'), temperature: 0 }],
    ['an image before the words', user([image, { type: 'text', text: 'A' }])],
    ['words in two parts', user([{ type: 'text', text: 'A' }, image, { type: 'text', text: 'B' }])],
    [
      'a detail',
      user([
        { type: 'text', text: 'A' },
        { ...image, image_url: { ...image.image_url, detail: 'low' } },
      ]),
    ],
  ])('with %s is not expressible as a spec, and has the limits of one', (_, body) => {
    expect(chatSpec(body)).toBeUndefined()
    expect(() => chatToSpec(parseChatBody({ ...body, image_config: { n: 11 } }))).toThrow('n is 11')
  })

  it('with fallback models is the spec that names them in order', () => {
    const spec = chatSpec({ ...user('A fox'), models: [MODEL, 'openai/gpt-image-1'] })
    expect(spec).toEqual({ prompt: 'A fox', model: MODEL, models: [MODEL, 'openai/gpt-image-1'] })
    expect(chatSpec({ ...user('A fox'), models: [MODEL] })).toEqual({ prompt: 'A fox', model: MODEL })
  })

  it.each([
    ['an unknown aspect ratio', { ...user('A'), image_config: { aspect_ratio: '7x5' } }, 'is "7x5"'],
    [
      'a size in pixels, which chat does not have,',
      { ...user('A'), image_config: { size: '64x64' } },
      'image_config.size',
    ],
    ['plugins', { ...user('A'), plugins: [] }, 'plugins is not accepted'],
    ['an unknown field', { ...user('A'), best_of: 2 }, 'best_of is not accepted here'],
    [
      'an unknown field in a message',
      { messages: [{ role: 'user', content: 'A', tool_calls: [] }] },
      'messages[0].tool_calls is not accepted here. Accepted are role, content, name',
    ],
    ['a message of a tool', { messages: [{ role: 'tool', content: 'A' }] }, 'messages[0].role'],
    ['no message of the user', { messages: [{ role: 'system', content: 'A' }] }, 'no message of the user'],
  ])('with %s is refused, and the error names it', (_, body, sentence) => {
    expect(() => chatSpec(body)).toThrow(sentence)
  })
})

describe('an images request', () => {
  const body = { model: MODEL, prompt: 'A fox' }

  it('accepts a size tier as size or as resolution', async () => {
    const spec = { ...body, image_size: '0.5K' } as const
    expect(await fingerprintOf(imagesSpec({ ...body, size: '512' }))).toBe(await fingerprint(spec))
    expect(await fingerprintOf(imagesSpec({ ...body, resolution: '512' }))).toBe(await fingerprint(spec))
    expect(await fingerprintOf(imagesSpec({ ...body, resolution: '512', size: '512' }))).toBe(
      await fingerprint(spec),
    )
    expect(() => imagesSpec({ ...body, resolution: '1K', size: '512' })).toThrow('leave one of them out')
  })

  it.each([
    ['1.5K', '1.5K'],
    ['8K', '8K'],
    ['256', '0.25K'],
  ])('accepts the resolution %s, which no list here has, for the model to decide', (tier, imageSize) => {
    expect(imagesSpec({ ...body, resolution: tier })).toMatchObject({ image_size: imageSize })
    expect(imagesSpec({ ...body, size: tier })).toMatchObject({ image_size: imageSize })
  })

  it.each(['2k', '0.5K', '1024', '512px', 'large', '-1K', ''])(
    'refuses the resolution "%s"',
    (resolution) => {
      expect(() => imagesSpec({ ...body, resolution })).toThrow('resolution')
      expect(() => imagesSpec({ ...body, size: resolution })).toThrow('size')
    },
  )

  it('accepts a spec’s fields as a provider’s options', async () => {
    const { endpoints } = modelOf('recraft/recraft-v3')
    const recraft = { model: 'recraft/recraft-v3', prompt: 'A fox' }
    const options = { recraft: { style: 'Photorealism', controls: [1] } }
    const spec = imagesSpec({ ...recraft, provider: { sort: 'price', options } }, endpoints)
    expect(spec).toMatchObject({
      style: 'Photorealism',
      provider: { sort: 'price', options: { recraft: { controls: [1] } } },
    })
  })
})

/** `undefined` when no spec can express it. */
function chatSpec(body: Record<string, unknown>): ImageSpec | undefined {
  const chat = parseChatBody(body)
  return isOnePrompt(chat) ? chatToSpec(chat) : undefined
}

function imagesSpec(body: Record<string, unknown>, endpoints: readonly ImageEndpoint[] = []): ImageSpec {
  return imagesToSpec(parseImagesBody(body), endpoints)
}

async function fingerprintOf(spec: ImageSpec | undefined): Promise<string | undefined> {
  return spec && fingerprint(spec)
}

/** The body as the receiver parses it. */
function wire(body: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body)) as Record<string, unknown>
}

/** `take` isn't sent: OpenRouter has no name for it. */
function withoutTake(spec: ImageSpec): ImageSpec {
  return { ...spec, take: 1 }
}
