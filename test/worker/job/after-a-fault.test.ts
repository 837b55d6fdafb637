import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ main: './test/support/workerd/faulty-worker.ts', emulator: { latencyMs: 300 } })
})

afterAll(() => easel.close())

describe('a job that crashes', () => {
  it('before its call begins anew by itself, and pays once', async () => {
    const { path, name, paid } = await scene('A crash before the call')
    await easel.bucket.put('test/not-beginning', 'yes')
    const asked = easel.get(path)
    await expect.poll(async () => (await easel.get(`/v1/images/${name}`)).status).toBe(202)
    await crash(name)
    await easel.bucket.delete('test/not-beginning')
    expect((await asked).status).toBe(502)

    await expect
      .poll(async () => (await easel.bucket.head(`images/${name}/0`))?.size, { timeout: 20_000 })
      .toBeGreaterThan(0)
    expect((await easel.get(path)).status).toBe(200)
    expect(paid()).toBe(1)
  })

  it('during its call fails closed: it does not pay again unasked, and generates when it is asked again', async () => {
    const { path, name, paid } = await scene('A crash during the call')
    const asked = easel.get(path)
    await expect.poll(paid).toBe(1)
    await crash(name)

    const failed = await asked
    expect(failed.status).toBe(502)
    expect(await failed.json()).toMatchObject({ code: 'upstream_failed' })
    expect(Number(failed.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await easel.bucket.head(`images/${name}/0`)).toBeNull()
    expect(await statusInTheEnd(path)).toBe(200)
    expect(paid()).toBe(2)
  })

  it('after R2 has the image, but before it knows, pays nothing more', async () => {
    const { path, name, paid } = await scene('A crash after the write')
    await easel.bucket.put('test/holding', 'yes')
    const asked = easel.get(path)
    await expect.poll(() => easel.bucket.head(`images/${name}/0`)).not.toBeNull()
    await crash(name)
    await easel.bucket.delete('test/holding')
    await asked.then((response) => response.arrayBuffer())

    expect((await easel.get(path)).status).toBe(200)
    expect(paid()).toBe(1)
  })

  it('with many waiting leaves none of them hanging', async () => {
    const { path, name, paid } = await scene('A crash with many waiting')
    const asked = Array.from({ length: 20 }, () => easel.get(path))
    await expect.poll(paid).toBe(1)
    await crash(name)

    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([502]))
    expect(paid()).toBe(1)
  })
})

describe('an alarm that comes twice', () => {
  it('while the image is generated, and after it, pays once', async () => {
    const { path, name, paid } = await scene('Two alarms')
    const asked = easel.get(path)
    await expect.poll(paid).toBe(1)
    await Promise.all([easel.jobOf(name).ringAgain(), easel.jobOf(name).ringAgain()])
    expect((await asked).status).toBe(200)
    await easel.jobOf(name).ringAgain()

    expect((await easel.get(path)).status).toBe(200)
    expect(paid()).toBe(1)
  })
})

describe('R2', () => {
  it.each([1, 2])('that fails %i times is asked again, and the image is paid once', async (times) => {
    const { path, paid } = await scene(`R2 fails ${times} times`)
    await easel.bucket.put('test/failing-puts', String(times))
    const response = await easel.get(path)

    expect(response.status).toBe(200)
    expect(paid()).toBe(1)
  })

  it('that goes on failing loses no image: it is kept, and shown when R2 is well', async () => {
    const { path, name, paid } = await scene('R2 fails for long')
    await easel.bucket.put('test/failing-puts', '1000')
    const generated = await easel.get(path)
    const sha256 = await sha256Of(generated)
    expect(generated.headers.get('etag')).toBe(`"${sha256}"`)

    const address = generated.headers.get('content-location') ?? ''
    for (const ask of [path, path, address]) {
      const response = await easel.get(ask)
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ code: 'storage_failed' })
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(await easel.bucket.head(`images/${name}/0`)).toBeNull()

    await crash(name)
    await easel.bucket.delete('test/failing-puts')
    const shown = await easel.get(path)
    expect(shown.status).toBe(200)
    expect(shown.headers.get('content-type')).toBe('image/png')
    expect(await sha256Of(shown)).toBe(sha256)
    expect(paid()).toBe(1)
  })
})

/** An image of its own for each test: its address, its name, and how often it was asked for upstream. */
async function scene(prompt: string) {
  const spec = resolveSpec({ prompt, model: 'google/gemini-2.5-flash-image' })
  return {
    path: `/image?prompt=${encodeURIComponent(prompt)}`,
    name: await fingerprint(spec),
    paid: () => easel.generations(prompt).length,
  }
}

async function sha256Of(response: Response): Promise<string> {
  return createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex')
}

/** The status once the failure is forgotten. */
async function statusInTheEnd(path: string): Promise<number> {
  let status = 0
  await expect
    .poll(async () => (status = (await easel.get(path)).status), { timeout: 15_000, interval: 300 })
    .toBe(200)
  return status
}

/** What was asked of the job when it crashes fails with it. */
async function crash(name: string): Promise<void> {
  await expect(easel.jobOf(name).crash()).rejects.toThrow()
}
