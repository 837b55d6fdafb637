import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { buildChatRequest, chatObstacle } from '../../../shared/openrouter/chat-request.ts'
import { buildImagesRequest } from '../../../shared/openrouter/images-request.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { chatToSpec } from '../../../worker/dropin/request/chat-to-spec.ts'
import { imagesToSpec } from '../../../worker/dropin/request/images-to-spec.ts'
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
        expect(await fingerprintOf(chatToSpec(body))).toBe(await fingerprint(withoutTake(spec)))
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
        expect(await fingerprintOf(imagesToSpec(body, model.endpoints))).toBe(await fingerprint(sent))
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
    expect(await fingerprintOf(chatToSpec({ ...user('A fox'), ...more }))).toBe(
      await fingerprint({ model: MODEL, prompt: 'A fox' }),
    )
  })

  it('keeps provider fields that are unknown to Easel', () => {
    const spec = chatToSpec({ ...user('A fox'), image_config: { aspect_ratio: '1:1', moderation: 'low' } })
    expect(spec).toMatchObject({ aspect_ratio: '1:1', image_config: { moderation: 'low' } })
  })

  it.each([
    ['a conversation', { model: MODEL, messages: [...user('A').messages, ...user('B').messages] }],
    ['a system prompt', { model: MODEL, messages: [{ role: 'system', content: 'A' }] }],
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
    ['an aspect ratio of another form', { ...user('A'), image_config: { aspect_ratio: '7x5' } }],
    ['a size in pixels, which chat does not have,', { ...user('A'), image_config: { size: '64x64' } }],
    ['an unknown field', { ...user('A'), plugins: [] }],
  ])('with %s is not expressible as a spec', (_, body) => {
    expect(chatToSpec(body)).toBeUndefined()
  })
})

describe('an images request', () => {
  const body = { model: MODEL, prompt: 'A fox' }

  it('accepts a size tier as size or as resolution', async () => {
    const spec = { ...body, image_size: '0.5K' } as const
    expect(await fingerprintOf(imagesToSpec({ ...body, size: '512' }))).toBe(await fingerprint(spec))
    expect(await fingerprintOf(imagesToSpec({ ...body, resolution: '512' }))).toBe(await fingerprint(spec))
    expect(await fingerprintOf(imagesToSpec({ ...body, resolution: '512', size: '512' }))).toBe(
      await fingerprint(spec),
    )
    expect(imagesToSpec({ ...body, resolution: '1K', size: '512' })).toBeUndefined()
    expect(imagesToSpec({ ...body, resolution: '8K' })).toBeUndefined()
  })

  it('accepts a spec’s fields as a provider’s options', async () => {
    const { endpoints } = modelOf('recraft/recraft-v3')
    const recraft = { model: 'recraft/recraft-v3', prompt: 'A fox' }
    const options = { recraft: { style: 'Photorealism', controls: [1] } }
    const spec = imagesToSpec({ ...recraft, provider: { sort: 'price', options } }, endpoints)
    expect(spec).toMatchObject({
      style: 'Photorealism',
      provider: { sort: 'price', options: { recraft: { controls: [1] } } },
    })
  })
})

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
