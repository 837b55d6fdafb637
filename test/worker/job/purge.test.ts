import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/client.ts'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'
import { scene } from '../../support/worker/scene.ts'

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({ vars: { ...CREDENTIALS, EASEL_DAILY_BUDGET_USD: '50' } })
})

afterEach(() => {
  easel.faults.clear()
  easel.upstream.setFaults([])
})
afterAll(() => easel.close())

const purge = (fingerprint: string) =>
  easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...bearer(TOKENS.docs) })

const regenerate = (path: string, headers: Record<string, string> = {}) =>
  easel.get(path, { headers: { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache', ...headers } })

/** Every key in R2 that belongs to the fingerprint, the list's entries among them. */
async function keysOf(fingerprint: string): Promise<string[]> {
  return (await easel.r2.keys()).filter((key) => key.includes(fingerprint))
}

describe('purging', () => {
  it('deletes images, variants, manifest and list entry, and a second purge finds nothing', async () => {
    const { path, fingerprint } = await scene(easel, 'Purged with its variants')
    await easel.get(`${path}&n=1`)
    await easel.get(path)
    for (const query of ['w=320', 'w=480&format=webp'])
      expect((await easel.get(`${path}&${query}`)).status).toBe(200)
    expect(await keysOf(fingerprint)).toHaveLength(5)

    expect((await purge(fingerprint)).status).toBe(204)
    expect(await keysOf(fingerprint)).toEqual([])
    expect((await purge(fingerprint)).status).toBe(404)
    expect((await easel.get(`/i/${fingerprint}.png?w=320`)).status).toBe(404)
  })

  it('during a generation: the image is not stored, whoever waits gets 410, and the bill is settled', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Purged in flight')
    easel.upstream.setFaults([{ match: 'Purged in flight', latencyMs: 600 }])
    const before = easel.upstream.bills().total_usd
    const waiting = [easel.get(path), easel.get(path)]
    await expect.poll(generations).toBe(1)
    expect((await purge(fingerprint)).status).toBe(204)

    for (const response of await Promise.all(waiting)) {
      expect(response.status).toBe(410)
      expect(await response.json()).toMatchObject({ code: 'purged' })
    }
    expect(await keysOf(fingerprint)).toEqual([])
    expect(await easel.jobStorage(fingerprint)).toMatchObject({ keys: [], alarm: null })
    expect(easel.upstream.bills().total_usd).toBeGreaterThan(before)
    expect(await easel.ledger('SELECT * FROM ledger_reservations WHERE settled_at IS NULL')).toEqual([])

    expect((await easel.get(path)).status).toBe(200)
    expect(generations()).toBe(2)
  })

  it('that R2 rejects is reported, and can be repeated', async () => {
    const { path, fingerprint } = await scene(easel, 'Purged in two steps')
    await easel.get(path)
    easel.faults.set({ r2: { op: 'delete', action: 'throw', skip: 1 } })
    const failed = await purge(fingerprint)
    expect(failed.status).toBe(503)
    expect(await failed.json()).toMatchObject({ code: 'storage_failed' })

    easel.faults.clear()
    expect((await purge(fingerprint)).status).toBe(204)
    expect(await keysOf(fingerprint)).toEqual([])
  })

  it('beside reads and variants gives each of them the image or 404, never an error', async () => {
    const { path, fingerprint } = await scene(easel, 'Purged beside readers')
    await easel.get(path)
    const file = `/i/${fingerprint}.png`
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        if (n === 20) return (await purge(fingerprint)).status
        return (await easel.get(n % 2 ? file : `${file}?w=320&q=${50 + (n % 50)}&format=webp`)).status
      }),
    )

    expect(statuses.filter((status) => ![200, 204, 404].includes(status))).toEqual([])
    await expect.poll(() => keysOf(fingerprint)).toEqual([])
  })
})

describe('regenerating', () => {
  it('replaces the old set completely: fewer images, no old variants, one entry in the list', async () => {
    const prompt = 'Regenerated with fewer'
    const model = 'openai/gpt-5-image'
    easel.upstream.setFaults([{ match: prompt, images: 3, times: 1 }])
    const first = (await (await easel.post('/v1/images', { prompt, model })).json()) as Generation
    const { fingerprint } = first
    expect(first.images).toHaveLength(3)
    await easel.get(`/i/${fingerprint}.png?w=320`)
    expect(await keysOf(fingerprint)).toHaveLength(6)

    const again = await easel.post(
      '/v1/images',
      { prompt, model },
      { headers: { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache' } },
    )
    expect(((await again.json()) as Generation).images).toHaveLength(1)
    expect(
      (await keysOf(fingerprint)).map((key) => key.replace(/^recent\/\d+/, 'recent/…')).toSorted(),
    ).toEqual([`images/${fingerprint}/0`, `images/${fingerprint}/manifest.json`, `recent/…/${fingerprint}`])
    expect((await easel.get(`/i/${fingerprint}.1.png`)).status).toBe(404)
  })

  it('in the background replaces the image, too', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Regenerated later')
    const old = (await easel.get(path)).headers.get('last-modified')
    easel.upstream.setFaults([{ match: 'Regenerated later', bytes: 40_000 }])
    const spec = { prompt: 'Regenerated later' }
    const accepted = await easel.post('/v1/images', spec, {
      headers: { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache', Prefer: 'respond-async' },
    })
    expect(accepted.status).toBe(202)

    await expect.poll(generations).toBe(2)
    await expect
      .poll(async () => Number((await easel.get(path)).headers.get('content-length')))
      .toBeLessThan(45_000)
    expect(old).not.toBeNull()
    await expect.poll(async () => (await easel.jobStorage(fingerprint)).keys).toEqual([])
  })

  it('that fails leaves the old image in place', async () => {
    const { path, fingerprint } = await scene(easel, 'Regenerated in vain')
    const old = await easel.get(path)
    easel.upstream.setFaults([{ match: 'Regenerated in vain', status: 402 }])
    expect((await regenerate(path)).status).toBe(503)

    const served = await easel.get(path)
    expect(served.status).toBe(200)
    expect(served.headers.get('etag')).toBe(old.headers.get('etag'))
    expect(await keysOf(fingerprint)).toHaveLength(3)
  })
})

interface Generation {
  readonly fingerprint: string
  readonly images: readonly unknown[]
}
