import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postUnfinished } from '../../support/worker/client.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

const MODEL = 'openai/gpt-image-1'
const PROMPT = 'A refused fox'

let easel: RunningEasel
let image: Blob

beforeAll(async () => {
  easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
  const input = await easel.get('/image?prompt=An+input', bearer(TOKENS.docs))
  image = await input.blob()
})

afterAll(() => easel.close())

/** What the client sees: status, param, code and a part of the sentence. */
type Refusal = readonly [status: number, param: string | null, code: string, message: RegExp]

const GENERATIONS: Readonly<Record<string, readonly [body: unknown, ...Refusal]>> = {
  'is no object': [[1], 400, 'body', 'invalid_spec', /JSON object/],
  'has no prompt': [{ model: MODEL }, 400, 'prompt', 'invalid_spec', /prompt is missing/],
  'has an empty prompt': [{ prompt: ' ' }, 400, 'prompt', 'invalid_spec', /1 to 32,000/],
  'has an unknown field': [
    { prompt: PROMPT, sise: '1x1' },
    400,
    'sise',
    'invalid_spec',
    /Accepted are model/,
  ],
  'has a field that every object has': [
    JSON.parse('{"prompt":"A refused fox","__proto__":{}}'),
    400,
    '__proto__',
    'invalid_spec',
    /not accepted/,
  ],
  'says complexity': [
    { prompt: PROMPT, complexity: 'low' },
    400,
    'complexity',
    'invalid_spec',
    /not accepted/,
  ],
  'asks for frames': [{ prompt: PROMPT, frame_count: 4 }, 400, 'frame_count', 'invalid_spec', /not accepted/],
  'names a text model': [
    { prompt: PROMPT, model: 'gpt-4o' },
    404,
    'model',
    'model_not_found',
    /openai\/gpt-4o/,
  ],
  'names a retired model': [
    { prompt: PROMPT, model: 'dall-e-3' },
    404,
    'model',
    'model_not_found',
    /dall-e-3/,
  ],
  'has a model that is a number': [
    { prompt: PROMPT, model: 7 },
    400,
    'model',
    'invalid_spec',
    /must be a string/,
  ],
  'has a size in words': [{ prompt: PROMPT, size: 'large' }, 400, 'size', 'invalid_spec', /WIDTHxHEIGHT/],
  'has a tiny size': [{ prompt: PROMPT, size: '16x16' }, 400, 'size', 'invalid_spec', /64 to 8192/],
  'has a quality in words': [
    { prompt: PROMPT, quality: 'HD!' },
    400,
    'quality',
    'invalid_spec',
    /lower-case/,
  ],
  'has a quality that the model lacks': [
    { prompt: PROMPT, model: MODEL, quality: 'ultra' },
    422,
    'quality',
    'unsupported_by_model',
    /accepts auto, low, medium, high/,
  ],
  'wants eleven images': [{ prompt: PROMPT, n: 11 }, 400, 'n', 'invalid_spec', /at most 10/],
  'wants n in words': [{ prompt: PROMPT, n: 'two' }, 400, 'n', 'invalid_spec', /must be a number/],
  'wants four partial images': [
    { prompt: PROMPT, stream: true, partial_images: 4 },
    400,
    'partial_images',
    'invalid_spec',
    /at most 3/,
  ],
  'wants another format': [
    { prompt: PROMPT, response_format: 'blob' },
    400,
    'response_format',
    'invalid_spec',
    /b64_json, url/,
  ],
  'wants a style of its own': [
    { prompt: PROMPT, style: 'noir' },
    400,
    'style',
    'invalid_spec',
    /vivid, natural/,
  ],
  'wants moderation off': [
    { prompt: PROMPT, moderation: 'off' },
    400,
    'moderation',
    'invalid_spec',
    /auto, low/,
  ],
  'compresses a PNG': [
    { prompt: PROMPT, model: MODEL, output_format: 'png', output_compression: 50 },
    400,
    'output_compression',
    'invalid_spec',
    /jpeg or webp/,
  ],
  'wants a transparent JPEG': [
    { prompt: PROMPT, model: MODEL, output_format: 'jpeg', background: 'transparent' },
    400,
    'background',
    'invalid_spec',
    /png or webp/,
  ],
  'uses tools': [{ prompt: PROMPT, tools: [] }, 400, 'tools', 'invalid_spec', /no tools/],
}

describe.each(['/openai/v1', '/api/v1'])('a request for images at %s', (base) => {
  it.for(Object.entries(GENERATIONS))('that %s is refused by name, and nothing is paid', async ([, row]) => {
    const [body, ...expected] = row
    const send = () => easel.post(`${base}/images/generations`, body, bearer(TOKENS.docs))
    expect(await outcomeOf(send)).toMatchObject(refusal(expected))
  })
})

const EDITS: Readonly<Record<string, readonly [form: () => FormData, ...Refusal]>> = {
  'has no image': [() => form({}), 400, 'image', 'invalid_spec', /image is missing/],
  'has text for an image': [() => form({ image: 'cat.png' }), 400, 'image[0]', 'invalid_spec', /as a file/],
  'has words in an image’s file': [
    () => form({ image: new Blob(['not an image'], { type: 'image/png' }) }),
    400,
    'image[0]',
    'invalid_spec',
    /no image/,
  ],
  'has seventeen images': [
    () => form({}, Array<Blob>(17).fill(image)),
    400,
    'image',
    'invalid_spec',
    /at most 16/,
  ],
  'has a mask': [() => form({ image, mask: image }), 400, 'mask', 'invalid_spec', /leave mask out/],
  'has a markup': [() => form({ image, markup: image }), 400, 'markup', 'invalid_spec', /leave markup out/],
  'says its fidelity': [
    () => form({ image, input_fidelity: 'high' }),
    400,
    'input_fidelity',
    'invalid_spec',
    /not accepted/,
  ],
  'has another file': [() => form({ image, cover: image }), 400, 'cover', 'invalid_spec', /not accepted/],
  'has a file for a prompt': [() => form({ image, prompt: image }), 400, 'prompt', 'invalid_spec', /prompt/],
  'wants n in words': [() => form({ image, n: 'two' }), 400, 'n', 'invalid_spec', /must be a number/],
  'streams perhaps': [() => form({ image, stream: 'maybe' }), 400, 'stream', 'invalid_spec', /true or false/],
  'has two prompts': [
    () => {
      const twice = form({ image })
      twice.append('prompt', 'Another')
      return twice
    },
    400,
    'prompt',
    'invalid_spec',
    /twice/,
  ],
  'has a hundred fields': [
    () => form(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, 'x']))),
    400,
    'body',
    'invalid_spec',
    /too many parts/,
  ],
}

describe('an edit', () => {
  it.for(Object.entries(EDITS))('that %s is refused by name, and nothing is paid', async ([, row]) => {
    const [body, ...expected] = row
    expect(await outcomeOf(() => post(body()))).toMatchObject(refusal(expected))
  })

  it('that is no form is refused', async () => {
    expect(
      await outcomeOf(() => easel.post('/openai/v1/images/edits', { prompt: PROMPT }, bearer(TOKENS.docs))),
    ).toMatchObject(refusal([415, null, 'unsupported_media_type', /multipart\/form-data/]))
    expect(
      await outcomeOf(() => post('--x\r\nnonsense', { 'Content-Type': 'multipart/form-data; boundary=x' })),
    ).toMatchObject(refusal([400, 'body', 'invalid_spec', /no valid multipart/]))
  })

  it('that is too large is refused before it is read', async () => {
    expect(
      await outcomeOf(() =>
        postUnfinished(new URL('/openai/v1/images/edits', easel.url), 25 * 1024 ** 2, {
          'Content-Type': 'multipart/form-data; boundary=x',
          ...bearer(TOKENS.docs).headers,
        }),
      ),
    ).toMatchObject(refusal([413, null, 'payload_too_large', /24 MiB/]))
  })
})

describe('anybody else', () => {
  it.each(['images/generations', 'images/edits'])('may not POST %s, whatever the body is', async (path) => {
    const send = (init: RequestInit) => () =>
      easel.get(`/openai/v1/${path}`, { method: 'POST', body: 'anything', ...init })
    expect(await outcomeOf(send({}))).toMatchObject(refusal([401, null, 'unauthorized', /needs a token/]))
    expect(await outcomeOf(send(bearer('not-a-token-0123456789')))).toMatchObject(
      refusal([401, null, 'unauthorized', /Easel token/]),
    )
  })

  it.each(['/v1/images/generations', '/openai/images/edits', '/chat/completions'])(
    'whose base URL leads to %s is told which ones there are',
    async (path) => {
      const expected = refusal([
        404,
        null,
        'not_found',
        new RegExp(`base URL to ${easel.url.origin}/openai/v1`),
      ])
      expect(await outcomeOf(() => easel.post(path, { prompt: PROMPT }))).toMatchObject(expected)
    },
  )

  it('is told what is there', async () => {
    expect(
      await outcomeOf(() => easel.post('/openai/v1/chat/completions', {}, bearer(TOKENS.docs))),
    ).toMatchObject(refusal([404, null, 'not_found', /chat under \/api\/v1/]))
    const get = await easel.get('/openai/v1/images/generations', bearer(TOKENS.docs))
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('in private mode', () => {
  it('an address is signed: whoever has it sees the image, and nobody else does', async () => {
    const body = { prompt: 'A private fox', response_format: 'url' }
    const response = await easel.post('/openai/v1/images/generations', body, bearer(TOKENS.docs))
    const { data } = (await response.json()) as { data: readonly { url: string }[] }
    const url = new URL(data[0]?.url ?? '')
    expect((await fetch(url)).status).toBe(200)
    url.search = ''
    expect((await fetch(url)).status).toBe(401)
  })
})

function form(fields: Readonly<Record<string, string | Blob>>, images: readonly Blob[] = []): FormData {
  const all = new FormData()
  for (const [name, value] of Object.entries({ prompt: PROMPT, model: MODEL, ...fields }))
    all.set(name, value)
  for (const one of images) all.append('image[]', one)
  return all
}

function post(body: FormData | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const init = { headers: { ...bearer(TOKENS.docs).headers, ...headers } }
  return easel.get('/openai/v1/images/edits', { method: 'POST', body, ...init })
}

/** What a client sees, and how many images were paid for. */
async function outcomeOf(send: () => Promise<Response>) {
  const before = easel.generations().length
  const response = await send()
  const { error } = (await response.json()) as { error: object }
  return { status: response.status, error, paid: easel.generations().length - before }
}

function refusal([status, param, code, message]: Refusal) {
  const type = expect.stringMatching(/_error$/) as string
  return { status, error: { type, param, code, message: expect.stringMatching(message) as string }, paid: 0 }
}
