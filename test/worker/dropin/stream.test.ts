import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'
import { eventsOf, imageOf } from '../../support/read-wire.ts'

const GEMINI = 'google/gemini-3.1-flash-image'
const LARGE = 25_000_000

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({
    vars: {
      ...CREDENTIALS,
      EASEL_ACCESS: 'signed',
      EASEL_ALLOWED_MODELS: 'google/*',
      EASEL_DAILY_BUDGET_USD: '0.5',
      EASEL_TOKEN_BUDGETS_USD: 'ci:0.08',
    },
  })
})

afterAll(() => easel.close())

const chat = (prompt: string, { token = TOKENS.docs, ...more }: { token?: string; stream?: boolean } = {}) =>
  easel.post(
    '/api/v1/chat/completions',
    {
      model: GEMINI,
      messages: [{ role: 'user', content: prompt }],
      modalities: ['image', 'text'],
      stream: true,
      ...more,
    },
    token ? bearer(token) : {},
  )

describe('an image of 25 MB', () => {
  it('arrives whole as events and as JSON of both APIs, generated once', async () => {
    easel.upstream.setFaults([{ bytes: LARGE, match: 'Heavy' }])
    const streamed = await chat('Heavy')
    expect(streamed.headers.get('content-type')).toBe('text/event-stream')
    const { events, comments, done } = await eventsOf(streamed)
    const image = imageOf(events.flatMap((e) => e.choices?.[0]?.delta?.images?.[0]?.image_url.url ?? [])[0])
    const plain = (await (await chat('Heavy', { stream: false })).json()) as {
      choices: { message: { images: { image_url: { url: string } }[] } }[]
    }
    const body = { model: GEMINI, prompt: 'Heavy', stream: true }
    const images = await eventsOf(await easel.post('/api/v1/images', body, bearer(TOKENS.docs)))

    expect(image.length).toBeGreaterThan(LARGE * 0.99)
    expect(imageOf(plain.choices[0]?.message.images[0]?.image_url.url).equals(image)).toBe(true)
    expect(Buffer.from(images.events[0]?.b64_json ?? '', 'base64').equals(image)).toBe(true)
    expect({ done, comments: comments > 0 }).toEqual({ done: true, comments: true })
    expect(easel.generations('Heavy')).toHaveLength(1)
  })
})

describe('a chat stream', () => {
  it('is kept alive by comments, and then sends text, image, end, usage and [DONE]', async () => {
    const first = await chat('In order')
    const { events, comments, done } = await eventsOf(first)
    const again = await eventsOf(await chat('In order'))

    expect(comments).toBeGreaterThan(0)
    expect(again.comments).toBe(0)
    for (const one of [events, again.events]) {
      expect(one.map(({ choices }) => choices?.[0]?.finish_reason)).toEqual([null, null, 'stop'])
      expect(one[0]?.choices?.[0]?.delta).toEqual({ role: 'assistant', content: 'Here is your image.' })
      expect(one[1]?.choices?.[0]?.delta?.images?.[0]?.image_url.url).toMatch(/^data:image\/png;base64,iVBOR/)
    }
    expect(events.at(-1)?.usage?.cost).toBeGreaterThan(0)
    expect(again.events.at(-1)?.usage?.cost).toBe(0)
    expect([done, again.done]).toEqual([true, true])
    expect(easel.generations('In order')).toHaveLength(1)
  })

  it('reports an error of the generation as an event', async () => {
    easel.upstream.setFaults([{ refusal: true, match: 'Refused' }])
    const response = await chat('Refused')
    const { events, done } = await eventsOf(response)

    expect(response.status).toBe(200)
    expect(events).toMatchObject([
      {
        error: { code: 400, metadata: { error_type: 'content_policy_violation' } },
        choices: [{ finish_reason: 'error' }],
      },
    ])
    expect(done).toBe(true)
  })

  it('of the images API reports it in that API’s form', async () => {
    easel.upstream.setFaults([{ notAnImage: true, match: 'No bytes' }])
    const body = { model: GEMINI, prompt: 'No bytes', stream: true }
    const { events } = await eventsOf(await easel.post('/api/v1/images', body, bearer(TOKENS.docs)))
    expect(events).toMatchObject([{ type: 'error', error: { code: '424', type: 'provider_unavailable' } }])
  })

  it('is generated to the end when the client hangs up', async () => {
    const giveUp = new AbortController()
    const init = { ...bearer(TOKENS.docs), signal: giveUp.signal }
    const body = { model: GEMINI, prompt: 'Hung up on', stream: true }
    easel.upstream.setFaults([{ latencyMs: 300, match: 'Hung up on' }])
    const response = await easel.post('/api/v1/images', body, init)
    expect(response.status).toBe(200)
    giveUp.abort()

    const after = await easel.post('/api/v1/images', { ...body, stream: false }, bearer(TOKENS.docs))
    expect(after.status).toBe(200)
    expect(easel.generations('Hung up on')).toHaveLength(1)
  })
})

describe('a key', () => {
  it('that is unknown or missing is a 401, and nothing is generated', async () => {
    for (const token of ['sk-or-v1-somebody-else', '']) {
      const response = await chat('Without a key', { token })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({
        error: { code: 401, metadata: { error_type: 'authentication' } },
      })
    }
    expect(easel.generations('Without a key')).toHaveLength(0)
  })

  it('has its own budget: /key shows it, and a request over it is a 402 before the stream starts', async () => {
    const key = async () => {
      const response = await easel.get('/api/v1/key', bearer(TOKENS.ci))
      return (await response.json()) as { data: { label: string; usage: number; limit_remaining: number } }
    }
    expect(await key()).toMatchObject({ data: { label: 'ci', limit: 0.08, limit_remaining: 0.08, usage: 0 } })

    const first = await chat('The first of ci', { token: TOKENS.ci })
    const { events } = await eventsOf(first)
    const cost = events.at(-1)?.usage?.cost ?? 0
    const { data } = await key()
    expect(data.usage).toBeCloseTo(cost, 5)
    expect(data.limit_remaining).toBeCloseTo(0.08 - cost, 5)

    const refused = await chat('The second of ci', { token: TOKENS.ci })
    expect(refused.status).toBe(402)
    expect(await refused.json()).toMatchObject({ error: { metadata: { error_type: 'payment_required' } } })
    expect(easel.generations('The second of ci')).toHaveLength(0)
    expect((await chat('The first of ci', { token: TOKENS.ci })).headers.get('cache-status')).toBe(
      'Easel; hit',
    )
  })

  it('cannot generate with a model that is not allowed, not even as a fallback', async () => {
    const body = {
      models: [GEMINI, 'openai/gpt-image-1'],
      modalities: ['image', 'text'],
      messages: [{ role: 'user', content: 'With a fallback' }],
    }
    const response = await easel.post('/api/v1/chat/completions', body, bearer(TOKENS.docs))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { metadata: { error_type: 'permission_denied' } } })
    expect(easel.generations('With a fallback')).toHaveLength(0)
  })
})

describe('a page of any origin', () => {
  it('may send requests with the headers of OpenRouter’s clients', async () => {
    const preflight = await easel.get('/api/v1/images', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,x-openrouter-title',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-openrouter-title')
  })
})
