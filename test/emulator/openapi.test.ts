import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
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

/** The facts live beside the repository and don't come with it. */
const FACTS = join(import.meta.dirname, '../../../shared/openrouter')
const hasFacts = existsSync(join(FACTS, 'openapi.json'))
const absence = hasFacts ? '' : ' (skipped: ../shared/openrouter/openapi.json is not here)'

describe.skipIf(!hasFacts)(`OpenRouter’s OpenAPI document${absence}`, () => {
  const check = hasFacts ? validator() : () => []

  it('itself tells right from wrong here', () => {
    expect(check('ChatResult', { id: 'gen-1' })).not.toEqual([])
    expect(check('ChatResult', example('chat-response.json'))).toEqual([])
  })

  it.each([
    ['an image and words', chatBody('A fox', { image_config: { aspect_ratio: '16:9' } })],
    ['an image only', chatBody('A fox', { model: RIVERFLOW, modalities: ['image'] })],
    ['words only', chatBody('A fox', { modalities: ['text'] })],
  ])('describes a chat response of %s, plain and streamed', async (_what, body) => {
    const emulator = createEmulator()
    const plain: unknown = await (await post(emulator, '/chat/completions', body)).json()
    const { events } = eventsOf(
      await (await post(emulator, '/chat/completions', { ...body, stream: true })).text(),
    )

    expect(check('ChatResult', plain)).toEqual([])
    expect(events.flatMap((event) => check('ChatStreamChunk', event))).toEqual([])
  })

  it.each([GPT_IMAGE, VECTOR, GEMINI])(
    'describes an images response of %s, plain and streamed',
    async (model) => {
      const emulator = createEmulator({ faults: [{ streams: true }] })
      const body = { model, prompt: 'A fox' }
      const plain: unknown = await (await post(emulator, '/images', body)).json()
      const { events } = eventsOf(await (await post(emulator, '/images', { ...body, stream: true })).text())

      expect(check('ImageGenerationResponse', plain)).toEqual([])
      expect(events.flatMap((data) => check('ImageStreamingResponse', { data }))).toEqual([])
    },
  )

  it('describes errors in streams', async () => {
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

  it.each([
    [400, 'BadRequestResponse'],
    [401, 'UnauthorizedResponse'],
    [402, 'PaymentRequiredResponse'],
    [403, 'ForbiddenResponse'],
    [404, 'NotFoundResponse'],
    [413, 'PayloadTooLargeResponse'],
    [422, 'UnprocessableEntityResponse'],
    [429, 'TooManyRequestsResponse'],
    [500, 'InternalServerResponse'],
    [502, 'BadGatewayResponse'],
    [503, 'ServiceUnavailableResponse'],
    [524, 'EdgeNetworkTimeoutResponse'],
    [529, 'ProviderOverloadedResponse'],
  ])('describes the body of %i', async (status, schema) => {
    const emulator = createEmulator({ faults: [{ status, retryable: false }] })
    const body: unknown = await (await post(emulator, '/chat/completions', chatBody('A fox'))).json()
    expect(check(schema, body)).toEqual([])
  })

  it.each([
    ['/models', 'ModelsListResponse'],
    ['/models?output_modalities=all', 'ModelsListResponse'],
    ['/images/models', 'ImageModelsListResponse'],
    [`/images/models/${RIVERFLOW}/endpoints`, 'ImageModelEndpointsResponse'],
  ])('describes %s', async (path, schema) => {
    expect(check(schema, await (await get(createEmulator(), path)).json())).toEqual([])
  })

  it('describes /key and /generation', async () => {
    const emulator = createEmulator()
    const { id } = await chatOf(await post(emulator, '/chat/completions', chatBody('A fox')))

    expect(
      check(
        '/paths/~1key/get/responses/200/content/application~1json/schema',
        await (await get(emulator, '/key')).json(),
      ),
    ).toEqual([])
    expect(check('GenerationResponse', await (await get(emulator, `/generation?id=${id}`)).json())).toEqual(
      [],
    )
  })

  it.each(['basic', 'fonts', 'image-config', 'super-resolution'])(
    'and its example chat-request-%s are taken',
    async (name) => {
      const body = example(`chat-request-${name}.json`)
      expect(check('ChatRequest', body)).toEqual([])
      const emulator = createEmulator({ fetch: async () => new Response(new Uint8Array(await image())) })
      expect((await post(emulator, '/chat/completions', body)).status).toBe(200)
    },
  )

  it('and its example images-request are taken', async () => {
    const emulator = createEmulator({ fetch: async () => new Response(new Uint8Array(await image())) })
    expect((await post(emulator, '/images', example('images-request.json'))).status).toBe(200)
  })

  it('agrees with the models that the emulator knows', async () => {
    const { data } = JSON.parse(readFileSync(join(FACTS, 'image-models.json'), 'utf8')) as {
      data: Record<string, unknown>[]
    }
    const listed = (await (await get(createEmulator(), '/images/models')).json()) as { data: unknown[] }
    expect(listed.data.slice(0, data.length)).toEqual(data.map(({ _endpoint, ...model }) => model))

    for (const { id, _endpoint } of data) {
      expect(await (await get(createEmulator(), `/images/models/${String(id)}/endpoints`)).json()).toEqual({
        id,
        endpoints: [_endpoint],
      })
    }
  })
})

/** @returns a function that names what is wrong with a value, by schema name or by JSON pointer */
function validator(): (schema: string, value: unknown) => readonly string[] {
  const document = JSON.parse(readFileSync(join(FACTS, 'openapi.json'), 'utf8')) as object
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'https://openrouter.ai/openapi', ...document })
  return (schema, value) => {
    const pointer = schema.startsWith('/') ? schema : `/components/schemas/${schema}`
    ajv.validate({ $ref: `https://openrouter.ai/openapi#${pointer}` }, value)
    return (ajv.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)
  }
}

async function image(): Promise<Buffer> {
  const result = await chatOf(
    await post(createEmulator(), '/chat/completions', chatBody('A bottle', { model: GEMINI_PRO })),
  )
  const url = result.choices[0].message.images?.[0]?.image_url.url ?? ''
  return Buffer.from(url.split(',')[1] ?? '', 'base64')
}

function example(name: string): unknown {
  return JSON.parse(readFileSync(join(FACTS, 'examples', name), 'utf8'))
}
