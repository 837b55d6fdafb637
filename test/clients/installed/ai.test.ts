import { imageSize } from 'image-size'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'
import { CLIENTS_INSTALLED, NEEDS_CLIENTS } from './packages.ts'

const GEMINI = 'google/gemini-3.1-flash-image'
const GPT_IMAGE = 'openai/gpt-image-2'

describe.skipIf(!CLIENTS_INSTALLED)(`the AI SDK (${NEEDS_CLIENTS})`, () => {
  let ai: typeof import('ai')
  let openRouter: typeof import('@openrouter/ai-sdk-provider')
  let openAi: typeof import('@ai-sdk/openai')
  let compatible: typeof import('@ai-sdk/openai-compatible')
  let easel: FaultyEasel

  beforeAll(async () => {
    ai = await import('ai')
    openRouter = await import('@openrouter/ai-sdk-provider')
    openAi = await import('@ai-sdk/openai')
    compatible = await import('@ai-sdk/openai-compatible')
    // Straight to the network: wrangler's harness makes a complete 5xx of a connection that is cut.
    easel = await startFaultyEasel({ vars: { EASEL_TIMEOUT_SECONDS: '10' } })
  })

  afterAll(() => easel.close())

  const settings = (path: string) => ({ apiKey: 'any-key', baseURL: new URL(path, easel.url()).href })
  const routed = () => openRouter.createOpenRouter(settings('/api/v1'))

  /** Each provider of the AI SDK, as its documentation sets it up. */
  const PROVIDERS = {
    '@openrouter/ai-sdk-provider': (model: string) => routed().imageModel(model),
    '@ai-sdk/openai': (model: string) => openAi.createOpenAI(settings('/openai/v1')).imageModel(model),
    '@ai-sdk/openai-compatible': (model: string) =>
      compatible.createOpenAICompatible({ name: 'easel', ...settings('/openai/v1') }).imageModel(model),
  } as const

  describe.each(Object.entries(PROVIDERS))('ai with %s', (name, modelOf) => {
    it('generates an image, once', async () => {
      const request = { prompt: `A fox by ${name}`, size: '1536x1024' } as const
      const first = await ai.generateImage({ model: modelOf(GPT_IMAGE), ...request })
      const again = await ai.generateImage({ model: modelOf(GPT_IMAGE), ...request })

      expect(imageSize(first.image.uint8Array)).toMatchObject({ type: 'png', width: 1536, height: 1024 })
      expect(again.image.base64).toBe(first.image.base64)
      expect(first.usage.outputTokens).toBeGreaterThan(0)
      expect(easel.generations(request.prompt)).toHaveLength(1)
    })

    it('edits images', async () => {
      const inputs = await Promise.all(['One', 'Two'].map(frame))
      const prompt = { text: `Together by ${name}`, images: inputs }
      const { image } = await ai.generateImage({ model: modelOf(GEMINI), prompt })

      expect(imageSize(image.uint8Array).type).toBe('png')
      const native = await easel.post('/v1/images', {
        model: GEMINI,
        prompt: prompt.text,
        input_images: inputs.map((bytes) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`),
      })
      expect(await native.json()).toMatchObject({ cache: 'hit' })
      expect(easel.generations(prompt.text)).toHaveLength(1)
    })

    it.each([
      ['before it responds', { cutAtByte: 0 }],
      ['in the image', { cutAt: 'image' }],
    ] as const)(
      'with its default retries, has an image requested once whose connection is cut %s',
      async (where, fault) => {
        const prompts = [GEMINI, GPT_IMAGE].map((model) => `Cut ${where} by ${name} for ${model}`)
        easel.upstream.setFaults([{ ...fault, match: 'Cut ' }])
        const errors = await Promise.all(
          [GEMINI, GPT_IMAGE].map((model, index) =>
            ai.generateImage({ model: modelOf(model), prompt: prompts[index] ?? '' }).then(
              () => undefined,
              (error: unknown) => error,
            ),
          ),
        )

        for (const error of errors) {
          expect(ai.APICallError.isInstance(error) && error.statusCode).toBe(424)
          expect(String(error)).toMatch(/billed/)
        }
        expect(prompts.map((prompt) => easel.generations(prompt).length)).toEqual([1, 1])
      },
    )
  })

  describe('ai’s chat with @openrouter/ai-sdk-provider', () => {
    it('gets an image beside the text', async () => {
      const model = routed().chat(GEMINI, { extraBody: { modalities: ['image', 'text'] } })
      const { files, text } = await ai.generateText({ model, prompt: 'A chatted fox' })
      expect(text).toBe('Here is your image.')
      expect(files.map(({ uint8Array }) => imageSize(uint8Array).type)).toEqual(['png'])
      expect(easel.generations('A chatted fox')).toHaveLength(1)
    })

    it('is told the line to add where it asks for no image, and pays nothing', async () => {
      const asking = ai.generateText({ model: routed().chat(GEMINI), prompt: 'A fox in words' })
      await expect(asking).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringContaining('"modalities": ["image", "text"]'),
      })
      expect(easel.generations('A fox in words')).toHaveLength(0)
    })
  })

  async function frame(prompt: string): Promise<Uint8Array> {
    const response = await easel.get(`/image?prompt=${prompt}&aspect_ratio=1:1`)
    return new Uint8Array(await response.arrayBuffer())
  }
})
