import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

/** Seedream costs $0.04 an image at list price, and bills just that. */
const MODEL = 'bytedance-seed/seedream-4.5'
const PRICE_USD = 0.04

let easel: RunningEasel

async function start(vars: Record<string, string>): Promise<RunningEasel> {
  easel = await startEasel({ vars, emulator: { latencyMs: 50 } })
  return easel
}

describe('a budget for ten images', () => {
  beforeAll(() => start({ EASEL_DAILY_BUDGET_USD: String(10 * PRICE_USD) }))
  afterAll(() => easel.close())

  it('generates ten of a hundred that are asked for at once, and tells the others when it is renewed', async () => {
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, index) => easel.get(`/image?prompt=Image+${index}&model=${MODEL}`)),
    )
    const refused = responses.filter(({ status }) => status === 402)

    expect(responses.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(refused).toHaveLength(90)
    expect(easel.generations()).toHaveLength(10)
    const problem = (await refused[0]?.json()) as { code: string; detail: string }
    expect(problem.code).toBe('budget_exhausted')
    expect(problem.detail).toContain(nextMidnight().toISOString())
    const untilReset = (nextMidnight().getTime() - Date.now()) / 1000
    expect(Math.abs(Number(refused[0]?.headers.get('retry-after')) - untilReset)).toBeLessThan(10)
  })

  it('still shows what is there', async () => {
    const generated = easel.generations()[0]?.body as { messages: { content: string }[] }
    const prompt = generated.messages[0]?.content ?? ''
    const response = await easel.get(`/image?prompt=${encodeURIComponent(prompt)}&model=${MODEL}`)
    expect(response.status).toBe(200)
  })

  it('is there again on another day', async () => {
    await easel.ledger(`UPDATE spending SET day = '2020-01-01'`)
    const response = await easel.get(`/image?prompt=On+another+day&model=${MODEL}`)
    expect(response.status).toBe(200)
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
    expect(await easel.ledger('SELECT * FROM reservations')).toEqual([])
  })

  it('gets back what a failed generation had reserved', async () => {
    const before = await spent()
    easel.upstream.setFaults([{ status: 402, match: 'It fails' }])
    expect((await easel.get('/image?prompt=It+fails')).status).toBe(503)

    expect(await spent()).toBe(before)
    expect(await easel.ledger('SELECT * FROM reservations')).toEqual([])
  })

  it('counts the estimate for an image that may have been billed and never came', async () => {
    const before = await spent()
    easel.upstream.setFaults([{ status: 504, match: 'It may have cost' }])
    expect((await easel.get('/image?prompt=It+may+have+cost')).status).toBe(504)

    expect(await spent()).toBeGreaterThan(before)
    expect(await easel.ledger('SELECT * FROM reservations')).toEqual([])
  })

  it('refuses, without asking anyone, an image that would cost more than one may', async () => {
    const response = await easel.get('/image?prompt=Dear&model=sourceful/riverflow-v2-pro&image_size=4K')
    expect(response.status).toBe(402)
    expect(await response.json()).toMatchObject({
      code: 'budget_exhausted',
      detail: expect.stringMatching(/\$0\.33.*\$0\.20.*EASEL_MAX_COST_USD/),
    })
    expect(easel.generations('Dear')).toHaveLength(0)
  })
})

/** Of the token `constructor`, which is also what every object calls one of its properties. */
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

function nextMidnight(): Date {
  const day = new Date().toISOString().slice(0, 10)
  return new Date(Date.parse(day) + 86_400_000)
}

async function spent(): Promise<number> {
  const rows = (await easel.ledger('SELECT coalesce(sum(micro), 0) AS micro FROM spending')) as {
    micro: number
  }[]
  return (rows[0]?.micro ?? 0) / 1e6
}
