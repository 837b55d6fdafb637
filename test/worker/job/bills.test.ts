import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../emulator/index.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

/** What the ledger says was spent in all, USD. */
async function spentUsd(): Promise<number> {
  const [row] = (await easel.ledger('SELECT coalesce(sum(spent), 0) AS micro FROM ledger_history')) as {
    micro: number
  }[]
  return (row?.micro ?? Number.NaN) / 1e6
}

describe('a budget for twenty images', () => {
  beforeAll(async () => {
    easel = await startEasel({ vars: { EASEL_DAILY_BUDGET_USD: '1.36' }, emulator: { latencyMs: 500 } })
  })
  afterAll(() => easel.close())

  it(
    'lets twenty of five hundred requests at once through, and the ledger equals the bills',
    { timeout: 120_000 },
    async () => {
      const statuses = await Promise.all(
        Array.from({ length: 500 }, async (_, n) => (await easel.get(`/image?prompt=Burst+${n}`)).status),
      )

      expect(statuses.filter((status) => status === 200)).toHaveLength(20)
      expect(statuses.filter((status) => status === 402)).toHaveLength(480)
      expect(easel.generations()).toHaveLength(20)
      expect(await spentUsd()).toBeCloseTo(easel.upstream.bills().total_usd, 4)
    },
  )
})

describe('any mixture of faults', () => {
  beforeAll(async () => {
    easel = await startEasel({ vars: { EASEL_DAILY_BUDGET_USD: '100', EASEL_TIMEOUT_SECONDS: '20' } })
  })
  afterAll(() => easel.close())

  it('leaves a ledger whose sum equals the sum of the bills to the cent', async () => {
    const faults: readonly Fault[] = [
      {},
      { noImage: true, text: 'No.' },
      { notAnImage: true },
      { images: 2, status: 502, inBand: true, afterImages: 1, billed: true },
      { cutAtByte: 2000 },
      { cutAt: 'betweenImages', images: 2 },
      { truncatedImage: true },
      { noDone: true },
      { status: 402 },
      { status: 504, billed: true },
      { status: 504, billed: false },
      { status: 429, times: 1, retryAfterSeconds: 0 },
      { byok: true },
      { refusal: true },
    ]
    easel.upstream.setFaults(faults.map((fault, n) => ({ ...fault, match: `Mixture ${n} ` })))
    await Promise.all(
      faults.flatMap((_, n) =>
        ['a', 'b', 'c'].map((which) =>
          easel.get(`/image?prompt=${encodeURIComponent(`Mixture ${n} ${which}`)}`),
        ),
      ),
    )

    expect(await easel.ledger('SELECT * FROM ledger_reservations WHERE settled_at IS NULL')).toEqual([])
    expect(await spentUsd()).toBeCloseTo(easel.upstream.bills().total_usd, 2)
  })

  it.each([
    ['negative', -5],
    ['no number', 'NaN'],
    ['absurd', 1e9],
  ] as const)(
    'with a cost that is %s neither reopens nor closes the budget, and is logged',
    async (name, cost) => {
      const before = await spentUsd()
      easel.upstream.setFaults([{ match: `Cost ${name}`, cost }])
      expect((await easel.get(`/image?prompt=Cost+${name.replace(' ', '+')}`)).status).toBe(200)

      const added = (await spentUsd()) - before
      expect(added).toBeGreaterThan(0.01)
      expect(added).toBeLessThanOrEqual(1)
      const line = easel.log().findLast(({ event }) => event === 'generation')
      // `NaN` is no JSON number, so it counts as a cost that wasn't reported.
      expect(line?.['suspicious_cost'] !== undefined).toBe(cost !== 'NaN')
    },
  )
})
