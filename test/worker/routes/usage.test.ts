import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

const MODEL = 'bytedance-seed/seedream-4.5'
const PRICE_USD = 0.04
const DAY_MS = 86_400_000
const bearer = { headers: { Authorization: `Bearer ${TOKENS.docs}` } }

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({
    vars: {
      ...CREDENTIALS,
      EASEL_ACCESS: 'signed',
      EASEL_DAILY_BUDGET_USD: '2',
      EASEL_MONTHLY_BUDGET_USD: '20',
    },
  })
})
afterAll(() => easel.close())

/** @param days  before today */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
}

async function usage(query = '', init: RequestInit = bearer) {
  const response = await easel.get(`/v1/usage${query}`, init)
  return { status: response.status, headers: response.headers, body: await response.json() }
}

function totals(spent_usd: number, generated: number, { unknown = 0, failed = 0 } = {}) {
  return { spent_usd, generated, unknown, failed }
}

const NO_HITS = { hits: 0, saved_usd: 0 }

async function hits(): Promise<readonly number[]> {
  const { hits: count, saved_usd } = (await usage(`?from=${daysAgo(0)}`)).body as {
    hits: number
    saved_usd: number
  }
  return [count, saved_usd]
}

async function expectOk(response: Response): Promise<void> {
  expect(response.status).toBe(200)
  await response.arrayBuffer()
}

describe('GET /v1/usage', () => {
  it('tells who has a token what was generated, what it cost and what is left', async () => {
    expect((await easel.get(`/image?prompt=one&model=${MODEL}`, bearer)).status).toBe(200)
    easel.upstream.setFaults([{ status: 402, match: 'It fails' }])
    expect((await easel.get(`/image?prompt=It+fails&model=${MODEL}`, bearer)).status).toBe(503)
    // As if it had been three days ago, by a signed URL.
    await easel.ledger(
      `INSERT INTO ledger_history VALUES ('${daysAgo(3)}', '', 'another/model', 100000, 2, 1, 0)`,
    )

    const { status, headers, body } = await usage(`?from=${daysAgo(3)}`)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      from: daysAgo(3),
      to: daysAgo(0),
      ...totals(0.14, 3, { unknown: 1, failed: 1 }),
      ...NO_HITS,
      days: [
        { date: daysAgo(3), ...totals(0.1, 2, { unknown: 1 }), ...NO_HITS },
        { date: daysAgo(2), ...totals(0, 0), ...NO_HITS },
        { date: daysAgo(1), ...totals(0, 0), ...NO_HITS },
        { date: daysAgo(0), ...totals(PRICE_USD, 1, { failed: 1 }), ...NO_HITS },
      ],
      models: [
        { model: 'another/model', ...totals(0.1, 2, { unknown: 1 }) },
        { model: MODEL, ...totals(PRICE_USD, 1, { failed: 1 }) },
      ],
      tokens: [
        { token: null, ...totals(0.1, 2, { unknown: 1 }) },
        { token: 'docs', ...totals(PRICE_USD, 1, { failed: 1 }) },
      ],
      budget: {
        daily_usd: 2,
        monthly_usd: 20,
        spent_today_usd: PRICE_USD,
        spent_month_usd: expect.any(Number),
        reserved_usd: 0,
        resets_at: new Date(Date.parse(daysAgo(0)) + DAY_MS).toISOString(),
      },
    })
  })

  it('is of the last 30 days unless a period is given, whose days are both included', async () => {
    expect((await usage()).body).toMatchObject({ from: daysAgo(29), to: daysAgo(0) })
    expect((await usage(`?to=${daysAgo(3)}`)).body).toMatchObject({
      from: daysAgo(32),
      to: daysAgo(3),
      generated: 2,
    })
    const { body } = await usage('?from=2026-02-28&to=2026-02-28')
    expect(body).toMatchObject({
      spent_usd: 0,
      days: [{ date: '2026-02-28', ...totals(0, 0), ...NO_HITS }],
      models: [],
      tokens: [],
    })
  })

  it('covers 400 days and no more', async () => {
    const { status, body } = await usage(`?from=${daysAgo(399)}`)
    expect([status, (body as { days: unknown[] }).days.length]).toEqual([200, 400])
    expect(await usage(`?from=${daysAgo(400)}`)).toMatchObject({ status: 400, body: { field: 'from' } })
  })

  it.each([
    ['?from=yesterday', 'from', /day such as 2026-11-22/],
    ['?to=2026-02-30', 'to', /day such as 2026-11-22/],
    ['?to=2026-1-2', 'to', /day such as 2026-11-22/],
    ['?to=', 'to', /day such as 2026-11-22/],
    ['?from=2026-02-02&to=2026-02-01', 'from', /not be after/],
    ['?from=2026-02-01&from=2026-02-02', 'from', /once/],
    ['?since=2026-02-01', 'since', /from and to/],
  ])('refuses %s, naming %s', async (query, field, detail) => {
    expect(await usage(query)).toMatchObject({
      status: 400,
      body: { code: 'invalid_spec', field, detail: expect.stringMatching(detail) },
    })
  })

  it('tells nothing to those without a token', async () => {
    expect(await usage('', {})).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    const stranger = { headers: { Authorization: 'Bearer docs-token-0123456780' } }
    expect(await usage('?from=nonsense', stranger)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
  })
})

describe('hits', () => {
  it('are counted with what generating their images had cost, however they are requested', async () => {
    const spec = { prompt: 'Counted', model: MODEL }
    const generated = await easel.post('/v1/images', spec, bearer)
    const { url, fingerprint } = (await generated.json()) as { url: string; fingerprint: string }
    const path = new URL(url).pathname
    const before = await hits()
    const served: readonly (readonly [string, RequestInit?])[] = [
      [`/image?prompt=Counted&model=${MODEL}`],
      [path],
      [`${path}?w=320&format=webp`],
      [`${path}?w=320&format=webp`],
    ]
    for (const [at, init] of served) await expectOk(await easel.get(at, init))
    const { headers } = await easel.get(path)
    const known = { headers: { 'If-None-Match': headers.get('etag') ?? '' } }
    expect((await easel.get(path, known)).status).toBe(304)
    await expectOk(await easel.post('/v1/images', spec, bearer))
    await expectOk(await easel.post('/api/v1/images', spec, bearer))
    expect(await hits()).toEqual([(before[0] ?? 0) + 8, expect.closeTo((before[1] ?? 0) + 8 * PRICE_USD, 6)])
    expect(Array.from(headers.keys())).not.toContain('x-easel-image-cost-usd')

    // None of these is another image served.
    await easel.get(path, { method: 'HEAD' })
    await easel.get(path, { headers: { Range: 'bytes=0-99' } })
    await easel.get(`/v1/images/${fingerprint}`)
    await easel.get(`/i/${'0'.repeat(64)}.png`)
    await easel.get('/image?prompt=Never+generated')
    expect(await hits()).toEqual([(before[0] ?? 0) + 8, expect.closeTo((before[1] ?? 0) + 8 * PRICE_USD, 6)])
  })

  it('of an image save its share of what all images of its generation cost', async () => {
    const spec = { prompt: 'Four of them', model: 'openai/gpt-image-1', quality: 'low', n: 4 }
    const { images, cost_usd } = (await (await easel.post('/v1/images', spec, bearer)).json()) as {
      images: { url: string }[]
      cost_usd: number
    }
    const [count = 0, saved = 0] = await hits()
    for (const { url } of images) await expectOk(await easel.get(new URL(url).pathname))
    expect(images).toHaveLength(4)
    expect(await hits()).toEqual([count + 4, expect.closeTo(saved + cost_usd, 6)])
  })
})

describe('GET /healthz', () => {
  it('names the ledger when it is what fails, and recovers within ten seconds', async () => {
    await easel.ledger('ALTER TABLE ledger_history RENAME TO lost')
    const failing = await easel.get('/healthz')
    await easel.ledger('ALTER TABLE lost RENAME TO ledger_history')

    expect(failing.status).toBe(503)
    expect(await failing.json()).toEqual({
      status: 'failing',
      checks: {
        r2: 'ok',
        openrouter: 'ok',
        ledger: expect.stringContaining('no new image can be generated'),
      },
    })
    const status = async () => (await easel.get('/healthz')).status
    await expect.poll(status, { timeout: 15_000, interval: 500 }).toBe(200)
  })
})
