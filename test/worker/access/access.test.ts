import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUntil } from '../../../shared/url-signature.ts'
import {
  bearer,
  CREDENTIALS,
  type RunningEasel,
  SIGNING_KEY,
  startEasel,
  TOKENS,
} from '../../support/worker/easel.ts'

let easel: RunningEasel
/** Generations so far, when the last URL was signed. */
let generatedBefore = 0
const NO_MATCH = /does not match/
const OLD_KEY = { kid: 'k0', secret: 'an-older-secret-0123456789' } as const

describe('EASEL_ACCESS=signed', () => {
  beforeAll(async () => {
    easel = await startEasel({
      vars: {
        ...CREDENTIALS,
        EASEL_ACCESS: 'signed',
        EASEL_SIGNING_KEYS: `${CREDENTIALS.EASEL_SIGNING_KEYS},${OLD_KEY.kid}:${OLD_KEY.secret}`,
        EASEL_ALLOWED_MODELS: 'google/*,bytedance-seed/seedream-4.5',
      },
    })
  })
  afterAll(() => easel.close())

  it('generates with a token, and then serves the image to everybody', async () => {
    const path = '/image?prompt=For+a+token'
    const anonymous = await easel.get(path)
    expect(anonymous.status).toBe(401)
    expect(await anonymous.json()).toMatchObject({
      code: 'unauthorized',
      detail: expect.stringContaining('POST /v1/sign'),
    })
    expect(easel.generations('For a token')).toHaveLength(0)

    expect((await easel.get(path, bearer(TOKENS.docs))).status).toBe(200)
    expect((await easel.get(path)).status).toBe(200)
    expect(easel.generations('For a token')).toHaveLength(1)
  })

  it('refuses a request with an unknown token, and generates nothing', async () => {
    const response = await easel.get('/image?prompt=Unknown+token', bearer('docs-token-0123456780'))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'forbidden' })
    expect(easel.generations('Unknown token')).toHaveLength(0)
  })

  it('generates for a signed URL with its parameters in any order, signed with the current key or an older one', async () => {
    for (const key of [SIGNING_KEY, OLD_KEY]) {
      const url = await signed(`/image?prompt=Signed+by+${key.kid}&aspect_ratio=3:2`, { key })
      const reordered = new URL(url)
      reordered.search = new URLSearchParams(Array.from(url.searchParams).toReversed()).toString()

      expect((await fetch(reordered)).status).toBe(200)
      expect(easel.generations(`Signed by ${key.kid}`)).toHaveLength(1)
    }
  })

  it.each([
    ['has expired', { expires: new Date(Date.now() - 1000) }, unchanged, /expired/],
    ['names an unknown key', { key: { kid: 'k9', secret: SIGNING_KEY.secret } }, unchanged, /unknown key/],
    ['was made with another secret', { key: { kid: 'k1', secret: OLD_KEY.secret } }, unchanged, NO_MATCH],
    ['is for another image', {}, (url: URL) => url.searchParams.set('prompt', 'Another'), NO_MATCH],
    ['is for a spec with one field less', {}, (url: URL) => url.searchParams.set('take', '2'), NO_MATCH],
    ['is for another expiry', {}, (url: URL) => url.searchParams.set('exp', '9999999999'), NO_MATCH],
    ['is malformed', {}, (url: URL) => url.searchParams.set('sig', 'nonsense'), /malformed/],
    ['is missing', {}, (url: URL) => url.searchParams.delete('sig'), /sig is missing/],
    ['has no expiry', {}, (url: URL) => url.searchParams.delete('exp'), /exp is missing/],
  ])('refuses a URL whose signature %s, and says why', async (what, options, tamper, reason) => {
    const url = await signed(`/image?prompt=A+signature+that+${encodeURIComponent(what)}`, options)
    tamper(url)
    const response = await fetch(url)
    const problem = (await response.json()) as { code: string; detail: string }

    expect(response.status).toBe(403)
    expect(problem.code).toBe('forbidden')
    expect(problem.detail).toMatch(reason)
    expect(problem.detail).not.toContain(SIGNING_KEY.secret)
    expect(easel.generations()).toHaveLength(generatedBefore)
  })

  it('POST /v1/sign takes a token and returns a URL that works', async () => {
    const body = { spec: { prompt: 'Signed by Easel', aspect_ratio: '3:2' }, expires_in: 60 }
    expect((await easel.post('/v1/sign', body)).status).toBe(401)
    const response = await easel.post('/v1/sign', body, bearer(TOKENS.docs))
    const { url, fingerprint, expires } = (await response.json()) as Record<string, string>

    expect(Date.parse(expires ?? '') - Date.now()).toBeGreaterThan(50_000)
    const image = await fetch(url ?? '')
    expect(image.status).toBe(200)
    expect(image.headers.get('content-location')).toBe(`/i/${fingerprint}.png`)
  })

  it('POST /v1/sign signs the delivery parameters as well', async () => {
    const { url = '' } = (await (await sign({ w: 320, format: 'webp' })).json()) as { url?: string }
    const tampered = new URL(url)
    tampered.searchParams.set('w', '2560')

    expect((await fetch(tampered)).status).toBe(403)
    expect((await fetch(url)).headers.get('content-type')).toBe('image/webp')
    const wrong = await sign({ w: 8193 })
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { field: 'w' }])
  })

  it('refuses a model that is not allowed, and lists those that are', async () => {
    const response = await easel.get('/image?prompt=x&model=recraft/recraft-v3', bearer(TOKENS.docs))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ accepts: ['google/*', 'bytedance-seed/seedream-4.5'] })
  })
})

describe('EASEL_ACCESS=private', () => {
  beforeAll(async () => {
    easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
  })
  afterAll(() => easel.close())

  it('serves nothing without a credential, cached or not', async () => {
    const path = '/image?prompt=Private'
    const response = await easel.get(path, bearer(TOKENS.docs))
    const location = response.headers.get('content-location') ?? ''
    const signedLocation = await signUntil(
      new URL(location, easel.url),
      SIGNING_KEY,
      new Date(Date.now() + 60_000),
    )

    expect(response.status).toBe(200)
    expect((await easel.get(path)).status).toBe(401)
    expect((await easel.get(location)).status).toBe(401)
    expect((await easel.get(location, bearer(TOKENS.ci))).status).toBe(200)
    expect((await fetch(signedLocation)).status).toBe(200)
  })
})

describe('a misconfigured Worker', () => {
  it.each([
    ['OPENROUTER_API_KEY', { OPENROUTER_API_KEY: undefined }],
    ['EASEL_TOKENS', { EASEL_ACCESS: 'signed', EASEL_SIGNING_KEYS: CREDENTIALS.EASEL_SIGNING_KEYS }],
    ['EASEL_SIGNING_KEYS', { EASEL_ACCESS: 'private', EASEL_TOKENS: CREDENTIALS.EASEL_TOKENS }],
    ['EASEL_TOKENS', { EASEL_TOKENS: 'docs:short' }],
    ['EASEL_DAILY_BUDGET_USD', { EASEL_DAILY_BUDGET_USD: 'five' }],
    ['EASEL_ACCESS', { EASEL_ACCESS: 'everybody' }],
  ])('says what is wrong with %s, on the first request and at /healthz', async (variable, vars) => {
    const bare = await startEasel({ vars })
    const [first, health] = await Promise.all(
      ['/image?prompt=x', '/healthz'].map(async (path) => {
        const response = await bare.get(path)
        return { status: response.status, body: await response.json() }
      }),
    )
    await bare.close()

    expect(first?.status).toBe(503)
    expect(first?.body).toMatchObject({
      code: 'misconfigured',
      detail: expect.stringContaining(variable),
    })
    expect(health?.status).toBe(503)
    expect(health?.body).toMatchObject({
      status: 'failing',
      checks: { settings: expect.stringContaining(variable) },
    })
  })
})

describe('the rate limit on new images', () => {
  it('applies to one address, and never to cached images', async () => {
    const busy = await startEasel({
      vars: { EASEL_DAILY_BUDGET_USD: '50' },
      emulator: { faults: [{ status: 402 }] },
    })
    const from = { headers: { 'CF-Connecting-IP': '203.0.113.7' } }
    const statuses = await Promise.all(
      Array.from(
        { length: 120 },
        async (_, index) => (await busy.get(`/image?prompt=Busy+${index}`, from)).status,
      ),
    )
    busy.upstream.setFaults([])
    const other = await busy.get('/image?prompt=From+elsewhere')
    const cached = await busy.get('/image?prompt=From+elsewhere', from)
    await busy.close()

    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect(statuses.filter((status) => status === 503)).toHaveLength(100)
    expect([other.status, cached.status]).toEqual([200, 200])
  })
})

async function signed(
  path: string,
  {
    key = SIGNING_KEY,
    expires = new Date(Date.now() + 60_000),
  }: { key?: { kid: string; secret: string }; expires?: Date },
): Promise<URL> {
  generatedBefore = easel.generations().length
  return signUntil(new URL(path, easel.url), key, expires)
}

function sign(delivery: object): Promise<Response> {
  return easel.post('/v1/sign', { spec: { prompt: 'Signed and small' }, delivery }, bearer(TOKENS.docs))
}

function unchanged(_url: URL): void {}
