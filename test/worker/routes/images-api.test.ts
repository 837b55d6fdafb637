import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { postUnfinished, sha256 } from '../../support/worker/client.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

let easel: RunningEasel
const token = bearer(TOKENS.docs)

interface Generated {
  readonly fingerprint: string
  readonly url: string
  readonly images: readonly { readonly url: string; readonly sha256: string }[]
  readonly cost_usd: number
  readonly cache: string
  readonly created: string
}

beforeAll(async () => {
  easel = await startEasel({ vars: CREDENTIALS, emulator: { latencyMs: 200 } })
})

afterAll(() => easel.close())

describe('POST /v1/images', () => {
  it('generates any spec, and describes the result', async () => {
    const spec = {
      prompt: 'Posted',
      model: 'recraft/recraft-v3',
      rgb_colors: [[200, 30, 30]],
      aspect_ratio: '3:2',
    }
    const first = (await (await easel.post('/v1/images', spec)).json()) as Generated
    const second = (await (await easel.post('/v1/images', spec)).json()) as Generated

    expect(first).toMatchObject({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      url: new URL(`/i/${first.fingerprint}.png`, easel.url).href,
      images: [{ media_type: 'image/png', width: 1248, height: 832, bytes: expect.any(Number) }],
      model: 'recraft/recraft-v3',
      cost_usd: 0.04,
      cache: 'miss',
    })
    expect(second).toMatchObject({ ...first, cache: 'hit' })
    const bytes = await (await fetch(first.url)).arrayBuffer()
    expect(sha256(bytes)).toBe(first.images[0]?.sha256)
    expect(easel.generations('Posted')).toHaveLength(1)
  })

  it('collapses requests into the generation in flight, and says so', async () => {
    const responses = await Promise.all(
      [1, 2, 3].map(async () => (await easel.post('/v1/images', { prompt: 'Collapsed' })).json()),
    )
    const caches = (responses as Generated[]).map(({ cache }) => cache)
    expect(caches.toSorted()).toEqual(['collapsed', 'collapsed', 'miss'])
  })

  it('responds at once to Prefer: respond-async, and says where to poll', async () => {
    const response = await easel.post(
      '/v1/images',
      { prompt: 'Later' },
      { headers: { Prefer: 'respond-async' } },
    )
    const location = response.headers.get('location') ?? ''
    const pending = await easel.get(location)

    expect(response.status).toBe(202)
    expect(response.headers.get('preference-applied')).toBe('respond-async')
    expect(location).toMatch(/^\/v1\/images\/[0-9a-f]{64}$/)
    expect(pending.status).toBe(202)
    expect(Number(pending.headers.get('retry-after'))).toBeGreaterThan(0)
    await expect.poll(async () => (await easel.get(location)).status, { timeout: 10_000 }).toBe(200)
    expect(await (await easel.get(location)).json()).toMatchObject({ cache: 'hit' })
    expect(easel.generations('Later')).toHaveLength(1)
  })

  it('reports how an attempt failed to clients that poll', async () => {
    easel.upstream.setFaults([{ refusal: true, match: 'Refused later' }])
    const response = await easel.post(
      '/v1/images',
      { prompt: 'Refused later' },
      { headers: { Prefer: 'respond-async' } },
    )
    const location = response.headers.get('location') ?? ''
    await expect.poll(async () => (await easel.get(location)).status, { timeout: 10_000 }).toBe(422)
    expect(await (await easel.get(location)).json()).toMatchObject({ code: 'refused' })
  })

  it.each([
    ['that is no JSON', '{"prompt": "x"', {}, 400, 'invalid_spec', /not JSON/],
    ['with something after the JSON', '{"prompt": "x"} and more', {}, 400, 'invalid_spec', /not JSON/],
    [
      'with a field given twice',
      '{"prompt": "x", "prompt": "y"}',
      {},
      400,
      'invalid_spec',
      /prompt is in the body twice/,
    ],
    [
      'with a nested field given twice, once escaped',
      '{"prompt": "x", "provider": {"only": ["a"], "onl\\u0079": ["b"]}}',
      {},
      400,
      'invalid_spec',
      /only is in the body twice/,
    ],
    ['that is a list', '[]', {}, 400, 'invalid_spec', /spec is \[\]/],
    [
      'of another type',
      'prompt=x',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
      /application\/json/,
    ],
    ['that is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), {}, 400, 'invalid_spec', /UTF-8/],
  ])('refuses a body %s', async (_, body, headers, status, code, detail) => {
    const before = easel.generations().length
    const response = await easel.get('/v1/images', {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
    })

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, detail: expect.stringMatching(detail) })
    expect(easel.generations()).toHaveLength(before)
  })

  it('refuses a body of 26 MB without waiting for it', async () => {
    const before = easel.generations().length
    const response = await postUnfinished(new URL('/v1/images', easel.url), 26_000_000, {
      'Content-Type': 'application/json',
    })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      code: 'payload_too_large',
      detail: expect.stringContaining('8 MiB'),
    })
    expect(easel.generations()).toHaveLength(before)
  })

  it('accepts braces and quotes inside strings', async () => {
    const prompt = 'A sign: {"a": 1, "a": 2} \\" [x], \\\\'
    expect((await easel.post('/v1/images', { prompt })).status).toBe(200)
  })
})

describe('a stored image', () => {
  it('is listed with a token, newest first', async () => {
    for (const n of [1, 2, 3]) await easel.post('/v1/images', { prompt: `Listed ${n}` })
    expect((await easel.get('/v1/images')).status).toBe(401)
    const { images } = (await (await easel.get('/v1/images', token)).json()) as { images: Generated[] }
    const created = images.map((image) => image.created)
    const newest = (await (await easel.post('/v1/images', { prompt: 'Listed 3' })).json()) as Generated

    expect(images.length).toBeGreaterThanOrEqual(3)
    expect(created).toEqual(created.toSorted().toReversed())
    expect(images[0]?.fingerprint).toBe(newest.fingerprint)
    expect((await fetch(images[0]?.url ?? '')).status).toBe(200)
  })

  it('shows its spec with a token only', async () => {
    const { fingerprint } = (await (
      await easel.post('/v1/images', { prompt: 'A secret' })
    ).json()) as Generated
    const anonymous = await (await easel.get(`/v1/images/${fingerprint}`)).json()
    const withToken = await (await easel.get(`/v1/images/${fingerprint}`, token)).json()

    expect(anonymous).not.toHaveProperty('spec')
    expect(JSON.stringify(anonymous)).not.toContain('A secret')
    expect(withToken).toMatchObject({ spec: { prompt: 'A secret' } })
  })

  it('is gone from every route once it is purged', async () => {
    const { fingerprint, url } = (await (
      await easel.post('/v1/images', { prompt: 'Purged' })
    ).json()) as Generated
    expect((await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE' })).status).toBe(401)
    const purged = await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...token })

    expect(purged.status).toBe(204)
    expect((await fetch(url)).status).toBe(404)
    expect((await easel.get(`/v1/images/${fingerprint}`)).status).toBe(404)
    expect((await easel.bucket.list({ prefix: `images/${fingerprint}` })).objects).toEqual([])
    const { images } = (await (await easel.get('/v1/images', token)).json()) as { images: Generated[] }
    expect(images.map((image) => image.fingerprint)).not.toContain(fingerprint)
    expect((await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...token })).status).toBe(404)
  })

  it('is regenerated for Cache-Control: no-cache with a token, and not without', async () => {
    const path = '/image?prompt=Regenerated'
    await easel.get(path)
    const anonymous = await easel.get(path, { headers: { 'Cache-Control': 'no-cache' } })
    expect(anonymous.headers.get('cache-status')).toBe('Easel; hit')
    expect(easel.generations('Regenerated')).toHaveLength(1)

    const withToken = await easel.get(path, { headers: { 'Cache-Control': 'no-cache', ...token.headers } })
    expect(withToken.status).toBe(200)
    expect(easel.generations('Regenerated')).toHaveLength(2)
  })
})

describe('GET /v1/models', () => {
  it('lists the models with their capabilities and prices', async () => {
    const { data, source } = (await (await easel.get('/v1/models')).json()) as {
      data: { id: string; endpoints: unknown[] }[]
      source: string
    }
    expect(source).toBe('live')
    expect(data.map(({ id }) => id)).toContain(DEFAULT_MODEL)
    expect(data.every(({ endpoints }) => endpoints.length > 0)).toBe(true)
  })
})

describe('the log', () => {
  it('has a line for each request and each generation, without prompt, key or client address', async () => {
    await easel.get('/image?prompt=Unspeakable', { headers: { 'CF-Connecting-IP': '198.51.100.9' } })
    await expect
      .poll(() => easel.log().filter(({ event }) => event === 'generation').length)
      .toBeGreaterThan(0)
    const lines = easel.log()

    expect(lines.findLast(({ event }) => event === 'request')).toEqual({
      event: 'request',
      method: 'GET',
      route: '/image',
      status: 200,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      cache: 'miss',
      duration_ms: expect.any(Number),
    })
    expect(lines.findLast(({ event }) => event === 'generation')).toEqual({
      event: 'generation',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      model: DEFAULT_MODEL,
      outcome: 'generated',
      path: expect.stringMatching(/^\/i\/[0-9a-f]{64}\.png$/),
      caller: 'anonymous',
      cost_usd: expect.any(Number),
      duration_ms: expect.any(Number),
    })
    expect(JSON.stringify(lines)).not.toMatch(/Unspeakable|198\.51\.100|sk-or|token-0123/)
  })
})
