import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FaultyEasel, startFaultyEasel } from './faulty-easel.ts'
import { scene } from './scene.ts'

const IMAGE = /^images\/.*\/0$/

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel()
})

afterEach(() => easel.faults.clear())
afterAll(() => easel.close())

describe('a faulty R2', () => {
  it('throws as often as a test says, after as many calls as it says, and then works', async () => {
    easel.faults.set({ r2: { op: 'put', key: IMAGE, action: 'throw', skip: 1, times: 1 } })
    const [first, second] = [await scene(easel, 'Throws: first'), await scene(easel, 'Throws: second')]
    expect((await easel.get(first.path)).status).toBe(200)
    expect((await easel.get(second.path)).status).toBe(200)

    const puts = easel.faults.calls('r2', 'put').map(({ key }) => key)
    expect(puts.filter((key) => key === `images/${first.fingerprint}/0`)).toHaveLength(1)
    expect(puts.filter((key) => key === `images/${second.fingerprint}/0`)).toHaveLength(2)
  })

  it('stalls until the faults are cleared, before or after the operation', async () => {
    for (const when of ['before', 'after'] as const) {
      const { path, fingerprint } = await scene(easel, `Stalls ${when}`)
      const key = `images/${fingerprint}/0`
      easel.faults.set({ r2: { op: 'put', key: IMAGE, when, action: 'stall' } })
      const asked = easel.get(path)

      expect(await easel.faults.reached()).toEqual({ binding: 'r2', op: 'put', key, when })
      expect(await easel.r2.keys(key)).toEqual(when === 'before' ? [] : [key])
      easel.faults.clear()
      expect((await asked).status).toBe(200)
    }
  })

  it('delays', async () => {
    const { path } = await scene(easel, 'Delays')
    easel.faults.set({ r2: { op: 'put', key: IMAGE, action: 'delay', ms: 300 } })
    const start = performance.now()
    expect((await easel.get(path)).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThan(300)
  })
})

describe('a faulty ledger', () => {
  it('refuses, and nothing is generated', async () => {
    const { path, generations } = await scene(easel, 'Not reserved')
    easel.faults.set({ ledger: { op: 'reserve', action: 'throw' } })

    expect((await easel.get(path)).status).toBeGreaterThanOrEqual(500)
    expect(generations()).toBe(0)
  })

  it('shows its rows', async () => {
    expect(await easel.ledger('SELECT count(*) AS rows FROM ledger_reservations')).toEqual([
      { rows: expect.any(Number) },
    ])
  })
})

describe('a job', () => {
  it('is aborted at a moment that a test chooses, and keeps what it has stored', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Aborted')
    easel.faults.set({ job: { op: 'alarm', key: new RegExp(fingerprint), action: 'stall', times: 1 } })
    const asked = easel.get(path)
    expect(await easel.faults.reached()).toMatchObject({ key: fingerprint })
    expect((await easel.jobStorage(fingerprint)).keys).toContain('state')
    expect(generations()).toBe(0)
    await easel.abortJob(fingerprint)

    expect((await asked).status).toBe(200)
    expect(generations()).toBe(1)
  })

  it('is stopped right before it sends its request, and right after the response has begun', async () => {
    for (const [when, requests] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const { path, fingerprint, generations } = await scene(easel, `Sending: ${when}`)
      const fault = easel.faults.add({
        upstream: { op: 'generate', key: new RegExp(`Sending: ${when}`), when, action: 'stall' },
      })
      const asked = easel.get(path)
      await fault.reached()
      expect(generations()).toBe(requests)
      expect((await easel.jobStorage(fingerprint)).keys).toContain('state')
      fault.lift()

      expect((await asked).status).toBe(200)
      expect(generations()).toBe(1)
    }
  })

  it('has an alarm that can come twice', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Twice')
    expect((await easel.get(path)).status).toBe(200)
    await easel.repeatAlarm(fingerprint)
    expect(generations()).toBe(1)
  })

  it('leaves nothing in its storage once its image is stored', async () => {
    const { path, fingerprint } = await scene(easel, 'Nothing lingers')
    expect((await easel.get(path)).status).toBe(200)
    expect(await easel.jobStorage(fingerprint)).toEqual({ keys: [], tables: {}, alarm: null })
  })
})

describe('a Worker that is killed', () => {
  it('is gone with its requests, and starts again on what it had stored', async () => {
    const stored = await scene(easel, 'Stored before the kill')
    const etag = (await easel.get(stored.path)).headers.get('etag')
    const pending = await scene(easel, 'Pending at the kill')
    easel.faults.set({ job: { op: 'alarm', action: 'stall' } })
    const asked = easel.get(pending.path)
    await easel.faults.reached()
    await Promise.all([expect(asked).rejects.toThrow(), easel.kill()])
    await expect(easel.get(stored.path)).rejects.toThrow()

    easel.faults.clear()
    await easel.restart()
    const later = await easel.get(stored.path)
    expect([later.headers.get('cache-status'), later.headers.get('etag')]).toEqual(['Easel; hit', etag])
    expect(stored.generations()).toBe(1)
    // Its alarm is part of the state: no request is needed.
    await expect.poll(() => easel.r2.keys(`images/${pending.fingerprint}/0`)).toHaveLength(1)
    expect(pending.generations()).toBe(1)
  })

  it('takes other variables when it starts again', async () => {
    await easel.restart({ EASEL_ACCESS: 'nonsense' })
    expect((await easel.get('/healthz')).status).toBe(503)
    await easel.restart()
    expect((await easel.get('/healthz')).status).toBe(200)
  })

  it('has a log that goes on', async () => {
    const { path, fingerprint } = await scene(easel, 'Logged')
    expect((await easel.get(path)).status).toBe(200)
    await expect
      .poll(() => easel.log())
      .toContainEqual(expect.objectContaining({ event: 'generation', fingerprint }))
  })
})
