import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'
import { scene } from '../../support/worker/scene.ts'

/** The images of a fingerprint, its manifest not among them. */
const IMAGES = /^images\/.*\/\d$/

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({ emulator: { latencyMs: 300 }, vars: { EASEL_UNKNOWN_HOLD_SECONDS: '2' } })
})

afterEach(() => easel.faults.clear())
afterAll(() => easel.close())

describe('a job that crashes', () => {
  it('before its request to OpenRouter starts again by itself, and generates once', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'A crash before the request')
    easel.faults.set({ job: { op: 'alarm', action: 'stall' } })
    const asked = easel.get(path)
    await easel.faults.reached()
    await expect.poll(async () => (await easel.get(`/v1/images/${fingerprint}`)).status).toBe(202)
    await easel.abortJob(fingerprint)
    easel.faults.clear()
    expect((await asked).status).toBe(200)

    await expect.poll(() => easel.r2.keys(`images/${fingerprint}/0`), { timeout: 20_000 }).toHaveLength(1)
    expect((await easel.get(path)).status).toBe(200)
    expect(generations()).toBe(1)
  })

  it('during its request is told as a doubt, held, and not generated again by itself', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'A crash during the request')
    const asked = easel.get(path)
    await expect.poll(generations).toBe(1)
    await easel.abortJob(fingerprint)

    for (const failed of [await asked, await easel.get(path)]) {
      expect(failed.status).toBe(424)
      expect(failed.headers.get('retry-after')).toBeNull()
      expect(await failed.json()).toMatchObject({ code: 'billing_unknown', may_have_been_billed: true })
    }
    expect(await easel.r2.keys(`images/${fingerprint}`)).toEqual([])
    expect(generations()).toBe(1)
    await expect
      .poll(async () => (await easel.get(path)).status, { timeout: 15_000, interval: 300 })
      .toBe(200)
    expect(generations()).toBe(2)
    expect(await easel.jobStorage(fingerprint)).toMatchObject({ keys: [], alarm: null })
  })

  it('after R2 has the image, but before the job knows, generates nothing more', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'A crash after the write')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/0$/, when: 'after', action: 'stall' } })
    const asked = easel.get(path)
    await easel.faults.reached()
    expect(await easel.r2.keys(`images/${fingerprint}/0`)).toHaveLength(1)
    await easel.abortJob(fingerprint)
    easel.faults.clear()
    await (await asked).arrayBuffer()

    expect((await easel.get(path)).status).toBe(200)
    expect(generations()).toBe(1)
  })

  it('with many clients waiting leaves none of them hanging', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'A crash with many waiting')
    const asked = Array.from({ length: 20 }, () => easel.get(path))
    await expect.poll(generations).toBe(1)
    await easel.abortJob(fingerprint)

    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([424]))
    expect(generations()).toBe(1)
  })
})

describe('an alarm that comes twice', () => {
  it('during and after the generation causes no second one', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Two alarms')
    const asked = easel.get(path)
    await expect.poll(generations).toBe(1)
    await Promise.all([easel.repeatAlarm(fingerprint), easel.repeatAlarm(fingerprint)])
    expect((await asked).status).toBe(200)
    await easel.repeatAlarm(fingerprint)

    expect((await easel.get(path)).status).toBe(200)
    expect(generations()).toBe(1)
  })
})

describe('R2', () => {
  it.each([1, 2])('that fails %i times is tried again, and the image is generated once', async (times) => {
    const { path, generations } = await scene(easel, `R2 fails ${times} times`)
    easel.faults.set({ r2: { op: 'put', key: IMAGES, action: 'throw', times } })

    expect((await easel.get(path)).status).toBe(200)
    expect(easel.faults.calls('r2', 'put').filter(({ key }) => IMAGES.test(key)).length).toBeGreaterThan(
      times,
    )
    expect(generations()).toBe(1)
  })

  it('that keeps failing loses no image: it is stored and served once R2 works again', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'R2 fails for long')
    easel.faults.set({ r2: { op: 'put', key: IMAGES, action: 'throw' } })

    for (const asked of [path, path]) {
      const response = await easel.get(asked)
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ code: 'storage_failed' })
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(await easel.r2.keys(`images/${fingerprint}/0`)).toEqual([])

    await easel.abortJob(fingerprint)
    easel.faults.clear()
    const served = await easel.get(path)
    expect(served.status).toBe(200)
    expect(served.headers.get('content-type')).toBe('image/png')
    expect((await served.arrayBuffer()).byteLength).toBeGreaterThan(1000)
    expect(generations()).toBe(1)
    expect(await easel.jobStorage(fingerprint)).toMatchObject({ keys: [], alarm: null })
  })
})
