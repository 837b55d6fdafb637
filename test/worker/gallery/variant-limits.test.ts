import { readFileSync } from 'node:fs'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUntil } from '../../../shared/url-signature.ts'
import { bearer, CREDENTIALS, SIGNING_KEY, TOKENS } from '../../support/worker/easel.ts'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'
import { metadataOf, type ObservedEasel, startObservedEasel } from '../../support/worker/observed-easel.ts'

let easel: ObservedEasel

const LIMIT = 5

describe('making variants', () => {
  beforeAll(async () => {
    easel = await startObservedEasel({ vars: CREDENTIALS, config: limitedTo(LIMIT) })
  })
  afterAll(() => easel.close())

  it('is limited for one requester, and past the limit the original is served with the reason', async () => {
    const path = await easel.generate('A busy quay')
    const from = { headers: { 'CF-Connecting-IP': '203.0.113.7' } }
    const before = await easel.counts()
    const responses = await Promise.all(
      [320, 480, 640, 768, 960].flatMap((w) =>
        ['webp', 'jpeg'].map((format) => easel.get(`${path}?w=${w}&format=${format}`, from)),
      ),
    )
    const refused = responses.filter(({ headers }) => reasonOf(headers) === 'rate-limit')
    const madeByOne = (await easel.counts()).transformations - before.transformations
    const url = `${await easel.generate('A quiet quay')}?w=320`
    const mine = await easel.get(url, from)
    const withBadToken = await easel.get(url, {
      headers: { ...from.headers, ...bearer('made-up-token-0123456789').headers },
    })
    const byAnother = await easel.get(url, { headers: { 'CF-Connecting-IP': '203.0.113.8' } })
    const withToken = await easel.get(`${url}&format=webp`, {
      headers: { ...from.headers, ...bearer(TOKENS.docs).headers },
    })
    const cached = await easel.get(url, from)

    expect([madeByOne, refused.length]).toEqual([LIMIT, 10 - LIMIT])
    for (const response of [...refused, mine, withBadToken]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('x-easel-variant')).toBe('original; reason=rate-limit')
      // Nobody else's cache may serve it.
      expect(response.headers.get('cache-control')).toBe('private, max-age=60')
      expect((await metadataOf(response)).width).toBe(1024)
    }
    for (const response of [byAnother, withToken, cached])
      expect((await metadataOf(response)).width).toBe(320)
  })

  it('is limited for each requester behind the edge’s cache, too, and the cache keeps no refusal', async () => {
    const edge = await startObservedEasel({ vars: { TEST_EDGE_CACHE: 'yes' }, config: limitedTo(1) })
    const path = await edge.generate('A quay at the edge')
    const get = async (w: number, address: string) => {
      const { headers } = await edge.get(`${path}?w=${w}`, { headers: { 'CF-Connecting-IP': address } })
      return [reasonOf(headers), headers.get('cf-cache-status')]
    }
    const seen = [
      await get(320, '203.0.113.7'),
      await get(480, '203.0.113.7'),
      await get(480, '203.0.113.7'),
      await get(480, '203.0.113.8'),
      await get(480, '203.0.113.7'),
    ]
    await edge.close()

    expect(seen).toEqual([
      [undefined, 'MISS'],
      ['rate-limit', 'MISS'],
      ['rate-limit', 'MISS'],
      [undefined, 'MISS'],
      [undefined, 'HIT'],
    ])
  })

  it('is limited to 300 a minute where wrangler.toml is as it came', () => {
    const { ratelimits } = parseToml(readFileSync('wrangler.toml', 'utf8'))

    expect(ratelimits).toContainEqual(
      expect.objectContaining({ name: 'VARIANT_LIMIT', simple: { limit: 300, period: 60 } }),
    )
  })

  it('takes two reads of R2, and serving one takes one', async () => {
    const url = `${await easel.generate('A counted quay')}?w=320&format=webp&q=60`
    const before = (await easel.counts()).reads.length
    await (await easel.get(url)).arrayBuffer()
    const made = (await easel.counts()).reads.length
    await (await easel.get(url)).arrayBuffer()

    expect(made - before).toBe(2)
    expect((await easel.counts()).reads.length - made).toBe(1)
  })

  it('is done for six qualities and the configured widths only', async () => {
    const path = await easel.generate('A rounded quay')
    const before = await easel.counts()
    const seen = new Set<string | null>()
    for (const q of [1, 10, 49, 50])
      seen.add((await easel.get(`${path}?format=webp&q=${q}`)).headers.get('etag'))
    for (const w of [1, 319, 320])
      seen.add((await easel.get(`${path}?format=webp&q=50&w=${w}`)).headers.get('etag'))

    expect(seen.size).toBe(2)
    expect((await easel.counts()).transformations - before.transformations).toBe(2)
  })
})

describe('EASEL_DAILY_VARIANTS', () => {
  beforeAll(async () => {
    easel = await startObservedEasel({ vars: { ...CREDENTIALS, EASEL_DAILY_VARIANTS: '3' } })
  })
  afterAll(() => easel.close())

  it('limits the variants of a day for everybody, and after it the original is served with the reason', async () => {
    const path = await easel.generate('A daily quay')
    const crowd = await Promise.all(Array.from({ length: 30 }, () => easel.get(`${path}?w=320`)))
    const statuses = []
    for (const w of [480, 640, 768, 960]) statuses.push(await easel.get(`${path}?w=${w}`))
    const withToken = await easel.get(`${path}?format=jpeg`, bearer(TOKENS.docs))
    const cached = await easel.get(`${path}?w=640`)

    expect(new Set(crowd.map(({ headers }) => reasonOf(headers)))).toEqual(new Set([undefined]))
    expect(statuses.map(({ headers }) => reasonOf(headers))).toEqual([
      undefined,
      undefined,
      'daily-limit',
      'daily-limit',
    ])
    for (const response of [...statuses.slice(2), withToken]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('x-easel-variant')).toBe('original; reason=daily-limit')
      expect(response.headers.get('cache-control')).toBe('public, max-age=60')
      expect(await metadataOf(response)).toMatchObject({ width: 1024, format: 'png' })
    }
    expect((await metadataOf(cached)).width).toBe(640)
    expect((await easel.counts()).transformations).toBe(3)
  })

  it('is not used up by HEAD, by originals, or by what needs no transformation', async () => {
    const roomy = await startObservedEasel({ vars: { EASEL_DAILY_VARIANTS: '1' } })
    const path = await roomy.generate('An idle quay')
    for (const w of [320, 640]) await roomy.get(`${path}?w=${w}`, { method: 'HEAD' })
    for (const query of ['', '?w=1200', '?format=png', '?q=50', '?format=auto']) await roomy.get(path + query)
    const first = await roomy.get(`${path}?w=320`)
    const second = await roomy.get(`${path}?w=480`)
    await roomy.close()

    expect([first, second].map(({ headers }) => reasonOf(headers))).toEqual([undefined, 'daily-limit'])
  })
})

describe('when the ledger can’t count a variant', () => {
  let faulty: FaultyEasel

  beforeAll(async () => {
    faulty = await startFaultyEasel()
  })
  afterAll(() => faulty.close())

  it.each(['throw', 'stall'] as const)('(%s), none is made, and the next request works', async (action) => {
    const { headers } = await faulty.get(`/image?prompt=An+uncounted+quay,+${action}`)
    const url = `${headers.get('content-location') ?? ''}?w=320`
    faulty.faults.set({ ledger: { op: 'takeVariant', action } })
    const refused = await faulty.get(url)
    faulty.faults.clear()
    const made = await faulty.get(url)

    expect([refused.status, reasonOf(refused.headers)]).toEqual([200, 'failed'])
    expect(refused.headers.get('cache-control')).toBe('public, max-age=60')
    expect([made.status, reasonOf(made.headers)]).toEqual([200, undefined])
  })
})

describe('a variant in private mode', () => {
  beforeAll(async () => {
    easel = await startObservedEasel({
      vars: { ...CREDENTIALS, EASEL_ACCESS: 'private', EASEL_DAILY_VARIANTS: '1' },
    })
  })
  afterAll(() => easel.close())

  it('is as private as its original, made or not', async () => {
    const generated = await easel.get('/image?prompt=A+private+quay', bearer(TOKENS.docs))
    const path = generated.headers.get('content-location') ?? ''
    const before = await easel.counts()
    const refused = await Promise.all(['GET', 'HEAD'].map((method) => easel.get(`${path}?w=320`, { method })))
    expect((await easel.counts()).transformations).toBe(before.transformations)

    const made = await easel.get(`${path}?w=320`, bearer(TOKENS.docs))
    const fallback = await easel.get(`${path}?w=480`, bearer(TOKENS.docs))
    const withSignature = await signUntil(
      new URL(`${path}?w=320`, easel.url),
      SIGNING_KEY,
      new Date(Date.now() + 60_000),
    )
    const larger = new URL(withSignature)
    larger.searchParams.set('w', '480')

    expect(refused.map(({ status }) => status)).toEqual([401, 401])
    expect((await easel.get(`${path}?w=320`)).status).toBe(401)
    expect([made.status, made.headers.get('cache-control')]).toEqual([
      200,
      'private, max-age=86400, stale-while-revalidate=604800',
    ])
    expect([reasonOf(fallback.headers), fallback.headers.get('cache-control')]).toEqual([
      'daily-limit',
      'private, max-age=60',
    ])
    expect((await fetch(withSignature)).status).toBe(200)
    expect((await fetch(larger)).status).toBe(403)
  })
})

function limitedTo(limit: number) {
  return {
    ratelimits: [{ name: 'VARIANT_LIMIT', namespace_id: '8788', simple: { limit, period: 60 } }],
  }
}

function reasonOf(headers: Headers): string | undefined {
  return /reason=(.+)/.exec(headers.get('x-easel-variant') ?? '')?.[1]
}
