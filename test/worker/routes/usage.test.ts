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
      days: [
        { date: daysAgo(3), ...totals(0.1, 2, { unknown: 1 }) },
        { date: daysAgo(2), ...totals(0, 0) },
        { date: daysAgo(1), ...totals(0, 0) },
        { date: daysAgo(0), ...totals(PRICE_USD, 1, { failed: 1 }) },
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
      days: [{ date: '2026-02-28', ...totals(0, 0) }],
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
