import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const FIRST = 'google/gemini-3.1-flash-image'
const SECOND = 'openai/gpt-image-2'
const ALIAS = '~google/gemini-flash-image-latest'
const TOKEN = 'token-0123456789abcdef'

interface Manifest {
  readonly fingerprint: string
  readonly model: string
  readonly failed_models?: readonly { readonly model: string; readonly code: string }[]
  readonly spec: Readonly<Record<string, unknown>>
}

let easel: RunningEasel
beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_TOKENS: `ci:${TOKEN}` } })
})
afterAll(() => easel.close())
beforeEach(() => {
  easel.upstream.setFaults([])
})

const bearer = { headers: { Authorization: `Bearer ${TOKEN}` } }

/** The models that were asked for an image of this prompt, in order. */
function asked(prompt: string): unknown[] {
  return easel.generations(prompt).map(({ body }) => (body as { readonly model?: unknown }).model)
}

async function manifestOf(response: Response): Promise<Manifest> {
  const { fingerprint } = (await response.json()) as { readonly fingerprint: string }
  const object = await easel.bucket.get(`images/${fingerprint}/manifest.json`)
  return JSON.parse((await object?.text()) ?? '{}') as Manifest
}

describe('models, in order', () => {
  it('are asked one after the other: the manifest and the headers say which one served, and why', async () => {
    easel.upstream.setFaults([{ path: '/chat/completions', status: 404, times: 1 }])
    const query = `prompt=Second+serves&models=${FIRST}&models=${SECOND}`

    const image = await easel.get(`/image?${query}`)
    const again = await easel.post('/v1/images', { prompt: 'Second serves', models: [FIRST, SECOND] })

    expect(image.status).toBe(200)
    expect(image.headers.get('x-easel-model')).toBe(SECOND)
    expect(asked('Second serves')).toEqual([FIRST, SECOND])
    const manifest = await manifestOf(again)
    expect(manifest.model).toBe(SECOND)
    expect(manifest.failed_models).toMatchObject([{ model: FIRST, code: 'model_not_found' }])
    const { failed_models: told } = (await (
      await easel.get(`/v1/images/${manifest.fingerprint}`)
    ).json()) as Manifest
    expect(told).toEqual(manifest.failed_models)
    await expect
      .poll(() => easel.log().find(({ event, served_by }) => event === 'generation' && served_by === SECOND))
      .toMatchObject({ model: FIRST, failed_models: [{ model: FIRST, code: 'model_not_found' }] })
    expect(manifest.spec).toEqual({ prompt: 'Second serves', models: [FIRST, SECOND] })
  })

  it('are one image each: another order is another fingerprint', async () => {
    const one = await easel.post('/v1/images', { prompt: 'In order', models: [FIRST, SECOND] })
    const other = await easel.post('/v1/images', { prompt: 'In order', models: [SECOND, FIRST] })
    const [first, second] = (await Promise.all([one.json(), other.json()])) as { fingerprint: string }[]

    expect(first?.fingerprint).not.toBe(second?.fingerprint)
    expect(asked('In order')).toEqual([FIRST, SECOND])
  })

  it.each([
    ['a refusal', { refusal: true }, 422],
    ['a doubt', { status: 524, lookupMisses: 9 }, 424],
    ['a bill without an image', { noImage: true, text: 'No.' }, 424],
  ])('end at %s: the second is never asked', async (name, fault, status) => {
    easel.upstream.setFaults([fault])

    const response = await easel.post('/v1/images', { prompt: `Ends at ${name}`, models: [FIRST, SECOND] })

    expect(response.status).toBe(status)
    expect(asked(`Ends at ${name}`)).toEqual([FIRST])
  })

  it('of a chat request are never sent to OpenRouter together', async () => {
    easel.upstream.setFaults([{ path: '/chat/completions', status: 404, times: 1 }])

    const response = await easel.post(
      '/api/v1/chat/completions',
      {
        models: [FIRST, 'google/gemini-3-pro-image'],
        messages: [{ role: 'user', content: 'By chat' }],
        modalities: ['image', 'text'],
      },
      bearer,
    )

    expect(response.status).toBe(200)
    expect(asked('By chat')).toEqual([FIRST, 'google/gemini-3-pro-image'])
    expect(easel.generations('By chat').some(({ body }) => 'models' in (body as object))).toBe(false)
  })
})

describe('an alias', () => {
  it('stays in the fingerprint; headers and manifest name the model that served', async () => {
    const image = await easel.get(`/image?prompt=An+alias&model=${ALIAS}`)
    const manifest = await manifestOf(await easel.post('/v1/images', { prompt: 'An alias', model: ALIAS }))

    expect(image.headers.get('x-easel-model')).toBe(FIRST)
    expect(manifest.model).toBe(FIRST)
    expect(manifest.spec).toEqual({ prompt: 'An alias', model: ALIAS })
    expect(asked('An alias')).toEqual([ALIAS])
  })

  it('of the images API too, whose responses name no model', async () => {
    const spec = { prompt: 'A silent alias', model: ALIAS, api: 'images' }

    expect((await manifestOf(await easel.post('/v1/images', spec))).model).toBe(FIRST)
  })

  it('that no list has is an unknown model', async () => {
    const response = await easel.get('/image?prompt=x&model=~google/nothing-latest')

    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'model_not_found' })
  })
})

describe('a model that retires', () => {
  it('is asked while it is listed; after its end the error says when, and the log warned', async () => {
    const response = await easel.get('/image?prompt=Retired&model=emulator/retired-image')

    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      code: 'model_not_found',
      detail: expect.stringContaining('emulator/retired-image was retired on 2026-01-15'),
    })
    expect(asked('Retired')).toEqual(['emulator/retired-image'])
    await expect
      .poll(() => easel.log().filter(({ event }) => event === 'model_retirement'))
      .toEqual([expect.objectContaining({ model: 'emulator/retired-image', date: '2026-01-15' })])
  })

  it('stands in /v1/models with its end and its successor', async () => {
    const { data } = (await (await easel.get('/v1/models')).json()) as {
      data: { id: string; retirement?: object }[]
    }

    expect(data.find(({ id }) => id === 'google/gemini-2.5-flash-image')?.retirement).toEqual({
      date: '2026-10-02',
      successor: FIRST,
    })
    expect(data.find(({ id }) => id === 'emulator/retiring-image')?.retirement).toEqual({
      date: '2099-12-31',
    })
    expect(data.find(({ id }) => id === FIRST)?.retirement).toBeUndefined()
  })
})

describe('user, session_id and trace', () => {
  it('are sent, and make no other image', async () => {
    const labels = { user: 'user-7', session_id: 'session-7', trace: { trace_name: 'hero' } }
    const first = await easel.post('/v1/images', { prompt: 'Labelled', ...labels })
    const second = await easel.post('/v1/images', { prompt: 'Labelled' })
    const manifest = await manifestOf(first)

    expect(((await second.json()) as { cache: string }).cache).toBe('hit')
    expect(easel.generations('Labelled').map(({ body }) => body)).toEqual([expect.objectContaining(labels)])
    expect(Object.keys(manifest.spec).toSorted()).toEqual(['model', 'prompt'])
  })
})
