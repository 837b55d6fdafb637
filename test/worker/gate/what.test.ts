import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const GEMINI = 'google/gemini-2.5-flash-image'
const GPT_IMAGE = 'openai/gpt-image-1'
const RIVERFLOW = 'sourceful/riverflow-v2-pro'
const CHAT = '/api/v1/chat/completions'
const IMAGES = '/api/v1/images'
const NATIVE = '/v1/images'
const FONTS = Array.from({ length: 50 }, () => ({ font_url: 'https://example.com/a.ttf', text: 'A' }))

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel()
})
afterAll(() => easel.close())

const images = (more: object) => ({ model: GEMINI, prompt: 'A fox', ...more })
const chat = (more: object) => ({
  model: GEMINI,
  modalities: ['image', 'text'],
  messages: [{ role: 'user', content: 'A fox' }],
  ...more,
})
const says = (content: unknown) => chat({ messages: [{ role: 'user', content }] })
const imageAt = (url: string) => ({ type: 'image_url', image_url: { url } })

const turns = (first: unknown) =>
  chat({
    messages: [
      { role: 'system', content: first },
      { role: 'user', content: 'A canonical fox' },
    ],
  })

/** What a body is, where it goes, the body, the status, and what the error names. */
const REFUSED: readonly (readonly [
  what: string,
  path: string,
  body: object,
  status: number,
  names: string,
])[] = [
  ['an empty prompt', IMAGES, images({ prompt: '' }), 400, 'prompt'],
  ['a prompt of spaces', CHAT, says('   '), 400, 'prompt'],
  ['a prompt of 32,001 characters', CHAT, says('x'.repeat(32_001)), 400, 'prompt'],
  [
    'two messages of 20,000 characters',
    CHAT,
    chat({ messages: Array.from({ length: 2 }, () => ({ role: 'user', content: 'x'.repeat(20_000) })) }),
    400,
    'prompt',
  ],
  ['no prompt', IMAGES, { model: GEMINI }, 400, 'prompt'],
  ['n: 1000', IMAGES, images({ n: 1000 }), 400, 'n is 1000'],
  ['n: 1000', CHAT, chat({ image_config: { n: 1000 } }), 400, 'n is 1000'],
  ['n: 1000', NATIVE, images({ n: 1000 }), 400, 'n is 1000'],
  ['size: "1x1"', IMAGES, images({ size: '1x1' }), 400, 'size'],
  ['size: "1x1"', NATIVE, images({ size: '1x1' }), 400, 'size'],
  ['a size by chat', CHAT, chat({ image_config: { size: '1024x1024' } }), 400, 'image_config.size'],
  ['quality: "ultra"', IMAGES, images({ model: GPT_IMAGE, quality: 'ultra' }), 422, 'quality'],
  ['quality: "ultra"', CHAT, chat({ model: GPT_IMAGE, image_config: { quality: 'ultra' } }), 422, 'quality'],
  ['resolution: "8K"', IMAGES, images({ resolution: '8K' }), 422, 'image_size is "8K"'],
  ['resolution: "huge"', IMAGES, images({ resolution: 'huge' }), 400, 'resolution'],
  ['a user of 257 characters', IMAGES, images({ user: 'x'.repeat(257) }), 400, 'user'],
  ['a trace that is no object', CHAT, chat({ temperature: 1, trace: 'x' }), 400, 'trace'],
  [
    'an image of file:///etc/passwd',
    CHAT,
    says([{ type: 'text', text: 'A' }, imageAt('file:///etc/passwd')]),
    400,
    'https URL',
  ],
  [
    'an image of file:///etc/passwd',
    IMAGES,
    images({ input_references: [imageAt('file:///etc/passwd')] }),
    400,
    'https URL',
  ],
  [
    'an image over http',
    CHAT,
    says([imageAt('http://example.com/a.png'), { type: 'text', text: 'A' }]),
    400,
    'https URL',
  ],
  [
    'a data: URL that isn’t base64',
    CHAT,
    says([imageAt('data:image/png;base64,?'), { type: 'text', text: 'A' }]),
    400,
    'cannot be decoded',
  ],
  [
    '17 images',
    CHAT,
    says([
      { type: 'text', text: 'A' },
      ...Array.from({ length: 17 }, () => imageAt('https://example.com/a.png')),
    ]),
    400,
    '16',
  ],
  ['no messages', CHAT, { model: GEMINI, modalities: ['image', 'text'] }, 400, 'messages'],
  ['an empty list of messages', CHAT, chat({ messages: [] }), 400, 'messages'],
  [
    'messages of the system only',
    CHAT,
    chat({ messages: [{ role: 'system', content: 'A' }] }),
    400,
    'messages',
  ],
  [
    'a message of a tool',
    CHAT,
    chat({ messages: [{ role: 'tool', content: 'A', tool_call_id: 'x' }] }),
    400,
    'messages[0]',
  ],
  ['a part of audio', CHAT, says([{ type: 'input_audio', input_audio: {} }]), 400, 'messages[0].content[0]'],
  ['fifty fonts', CHAT, chat({ model: RIVERFLOW, image_config: { font_inputs: FONTS } }), 400, 'font_inputs'],
  [
    'fifty fonts',
    IMAGES,
    images({ model: RIVERFLOW, provider: { options: { sourceful: { font_inputs: FONTS } } } }),
    400,
    'font_inputs',
  ],
  [
    'tools',
    CHAT,
    chat({ tools: [{ type: 'function', function: { name: 'f' } }] }),
    400,
    'Easel runs no tools',
  ],
  ['server tools', CHAT, chat({ tools: [{ type: 'openrouter:web_search' }] }), 400, 'Easel runs no tools'],
  ['plugins', CHAT, chat({ plugins: [{ id: 'web' }] }), 400, 'Easel runs no tools and no plugins'],
  ['plugins', IMAGES, images({ plugins: [] }), 400, 'Easel runs no tools and no plugins'],
  ['a model with :online', CHAT, chat({ model: `${GEMINI}:online` }), 400, ':online'],
  ['a model with :online', NATIVE, images({ model: `${GEMINI}:online` }), 400, ':online'],
  ['a fallback with :online', CHAT, chat({ models: [`${GEMINI}:online`] }), 400, ':online'],
  ['reasoning', CHAT, chat({ reasoning: { effort: 'high' } }), 400, 'reasoning'],
  ['an unknown field', CHAT, chat({ surprise: true }), 400, 'surprise'],
  ['an unknown field', IMAGES, images({ surprise: true }), 400, 'surprise'],
  [
    'an unknown field in a message',
    CHAT,
    chat({ messages: [{ role: 'user', content: 'A', audio: {} }] }),
    400,
    'messages[0].audio',
  ],
  ['an unknown field of the routing', CHAT, chat({ provider: { surprise: 1 } }), 400, 'surprise'],
  ['a temperature of 3', CHAT, chat({ temperature: 3 }), 400, 'temperature'],
  ['six models', CHAT, chat({ models: Array(6).fill(GEMINI) }), 400, 'models'],
  [
    'a provider field without a price',
    CHAT,
    chat({ image_config: { foo: 1 } }),
    422,
    'image_config holds foo',
  ],
  ['a provider field without a price', NATIVE, images({ image_config: { foo: 1 } }), 422, 'image_config'],
  [
    'an option without a price',
    IMAGES,
    images({ model: RIVERFLOW, provider: { options: { sourceful: { foo: 1 } } } }),
    422,
    'provider.options.sourceful holds foo',
  ],
  [
    'fifty fonts among options',
    NATIVE,
    images({ model: RIVERFLOW, provider: { options: { sourceful: { font_inputs: FONTS } } } }),
    400,
    'write font_inputs beside provider',
  ],
  ['stream: "yes"', IMAGES, images({ stream: 'yes' }), 400, 'stream'],
  ['a negative seed', CHAT, chat({ seed: -1 }), 400, 'seed'],
  [
    'fonts for a model without',
    CHAT,
    chat({ image_config: { font_inputs: FONTS.slice(1, 2) } }),
    422,
    'font_inputs',
  ],
  [
    'a ratio that the model lacks, in a conversation',
    CHAT,
    chat({ temperature: 1, image_config: { aspect_ratio: '8:1' } }),
    422,
    'aspect_ratio',
  ],
  [
    'n: 2 where the fallback generates one at a time',
    CHAT,
    chat({ models: [GPT_IMAGE], image_config: { n: 2 } }),
    422,
    'n is 2',
  ],
]

describe('a body with', () => {
  it.each(REFUSED)('%s, sent to %s, is refused and costs nothing', async (_, path, body, status, names) => {
    const response = await easel.post(path, body)
    const { error, detail } = (await response.json()) as {
      error?: { code: number; message: string; metadata: { provider_code: string } }
      detail?: string
    }

    expect([response.status, error?.code ?? status]).toEqual([status, status])
    expect(error?.message ?? detail).toContain(names)
    expect(easel.generations()).toHaveLength(0)
    expect(await easel.ledger('SELECT * FROM ledger_history')).toEqual([])
  })

  it('says about the image what is wrong in the words of a native spec', async () => {
    const native = (await (await easel.post(NATIVE, images({ aspect_ratio: '7:1' }))).json()) as {
      detail: string
    }
    for (const [path, body] of [
      [IMAGES, images({ aspect_ratio: '7:1' })],
      [CHAT, chat({ image_config: { aspect_ratio: '7:1' } })],
      [CHAT, chat({ image_config: { aspect_ratio: '7:1' }, temperature: 1 })],
    ] as const) {
      const { error } = (await (await easel.post(path, body)).json()) as { error: { message: string } }
      expect(error.message).toBe(native.detail)
    }
  })
})

/** What is sent where, and whether a spec can say all of it. */
const WAYS = [
  [CHAT, chat({}), true],
  [CHAT, chat({ temperature: 0.5 }), false],
  [IMAGES, images({}), true],
] as const

describe('what decides nothing about the image', () => {
  it('is accepted, and requests that differ in it share one image', async () => {
    const transport = {
      metadata: { a: 'b' },
      usage: { include: true },
      transforms: ['middle-out'],
      stream_options: { include_usage: true },
    }
    for (const [path, body, isOneMessage] of WAYS) {
      const before = await easel.post(path, { ...body, ...transport })
      expect([path, before.status]).toEqual([path, 200])
      const after = await easel.post(path, body)
      expect([path, isOneMessage, after.headers.get('cache-status')]).toEqual([
        path,
        isOneMessage,
        'Easel; hit',
      ])
    }
    const sent = easel.generations('A fox').map(({ body }) => body as object)
    expect(sent).toHaveLength(2)
    for (const field of Object.keys(transport))
      for (const body of sent) expect(body).not.toHaveProperty(field)
  })

  it('and names the user, the session or the trace is sent to OpenRouter, too', async () => {
    const labels = { user: 'somebody', session_id: 's-1', trace: { trace_id: 't-1', span: 7 } }
    for (const [path, body] of [
      [CHAT, says('A labelled fox')],
      [CHAT, { ...says('A labelled fox'), temperature: 0.5 }],
      [IMAGES, images({ prompt: 'Another labelled fox' })],
    ] as const) {
      const labelled = await easel.post(path, { ...body, ...labels })
      const plain = await easel.post(path, body)
      expect([path, labelled.status, plain.headers.get('cache-status')]).toEqual([path, 200, 'Easel; hit'])
    }
    const labelled = easel.generations('somebody').map(({ body }) => body)
    expect(labelled).toHaveLength(3)
    for (const body of labelled) expect(body).toMatchObject(labels)
  })

  it('leaves a conversation one canonical form', async () => {
    const first = await easel.post(CHAT, turns('You paint.'))
    const second = await easel.post(CHAT, turns([{ type: 'text', text: 'You paint.' }]))
    const third = await easel.post(CHAT, {
      ...turns('You paint.'),
      modalities: ['text', 'image'],
      seed: null,
    })
    expect([first.status, second.headers.get('cache-status'), third.headers.get('cache-status')]).toEqual([
      200,
      'Easel; hit',
      'Easel; hit',
    ])
    expect(easel.generations('A canonical fox')).toHaveLength(1)
  })
})
