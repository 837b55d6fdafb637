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

const MODEL = 'google/gemini-2.5-flash-image'
const user = (content: unknown) => ({ model: MODEL, messages: [{ role: 'user', content }] })
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }

describe('a spec, said in OpenRouter’s words and read back,', () => {
  it('has the fingerprint that it had, over chat', async () => {
    const overChat = acceptedSpecs().filter(({ spec, model }) => !chatObstacle(spec, model))
    await fc.assert(
      fc.asyncProperty(overChat, async ({ spec, model }) => {
        const body = wire(buildChatRequest(spec, model))
        expect(await nameOf(chatToSpec(body))).toBe(await fingerprint(withoutTake(spec)))
      }),
    )
  })

  it('has the fingerprint that it had, over the images API', async () => {
    const overImages = acceptedSpecs().filter(({ spec, model }) => {
      // Fields that no spec has a name for can't be told from `provider.options` there.
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
        // 1K is what every model generates, and isn't said to those that don't know the field.
        const { image_size, ...rest } = withoutTake(spec)
        const said = body['resolution'] === undefined ? rest : { ...rest, ...(image_size && { image_size }) }
        expect(await nameOf(imagesToSpec(body, model.endpoints))).toBe(await fingerprint(said))
      }),
    )
  })
})

describe('a chat request', () => {
  it.each([
    ['who asks', { user: 'a', session_id: 'b', metadata: { c: 'd' } }],
    ['how it travels', { stream: true, stream_options: { include_usage: true }, usage: { include: true } }],
    ['nulls', { seed: null, temperature: null, provider: { only: null } }],
    ['the order of modalities', { modalities: ['text', 'image'] }],
  ])('is the same image whatever it says of %s', async (_, more) => {
    expect(await nameOf(chatToSpec({ ...user('A fox'), ...more }))).toBe(
      await fingerprint({ model: MODEL, prompt: 'A fox' }),
    )
  })

  it('keeps provider fields that Easel doesn’t know', () => {
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
    ['a ratio that is new', { ...user('A'), image_config: { aspect_ratio: '7:5' } }],
    ['a size that chat does not have', { ...user('A'), image_config: { size: '64x64' } }],
    ['a field that is new', { ...user('A'), plugins: [] }],
  ])('with %s is no spec', (_, body) => {
    expect(chatToSpec(body)).toBeUndefined()
  })
})

describe('an images request', () => {
  const body = { model: MODEL, prompt: 'A fox' }

  it('says a tier as size or as resolution', async () => {
    const spec = { ...body, image_size: '0.5K' } as const
    expect(await nameOf(imagesToSpec({ ...body, size: '512' }))).toBe(await fingerprint(spec))
    expect(await nameOf(imagesToSpec({ ...body, resolution: '512' }))).toBe(await fingerprint(spec))
    expect(await nameOf(imagesToSpec({ ...body, resolution: '512', size: '512' }))).toBe(
      await fingerprint(spec),
    )
    expect(imagesToSpec({ ...body, resolution: '1K', size: '512' })).toBeUndefined()
    expect(imagesToSpec({ ...body, resolution: '8K' })).toBeUndefined()
  })

  it('may hold a spec’s fields as a provider’s options', async () => {
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

async function nameOf(spec: ImageSpec | undefined): Promise<string | undefined> {
  return spec && fingerprint(spec)
}

/** What arrives at the other end. */
function wire(body: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body)) as Record<string, unknown>
}

/** Not sent: OpenRouter has no name for it. */
function withoutTake(spec: ImageSpec): ImageSpec {
  return { ...spec, take: 1 }
}
