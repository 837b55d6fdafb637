import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpuMs, workerdProcesses } from '../../../bench/support/processes.ts'
import { type ConfiguredEasel, startConfiguredEasel } from '../../support/worker/configured-easel.ts'
import { postUnfinished } from '../../support/worker/client.ts'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'

const MODEL = 'google/gemini-2.5-flash-image'
const CONFIG = `version: 1\nimages:\n  - { path: a.png, prompt: Listed, model: ${MODEL} }\n`
const LARGE_BYTES = 24_000_000

const bodyOf = (prompt: string) => ({
  '/v1/images': { prompt, model: MODEL },
  '/v1/sign': { spec: { prompt, model: MODEL } },
  '/api/v1/images': { prompt, model: MODEL },
  '/api/v1/chat/completions': {
    model: MODEL,
    modalities: ['image', 'text'],
    messages: [{ role: 'user', content: prompt }],
  },
})
const PATHS = Object.keys(bodyOf('')) as (keyof ReturnType<typeof bodyOf>)[]

describe.each(['signed', 'listed', 'private'])('EASEL_ACCESS=%s', (mode) => {
  let easel: ConfiguredEasel

  beforeAll(async () => {
    easel = await startConfiguredEasel(
      { 'easel.yml': CONFIG },
      { ...CREDENTIALS, EASEL_ACCESS: mode },
      './test/support/workerd/gate-worker.ts',
    )
  })
  afterAll(() => easel.close())

  const uses = async () => (await (await easel.get('/test/uses')).json()) as string[]

  it.each(
    PATHS.flatMap((path) => {
      const forbidden = path.startsWith('/api') ? 401 : 403
      return [
        [path, 'no credential', 401, {}],
        [path, 'an unknown token', forbidden, { Authorization: 'Bearer docs-token-0123456780' }],
        [path, 'another scheme', 401, { Authorization: 'Basic ZG9jczpkb2Nz' }],
        [`${path}?sig=AAAA&exp=9999999999&kid=k1`, 'a signature, which is for GET', 401, {}],
      ] as const
    }),
  )('refuses POST %s with %s and doesn’t read its body', async (path, _credential, status, headers) => {
    await uses()
    const response = await postUnfinished(new URL(path, easel.url), LARGE_BYTES, {
      'Content-Type': 'application/json',
      ...headers,
    })

    expect(response.status).toBe(status)
    expect(response.headers.has('www-authenticate')).toBe(status === 401)
    expect(await uses()).toEqual([])
    expect(easel.generations()).toHaveLength(0)
  })

  it('refuses a POST without a token whether the image is cached, listed, or neither', async () => {
    const cached = await easel.post('/v1/images', bodyOf('Cached')['/v1/images'], bearer(TOKENS.docs))
    expect(cached.status).toBe(200)
    const { url } = (await cached.json()) as { url: string }
    await uses()

    for (const prompt of ['Cached', 'Listed', 'Neither']) {
      const statuses = await Promise.all(
        PATHS.map(async (path) => (await easel.post(path, bodyOf(prompt)[path])).status),
      )
      expect(statuses).toEqual([401, 401, 401, 401])
    }
    expect(await uses()).toEqual([])
    expect(easel.generations()).toHaveLength(1)

    const everybody = await easel.get(new URL(url).pathname)
    expect(everybody.status).toBe(mode === 'private' ? 401 : 200)
  })

  it.each([
    ['GET', '/v1/images'],
    ['GET', '/v1/usage'],
    ['DELETE', `/v1/images/${'0'.repeat(64)}`],
  ])('refuses %s %s without a token, and uses nothing for it', async (method, path) => {
    await uses()
    const response = await easel.get(path, { method })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Easel"'])
    expect(await uses()).toEqual([])
  })

  it('spends at most 5 ms of processor time on a refusal', async () => {
    const workerd = workerdProcesses()
    const cpuOf = async (send: () => Promise<Response>) => {
      for (let warmUp = 0; warmUp < 20; warmUp++) await (await send()).arrayBuffer()
      const before = cpuMs(workerd)
      for (let time = 0; time < 100; time++) await (await send()).arrayBuffer()
      return (cpuMs(workerd) - before) / 100
    }
    // The platform's own share.
    const platform = await cpuOf(() => easel.get('/openapi.json/nothing'))
    const refusal = await cpuOf(() => easel.post('/v1/images', bodyOf('x')['/v1/images']))
    expect(refusal - platform).toBeLessThanOrEqual(5)
  })
})
