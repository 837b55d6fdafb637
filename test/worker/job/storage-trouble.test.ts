import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/client.ts'
import { startEasel } from '../../support/worker/easel.ts'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'
import type { FaultRules } from '../../support/worker/fault-rules.ts'
import { scene } from '../../support/worker/scene.ts'

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({ vars: CREDENTIALS })
})

afterEach(() => easel.faults.clear())
afterAll(() => easel.close())

const READS: FaultRules = {
  r2: [
    { op: 'get', action: 'throw' },
    { op: 'head', action: 'throw' },
  ],
}

/** Longer than any response may take once Easel knows that storage fails, milliseconds. */
const SOON_MS = 5000

async function timed(request: Promise<Response>): Promise<{ response: Response; ms: number }> {
  const start = performance.now()
  const response = await request
  return { response, ms: performance.now() - start }
}

describe('when R2 can’t be read', () => {
  it.each([
    ['an image', '/image?prompt=Unread'],
    ['a variant', '/image?prompt=Unread&w=320'],
    ['an image by fingerprint', `/i/${'a'.repeat(64)}.png`],
    ['a manifest', `/v1/images/${'a'.repeat(64)}`],
  ])('%s is a 503 at once, and nothing is generated', async (_what, path) => {
    easel.faults.set(READS)
    const { response, ms } = await timed(easel.get(path))

    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'storage_failed' })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(ms).toBeLessThan(SOON_MS)
    expect(easel.generations()).toHaveLength(0)
  })

  it('the list is a 503, too', async () => {
    easel.faults.set({ r2: { op: 'list', action: 'throw' } })
    const response = await easel.get('/v1/images', bearer(TOKENS.docs))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'storage_failed' })
  })
})

describe('when the ledger', () => {
  it.each(['throw', 'stall'] as const)(
    'can’t reserve (%s), nothing is generated, and the next request works',
    async (action) => {
      const { path, generations } = await scene(easel, `The ledger: ${action}`)
      easel.faults.set({ ledger: { op: 'reserve', action } })
      const { response, ms } = await timed(easel.get(path))

      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ code: 'storage_failed' })
      expect(ms).toBeLessThan(SOON_MS)
      expect(generations()).toBe(0)

      easel.faults.clear()
      expect((await easel.get(path)).status).toBe(200)
      expect(generations()).toBe(1)
    },
  )

  it('can’t settle, the image is served all the same, and the bill follows', async () => {
    const { path, fingerprint } = await scene(easel, 'Settled later')
    easel.faults.set({ ledger: { op: 'settle', action: 'throw' } })
    expect((await easel.get(path)).status).toBe(200)
    const { keys, alarm } = await easel.jobStorage(fingerprint)
    expect(keys).toEqual(['state'])
    expect(alarm).not.toBeNull()

    easel.faults.clear()
    await easel.repeatAlarm(fingerprint)
    expect(await easel.jobStorage(fingerprint)).toMatchObject({ keys: [] })
    expect(await easel.ledger('SELECT * FROM ledger_reservations WHERE settled_at IS NULL')).toEqual([])
  })
})

describe('a stranger who makes up fingerprints', () => {
  it('wakes no object', async () => {
    const counting = await startEasel({
      main: './bench/workerd/counting-worker.ts',
      vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' },
    })
    const made = 'b'.repeat(64)
    for (const path of [
      `/i/${made}.png`,
      `/i/${made}.png?w=320&format=webp`,
      `/i/${made}.2.png`,
      `/v1/images/${made}`,
      '/image?prompt=Made+up',
    ])
      expect([401, 404]).toContain((await counting.get(path)).status)

    const counts = (await (await counting.get('/bench/counts')).json()) as Record<string, number>
    expect(Object.keys(counts).filter((what) => what.startsWith('do.'))).toEqual([])
    expect(counts['r2.get']).toBeGreaterThan(0)
    await counting.close()
  })
})
