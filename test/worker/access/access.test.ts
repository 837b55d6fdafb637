import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUrl } from '../../../shared/url-signature.ts'
import {
  CREDENTIALS,
  type RunningEasel,
  SIGNING_KEY,
  startEasel,
  TOKENS,
} from '../../support/worker/easel.ts'

let easel: RunningEasel
/** How many generations there were when the last URL was signed. */
let generated = 0
const OLD_KEY = { kid: 'k0', secret: 'an-older-secret-0123456789' } as const
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

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

  it('generates for a token, and then shows the image to everybody', async () => {
    const path = '/image?prompt=For+a+token'
    const stranger = await easel.get(path)
    expect(stranger.status).toBe(401)
    expect(await stranger.json()).toMatchObject({
      code: 'unauthorized',
      detail: expect.stringContaining('POST /v1/sign'),
    })
    expect(easel.generations('For a token')).toHaveLength(0)

    expect((await easel.get(path, bearer(TOKENS.docs))).status).toBe(200)
    expect((await easel.get(path)).status).toBe(200)
    expect(easel.generations('For a token')).toHaveLength(1)
  })

  it('refuses a token that it doesn’t know, even where none is needed to generate', async () => {
    const response = await easel.get('/image?prompt=For+a+stranger', bearer('docs-token-0123456780'))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'forbidden' })
    expect(easel.generations('For a stranger')).toHaveLength(0)
  })

  it('generates for a signed URL, whatever the order of its parameters, and for an older key', async () => {
    for (const key of [SIGNING_KEY, OLD_KEY]) {
      const url = await signed(`/image?prompt=Signed+by+${key.kid}&aspect_ratio=3:2`, { key })
      const reordered = new URL(url)
      reordered.search = new URLSearchParams(Array.from(url.searchParams).toReversed()).toString()

      expect((await fetch(reordered)).status).toBe(200)
      expect(easel.generations(`Signed by ${key.kid}`)).toHaveLength(1)
    }
  })

  it.each([
    ['has expired', { expires: new Date(Date.now() - 1000) }, unchanged],
    ['is of an unknown key', { key: { kid: 'k9', secret: SIGNING_KEY.secret } }, unchanged],
    ['does not match', { key: { kid: 'k1', secret: OLD_KEY.secret } }, unchanged],
    ['is for another image', {}, (url: URL) => url.searchParams.set('prompt', 'Another')],
    ['is for one field less', {}, (url: URL) => url.searchParams.set('take', '2')],
    ['is for another time', {}, (url: URL) => url.searchParams.set('exp', '9999999999')],
    ['is malformed', {}, (url: URL) => url.searchParams.set('sig', 'nonsense')],
    ['is missing beside its key', {}, (url: URL) => url.searchParams.delete('sig')],
    ['has no time', {}, (url: URL) => url.searchParams.delete('exp')],
  ])('says so when a signature %s', async (what, options, tamper) => {
    const url = await signed(`/image?prompt=A+signature+that+${encodeURIComponent(what)}`, options)
    tamper(url)
    const response = await fetch(url)
    const problem = (await response.json()) as { code: string; detail: string }

    expect(response.status).toBe(403)
    expect(problem.code).toBe('forbidden')
    expect(problem.detail).toMatch(REASONS[what] ?? /never/)
    expect(problem.detail).not.toContain(SIGNING_KEY.secret)
    expect(easel.generations()).toHaveLength(generated)
  })

  it('POST /v1/sign makes URLs that work, for those with a token only', async () => {
    const body = { spec: { prompt: 'Made by sign', aspect_ratio: '3:2' }, expires_in: 60 }
    expect((await easel.post('/v1/sign', body)).status).toBe(401)
    const response = await easel.post('/v1/sign', body, bearer(TOKENS.docs))
    const { url, fingerprint, expires } = (await response.json()) as Record<string, string>

    expect(Date.parse(expires ?? '') - Date.now()).toBeGreaterThan(50_000)
    const generatedNow = await fetch(url ?? '')
    expect(generatedNow.status).toBe(200)
    expect(generatedNow.headers.get('content-location')).toBe(`/i/${fingerprint}.png`)
  })

  it('POST /v1/sign signs how an image is delivered, too', async () => {
    const { url = '' } = (await (await ask({ w: 320, format: 'webp' })).json()) as { url?: string }
    const tampered = new URL(url)
    tampered.searchParams.set('w', '2560')

    expect((await fetch(tampered)).status).toBe(403)
    expect((await fetch(url)).headers.get('content-type')).toBe('image/webp')
    const wrong = await ask({ w: 321 })
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { field: 'w' }])
  })

  it('generates with the models that are allowed, and names them otherwise', async () => {
    const response = await easel.get('/image?prompt=x&model=recraft/recraft-v3', bearer(TOKENS.docs))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ accepts: ['google/*', 'bytedance-seed/seedream-4.5'] })
  })
})

const REASONS: Readonly<Record<string, RegExp>> = {
  'has expired': /expired/,
  'is of an unknown key': /not known/,
  'does not match': /does not match/,
  'is for another image': /does not match/,
  'is for one field less': /does not match/,
  'is for another time': /does not match/,
  'is malformed': /malformed/,
  'is missing beside its key': /sig is missing/,
  'has no time': /exp is missing/,
}

describe('EASEL_ACCESS=private', () => {
  beforeAll(async () => {
    easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
  })
  afterAll(() => easel.close())

  it('shows nothing, generated or not, to those without a credential', async () => {
    const path = '/image?prompt=Private'
    const response = await easel.get(path, bearer(TOKENS.docs))
    const own = response.headers.get('content-location') ?? ''
    const signedOwn = await signUrl(new URL(own, easel.url), SIGNING_KEY, new Date(Date.now() + 60_000))

    expect(response.status).toBe(200)
    expect((await easel.get(path)).status).toBe(401)
    expect((await easel.get(own)).status).toBe(401)
    expect((await easel.get(own, bearer(TOKENS.ci))).status).toBe(200)
    expect((await fetch(signedOwn)).status).toBe(200)
  })
})

describe('a Worker that is not set up', () => {
  it.each([
    ['OPENROUTER_API_KEY', { OPENROUTER_API_KEY: undefined }],
    ['EASEL_TOKENS', { EASEL_ACCESS: 'signed', EASEL_SIGNING_KEYS: CREDENTIALS.EASEL_SIGNING_KEYS }],
    ['EASEL_SIGNING_KEYS', { EASEL_ACCESS: 'private', EASEL_TOKENS: CREDENTIALS.EASEL_TOKENS }],
    ['EASEL_TOKENS', { EASEL_TOKENS: 'docs:short' }],
    ['EASEL_DAILY_BUDGET_USD', { EASEL_DAILY_BUDGET_USD: 'five' }],
    ['EASEL_ACCESS', { EASEL_ACCESS: 'everybody' }],
  ])('says on the first request, and at /healthz, what to do about %s', async (variable, vars) => {
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

describe('the rate of new images', () => {
  it('is limited for an address, and what exists is shown all the same', async () => {
    const busy = await startEasel({ emulator: { faults: [{ status: 402 }] } })
    const from = { headers: { 'CF-Connecting-IP': '203.0.113.7' } }
    const statuses = await Promise.all(
      Array.from(
        { length: 120 },
        async (_, index) => (await busy.get(`/image?prompt=Busy+${index}`, from)).status,
      ),
    )
    busy.upstream.setFaults([])
    const other = await busy.get('/image?prompt=Somebody+else')
    const shown = await busy.get('/image?prompt=Somebody+else', from)
    await busy.close()

    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect(statuses.filter((status) => status === 503)).toHaveLength(100)
    expect([other.status, shown.status]).toEqual([200, 200])
  })
})

async function signed(
  path: string,
  {
    key = SIGNING_KEY,
    expires = new Date(Date.now() + 60_000),
  }: { key?: { kid: string; secret: string }; expires?: Date },
): Promise<URL> {
  generated = easel.generations().length
  return signUrl(new URL(path, easel.url), key, expires)
}

function ask(delivery: object): Promise<Response> {
  return easel.post('/v1/sign', { spec: { prompt: 'Signed and small' }, delivery }, bearer(TOKENS.docs))
}

function unchanged(_url: URL): void {}
