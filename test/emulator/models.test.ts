import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import {
  GEMINI,
  GPT_IMAGE,
  NANO_BANANA_2,
  RIVERFLOW,
  chatBody,
  errorOf,
  get,
  imagesResponse,
  post,
} from '../support/emulator/ask.ts'

const ALIAS = '~google/gemini-flash-image-latest'
const RETIRED = 'emulator/retired-image'
const RETIRING = 'emulator/retiring-image'
const IMAGES_ONLY = 'x-ai/grok-imagine-image-2.0'
const NEWER = ['openai/gpt-image-2.5', 'bytedance-seed/seedream-5-0-flash', IMAGES_ONLY, RETIRING, RETIRED]

interface Entry {
  readonly id: string
  readonly expiration_date?: string | null
}

async function entries(path: string): Promise<readonly Entry[]> {
  const { data } = (await (await get(createEmulator(), path)).json()) as { data: Entry[] }
  return data
}

async function ids(path: string): Promise<readonly string[]> {
  return (await entries(path)).map(({ id }) => id)
}

describe('the lists of models', () => {
  it('hold image models only when asked, and those that also write by default', async () => {
    const listed = await ids('/images/models')
    expect(listed).toHaveLength(22)
    expect(listed.slice(16)).toEqual([...NEWER, ALIAS])
    const general = await ids('/models?output_modalities=image')
    expect(general).toEqual(listed.filter((id) => id !== IMAGES_ONLY))
    expect(await ids('/models')).not.toContain(RIVERFLOW)
    expect(await ids('/models')).toContain(GEMINI)
  })

  it('lead to each model’s endpoint with its prices and passthrough fields', async () => {
    const response = await get(createEmulator(), `/images/models/${RIVERFLOW}/endpoints`)

    expect(await response.json()).toMatchObject({
      id: RIVERFLOW,
      endpoints: [
        {
          provider_slug: 'sourceful',
          allowed_passthrough_parameters: ['font_inputs', 'super_resolution_references'],
          pricing: expect.arrayContaining([{ billable: 'input_font', unit: 'image', cost_usd: 0.03 }]),
        },
      ],
    })
    expect((await get(createEmulator(), '/images/models/nobody/nothing/endpoints')).status).toBe(404)
  })

  it('say when a model retires', async () => {
    const general = await entries('/models?output_modalities=image')
    const dates = Object.fromEntries(general.map(({ id, expiration_date }) => [id, expiration_date]))

    expect(dates).toMatchObject({ [GEMINI]: null, [RETIRING]: '2099-12-31', [RETIRED]: '2026-01-15' })
  })
})

describe('an alias', () => {
  it('is listed with its target', async () => {
    const general = await entries('/models?output_modalities=image')
    expect(general.find(({ id }) => id === ALIAS)).toMatchObject({ alias_target: { slug: NANO_BANANA_2 } })
  })

  it('generates with its target, which the response names', async () => {
    const emulator = createEmulator()
    const response = await post(emulator, '/chat/completions', chatBody('A fox', { model: ALIAS }))

    expect(await response.json()).toMatchObject({ model: NANO_BANANA_2 })
    expect(emulator.bills().generations).toMatchObject([{ model: NANO_BANANA_2 }])
    const images = await post(emulator, '/images', { model: ALIAS, prompt: 'A fox' })
    expect(images.status).toBe(200)
  })
})

describe('a model', () => {
  it('that retires still generates', async () => {
    const response = await post(createEmulator(), '/images', { model: RETIRING, prompt: 'A fox' })
    expect(response.status).toBe(200)
  })

  it.each(['/chat/completions', '/images'])(
    'that is retired is 404 on %s, and costs nothing',
    async (path) => {
      const emulator = createEmulator()
      const body =
        path === '/images' ? { model: RETIRED, prompt: 'A fox' } : chatBody('A fox', { model: RETIRED })
      const response = await post(emulator, path, body)

      expect(response.status).toBe(404)
      expect((await errorOf(response)).message).toContain(RETIRED)
      expect(emulator.bills().generations).toEqual([])
      // The lists still hold it.
      const endpoints = await get(emulator, `/images/models/${RETIRED}/endpoints`)
      expect(await endpoints.json()).toMatchObject({ id: RETIRED, endpoints: [{}] })
    },
  )

  it('of the images API only is 404 by chat, and billed by the request, whatever the number', async () => {
    const emulator = createEmulator()
    const chat = await post(
      emulator,
      '/chat/completions',
      chatBody('A fox', { model: IMAGES_ONLY, modalities: ['image'] }),
    )
    const images = await post(emulator, '/images', { model: IMAGES_ONLY, prompt: 'A fox', n: 3 })

    expect(chat.status).toBe(404)
    const { data, usage } = await imagesResponse(images)
    expect(data).toHaveLength(3)
    expect(usage.cost).toBe(0.05)
  })
})

describe('new values', () => {
  it.each([
    [{ model: 'openai/gpt-image-2.5', quality: 'xhigh' }, 200],
    [{ model: 'openai/gpt-image-2.5', quality: 'max', aspect_ratio: '2.35:1' }, 200],
    [{ model: 'openai/gpt-image-2.5', aspect_ratio: '5:2' }, 200],
    [{ model: 'bytedance-seed/seedream-5-0-flash', resolution: '1.5K' }, 200],
    [{ model: GPT_IMAGE, quality: 'xhigh' }, 400],
    [{ model: GPT_IMAGE, aspect_ratio: '5:2' }, 400],
    [{ model: NANO_BANANA_2, resolution: '1.5K' }, 400],
  ])('are for the models that list them: %o is %i', async (body, status) => {
    const response = await post(createEmulator(), '/images', {
      prompt: 'A fox',
      user: 'u1',
      session_id: 's1',
      trace: { trace_id: 't1' },
      ...body,
    })
    expect(response.status).toBe(status)
  })
})
