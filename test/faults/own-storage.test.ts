import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../emulator/index.ts'
import { bearer, CREDENTIALS, TOKENS } from '../support/worker/client.ts'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import { scene } from '../support/worker/scene.ts'

/** More writes than any of these generations has. */
const WRITES = [1, 2, 3, 4, 5, 6, 7, 8] as const

const GENERATIONS: Readonly<Record<string, { readonly response?: Fault; readonly refresh?: boolean }>> = {
  'a small image': {},
  'a large image': { response: { bytes: 6_000_000 } },
  'two images': { response: { images: 2 } },
  'an image that is regenerated': { refresh: true },
}

const CELLS = Object.entries(GENERATIONS).flatMap(([name, generation]) =>
  WRITES.map((n) => ({ name, n, ...generation, prompt: `${name}, write ${n}` })),
)

let easel: FaultyEasel
beforeAll(async () => {
  easel = await startFaultyEasel({
    main: './test/support/workerd/failing-storage-worker.ts',
    vars: { ...CREDENTIALS, EASEL_DAILY_BUDGET_USD: '1000' },
  })
  easel.upstream.setFaults(
    CELLS.flatMap(({ prompt, response }) => (response ? [{ ...response, match: prompt }] : [])),
  )
})
afterAll(() => easel.close())

describe('a job whose own storage fails at one write', () => {
  it.each(CELLS)('loses no image while R2 works: $name, write $n', async ({ prompt, n, refresh = false }) => {
    const { path, fingerprint, generations } = await scene(easel, prompt)
    if (refresh) await easel.get(path)
    await easel.get(`/test/fail-write?job=${fingerprint}&n=${n}`)
    const headers = { ...bearer(TOKENS.docs).headers, ...(refresh && { 'Cache-Control': 'no-cache' }) }

    const statuses: number[] = []
    while (statuses.at(-1) !== 200 && statuses.length < 3)
      statuses.push((await easel.get(path, { headers })).status)
    expect(statuses.at(-1)).toBe(200)
    expect(statuses.slice(0, -1).filter((status) => status !== 503)).toEqual([])
    expect(generations()).toBe(refresh ? 2 : 1)
    await easel.repeatAlarm(fingerprint)
    expect(await easel.jobStorage(fingerprint)).toEqual({ keys: [], tables: {}, alarm: null })
  })
})

describe('a job whose own storage fails while R2 refuses', () => {
  it('loses the image, says so, and buys no other by itself', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Nothing takes this fox')
    const { headers } = bearer(TOKENS.docs)
    const refusal = easel.faults.add({
      r2: { op: 'put', key: new RegExp(`${fingerprint}/0`), action: 'throw' },
    })
    // The first two say that the money is reserved, and that OpenRouter is asked.
    await easel.get(`/test/fail-write?job=${fingerprint}&n=3`)
    const first = await easel.get(path, { headers })
    refusal.lift()
    const second = await easel.get(path, { headers })

    expect(first.status).toBe(424)
    expect(await first.json()).toMatchObject({
      code: 'billing_unknown',
      detail: expect.stringContaining('it is lost') as string,
    })
    expect(second.status).toBe(424)
    expect(generations()).toBe(1)
    expect(
      await easel.ledger(`SELECT id FROM ledger_reservations
        WHERE fingerprint = '${fingerprint}' AND settled_at IS NULL`),
    ).toEqual([])

    const asked = await easel.get(path, { headers: { ...headers, 'Cache-Control': 'no-cache' } })
    expect(asked.status).toBe(200)
    expect(generations()).toBe(2)
  })
})
