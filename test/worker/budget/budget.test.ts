import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

/** Seedream costs $0.04 an image at list price, and bills exactly that. */
const MODEL = 'bytedance-seed/seedream-4.5'
const PRICE_USD = 0.04
const MAIN = './test/support/workerd/ledger-worker.ts'
const DAY_MS = 86_400_000

let easel: RunningEasel

async function start(vars: Record<string, string>, main?: string): Promise<RunningEasel> {
  easel = await startEasel({ vars, emulator: { latencyMs: 50 }, ...(main !== undefined && { main }) })
  return easel
}

type Call = readonly [method: string, ...args: unknown[]]

/** Calls the ledger's object, all at once. */
async function call(...calls: Call[]): Promise<unknown[]> {
  return (await (await easel.post('/test/ledger', calls)).json()) as unknown[]
}

function reserveCall(id: string, usd = PRICE_USD, dailyUsd = 5): Call {
  return ['reserve', { id, fingerprint: id, usd, model: MODEL, lookedAt: Date.now() }, { dailyUsd }]
}

describe('a budget for ten images', () => {
  beforeAll(() => start({ EASEL_DAILY_BUDGET_USD: String(10 * PRICE_USD) }, MAIN))
  afterAll(() => easel.close())

  it('generates ten of a hundred that are requested at once, and tells the others when to retry', async () => {
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, index) => easel.get(`/image?prompt=Image+${index}&model=${MODEL}`)),
    )
    const refused = responses.filter(({ status }) => status === 402)

    expect(responses.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(refused).toHaveLength(90)
    expect(easel.generations()).toHaveLength(10)
    // While the ten are in flight, one of them may still fail and leave its money to another.
    const waits = refused.map(({ headers }) => Number(headers.get('retry-after')))
    expect(waits.every((seconds) => seconds === 5 || Math.abs(seconds - untilMidnight()) < 10)).toBe(true)
  })

  it('once it is spent, refuses until midnight', async () => {
    const refused = await easel.get(`/image?prompt=One+more&model=${MODEL}`)
    const problem = (await refused.json()) as { code: string; detail: string }

    expect(refused.status).toBe(402)
    expect(problem.code).toBe('budget_exhausted')
    expect(problem.detail).toContain(nextMidnight().toISOString())
    expect(Math.abs(Number(refused.headers.get('retry-after')) - untilMidnight())).toBeLessThan(10)
    expect(easel.generations()).toHaveLength(10)
  })

  it('still shows what is cached', async () => {
    const generated = easel.generations()[0]?.body as { messages: { content: string }[] }
    const prompt = generated.messages[0]?.content ?? ''
    const response = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}&model=${MODEL}`)
    expect(response.status).toBe(200)
  })

  it('generates again on another day', async () => {
    await call(['moveClock', DAY_MS])
    const response = await easel.get(`/image?prompt=On+another+day&model=${MODEL}`)
    await call(['moveClock', -DAY_MS])
    expect(response.status).toBe(200)
  })
})

describe('a budget for twenty images', () => {
  beforeAll(() => start({}, MAIN))
  afterAll(() => easel.close())

  it('grants exactly twenty of 500 reservations at once, also across a restart', async () => {
    const limitUsd = 20 * PRICE_USD
    const calls = Array.from({ length: 500 }, (_, n) => reserveCall(`at once ${n}`, PRICE_USD, limitUsd))
    const results = (await call(...calls)) as { granted: boolean; retryAfterSeconds?: number }[]
    const refused = results.filter(({ granted }) => !granted)

    expect(results.filter(({ granted }) => granted)).toHaveLength(20)
    expect(refused).toHaveLength(480)
    expect(new Set(refused.map(({ retryAfterSeconds }) => retryAfterSeconds))).toEqual(new Set([5]))
    await call(['crash'])
    expect(await call(reserveCall('after the restart', PRICE_USD, limitUsd))).toMatchObject([
      { granted: false, leftUsd: 0 },
    ])
    expect(await call(['use'])).toMatchObject([{ spentUsd: 0, reservedUsd: limitUsd }])
  })

  it('writes one row to reserve and two to settle, and deletes settled rows by the fifty', async () => {
    await call(['settle', 'at once 0', { usd: PRICE_USD, outcome: 'generated' }], ['takeRowsWritten'])

    await call(reserveCall('counted'))
    expect(await call(['takeRowsWritten'])).toEqual([1])
    await call(reserveCall('counted'))
    expect(await call(['takeRowsWritten'])).toEqual([0])
    await call(['settle', 'counted', { usd: 0.03, outcome: 'generated' }])
    expect(await call(['takeRowsWritten'])).toEqual([2])
    await call(['settle', 'counted', { usd: 0.03, outcome: 'generated' }])
    expect(await call(['takeRowsWritten'])).toEqual([0])

    const ids = Array.from({ length: 49 }, (_, n) => `batch ${n}`)
    await call(...ids.map((id) => reserveCall(id, 0.001)))
    await call(...ids.map((id): Call => ['settle', id, { usd: 0.001, outcome: 'generated' }]))
    expect(await call(['takeRowsWritten'])).toEqual([3 * 49])
    await call(['moveClock', 601_000])
    await call(reserveCall('last'))
    await call(['settle', 'last', { usd: 0.001, outcome: 'generated' }])
    await call(['moveClock', -601_000])
    expect(await call(['takeRowsWritten'])).toEqual([3 + 50])
  })
})

describe('the ledger', () => {
  beforeAll(() => start({ EASEL_DAILY_BUDGET_USD: '1', EASEL_MAX_COST_USD: '0.2' }))
  afterAll(() => easel.close())

  it('holds what OpenRouter billed once an image is generated, and nothing reserved', async () => {
    const before = await spent()
    const response = await easel.get('/image?prompt=A+bill')
    const cost = Number(response.headers.get('x-easel-cost-usd'))

    expect(cost).toBeGreaterThan(0)
    expect((await spent()) - before).toBeCloseTo(cost, 5)
    expect(await reserved()).toEqual([])
  })

  it('gives back what a failed generation had reserved', async () => {
    const before = await spent()
    easel.upstream.setFaults([{ status: 402, match: 'It fails' }])
    expect((await easel.get('/image?prompt=It+fails')).status).toBe(503)

    expect(await spent()).toBe(before)
    expect(await reserved()).toEqual([])
  })

  it('counts the reservation of an image that may have been billed and never came', async () => {
    const before = await spent()
    easel.upstream.setFaults([{ status: 504, lookupMisses: 99, match: 'It may have cost' }])
    expect((await easel.get('/image?prompt=It+may+have+cost')).status).toBe(424)

    expect(await spent()).toBeGreaterThan(before)
    expect(await reserved()).toEqual([])
  })

  it('is not asked about an image that would cost more than EASEL_MAX_COST_USD', async () => {
    const response = await easel.get('/image?prompt=Dear&model=sourceful/riverflow-v2-pro&image_size=4K')
    expect(response.status).toBe(402)
    expect(await response.json()).toMatchObject({
      code: 'budget_exhausted',
      detail: expect.stringMatching(/\$0\.33.*\$0\.20.*EASEL_MAX_COST_USD/),
    })
    expect(easel.generations('Dear')).toHaveLength(0)
  })
})

/** The token `constructor`, which is also the name of a property that every object has. */
const NAMED_LIKE_A_PROPERTY = 'property-token-0123456'

describe('a token’s own budget', () => {
  beforeAll(() =>
    start({
      ...CREDENTIALS,
      EASEL_TOKENS: `${CREDENTIALS.EASEL_TOKENS},constructor:${NAMED_LIKE_A_PROPERTY}`,
      EASEL_ACCESS: 'signed',
      EASEL_TOKEN_BUDGETS_USD: `docs:${2 * PRICE_USD}`,
    }),
  )
  afterAll(() => easel.close())

  it('stops that token, and no other', async () => {
    const ask = async (token: string, prompt: string) =>
      (
        await easel.get(`/image?prompt=${prompt}&model=${MODEL}`, {
          headers: { Authorization: `Bearer ${token}` },
        })
      ).status

    expect(await ask(TOKENS.docs, 'one')).toBe(200)
    expect(await ask(TOKENS.docs, 'two')).toBe(200)
    expect(await ask(TOKENS.docs, 'three')).toBe(402)
    expect(await ask(TOKENS.ci, 'three')).toBe(200)
    expect(await ask(NAMED_LIKE_A_PROPERTY, 'four')).toBe(200)
    expect(easel.generations()).toHaveLength(4)
  })
})

describe('a monthly budget', () => {
  beforeAll(() => start({ EASEL_MONTHLY_BUDGET_USD: String(PRICE_USD) }, MAIN))
  afterAll(() => easel.close())

  it('refuses once it is spent, until the first of the next month', async () => {
    expect((await easel.get(`/image?prompt=one&model=${MODEL}`)).status).toBe(200)
    const refused = await easel.get(`/image?prompt=two&model=${MODEL}`)
    const now = new Date()
    const reset = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))

    expect(refused.status).toBe(402)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining(reset.toISOString()) })
    expect(
      Math.abs(Number(refused.headers.get('retry-after')) - (reset.getTime() - Date.now()) / 1000),
    ).toBeLessThan(10)
    expect(easel.generations()).toHaveLength(1)
  })
})

describe('a budget whose thresholds are reached', () => {
  const secret = `whsec_${Buffer.from('thirty-two bytes that are secret').toString('base64')}`
  const received: { readonly headers: Record<string, string>; readonly body: string }[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body })
      response.writeHead(500).end()
    })
  })

  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    await start(
      {
        EASEL_DAILY_BUDGET_USD: String(2 * PRICE_USD),
        EASEL_ALERT_URL: `http://127.0.0.1:${port}/alerts`,
        EASEL_ALERT_SECRET: secret,
      },
      MAIN,
    )
  })
  afterAll(async () => {
    await easel.close()
    await new Promise((resolve) => receiver.close(resolve))
  })

  it('logs and sends one signed alert for each, and a receiver that fails harms no generation', async () => {
    expect((await easel.get(`/image?prompt=half&model=${MODEL}`)).status).toBe(200)
    await expect.poll(() => received).toHaveLength(1)
    await call(['crash'])
    expect((await easel.get(`/image?prompt=all&model=${MODEL}`)).status).toBe(200)
    await expect.poll(() => received).toHaveLength(2)

    const messages = received.map(({ headers, body }) => new Webhook(secret).verify(body, headers))
    const today = new Date().toISOString().slice(0, 10)
    const data = { limit: 'day', period: today, limit_usd: 0.08, resets_at: nextMidnight().toISOString() }
    expect(messages).toMatchObject([
      { type: 'budget.threshold_reached', data: { ...data, threshold_percent: 50, spent_usd: 0.04 } },
      { type: 'budget.threshold_reached', data: { ...data, threshold_percent: 100, spent_usd: 0.08 } },
    ])
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
    await expect
      .poll(() => easel.log().filter(({ event }) => event === 'budget'))
      .toMatchObject([{ threshold_percent: 50 }, { threshold_percent: 100 }])
    // Not accepted yet: both wait for another try.
    expect(await easel.ledger('SELECT tries FROM ledger_outbox')).toEqual([{ tries: 1 }, { tries: 1 }])
  })
})

function nextMidnight(): Date {
  const day = new Date().toISOString().slice(0, 10)
  return new Date(Date.parse(day) + DAY_MS)
}

/** Seconds. */
function untilMidnight(): number {
  return (nextMidnight().getTime() - Date.now()) / 1000
}

async function spent(): Promise<number> {
  const rows = (await easel.ledger('SELECT coalesce(sum(spent), 0) AS micro FROM ledger_history')) as {
    micro: number
  }[]
  return (rows[0]?.micro ?? 0) / 1e6
}

function reserved(): Promise<unknown> {
  return easel.ledger('SELECT * FROM ledger_reservations WHERE settled_at IS NULL')
}
