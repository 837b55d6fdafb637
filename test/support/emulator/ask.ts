import * as z from 'zod'
import type { Emulator } from '../../../emulator/index.ts'

export const GEMINI = 'google/gemini-2.5-flash-image'
export const GEMINI_PRO = 'google/gemini-3-pro-image'
export const NANO_BANANA_2 = 'google/gemini-3.1-flash-image'
export const GPT_IMAGE = 'openai/gpt-image-1'
export const VECTOR = 'recraft/recraft-v4.1-vector'
export const RIVERFLOW = 'sourceful/riverflow-v2-pro'

/** A chat body for one image. */
export function chatBody(prompt: string, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    model: GEMINI,
    messages: [{ role: 'user', content: prompt }],
    modalities: ['image', 'text'],
    ...more,
  }
}

/** `POST` with a good key, in process. */
export async function post(emulator: Emulator, path: string, body: unknown): Promise<Response> {
  return emulator.request(`/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk-or-test', 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

export async function get(emulator: Emulator, path: string): Promise<Response> {
  return emulator.request(`/api/v1${path}`, { headers: { Authorization: 'Bearer sk-or-test' } })
}

const chatSchema = z.object({
  id: z.string(),
  choices: z.tuple([
    z.object({
      message: z.object({
        content: z.string().nullable(),
        images: z.array(z.object({ image_url: z.object({ url: z.string() }) })).optional(),
      }),
    }),
  ]),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), cost: z.number() }),
})

const imagesSchema = z.object({
  data: z.array(z.object({ b64_json: z.string(), media_type: z.string() })),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), cost: z.number() }),
})

const errorSchema = z.object({
  error: z.object({
    code: z.number(),
    message: z.string(),
    metadata: z.looseObject({ error_type: z.string() }),
    availability: z.looseObject({ retryable: z.boolean() }).optional(),
  }),
})

export async function chatOf(response: Response): Promise<z.infer<typeof chatSchema>> {
  return chatSchema.parse(await response.json())
}

export async function imagesResponse(response: Response): Promise<z.infer<typeof imagesSchema>> {
  return imagesSchema.parse(await response.json())
}

export async function errorOf(response: Response): Promise<z.infer<typeof errorSchema>['error']> {
  return errorSchema.parse(await response.json()).error
}

/** The images of a chat response: their claimed types and bytes. */
export async function imagesOf(response: Response): Promise<readonly { type: string; bytes: Buffer }[]> {
  const result = await chatOf(response)
  return (result.choices[0].message.images ?? []).map(({ image_url }) => {
    const [head = '', base64 = ''] = image_url.url.split(';base64,')
    return { type: head.replace('data:', ''), bytes: Buffer.from(base64, 'base64') }
  })
}

/** The parsed `data:` events of a stream, without `[DONE]`, and whether that came. */
export function eventsOf(text: string): {
  events: readonly unknown[]
  isDone: boolean
  comments: readonly string[]
} {
  const blocks = text.split('\n\n').filter((block) => block !== '')
  const data = blocks
    .filter((block) => block.startsWith('data: '))
    .map((block) => block.slice('data: '.length))
  return {
    events: data.filter((block) => block !== '[DONE]').map((block) => JSON.parse(block)),
    isDone: data.at(-1) === '[DONE]',
    comments: blocks.filter((block) => block.startsWith(':')),
  }
}
