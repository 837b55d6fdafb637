import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../emulator/index.ts'
import { sha256 } from '../support/worker/client.ts'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import { type Moment, MOMENTS } from './moments.ts'
import { REGENERATIONS } from './regenerations.ts'
import { createVisitor, faultFor, varsFor } from './run-cell.ts'

interface Manifest {
  readonly images: readonly { readonly sha256: string; readonly url: string }[]
}

let easel: FaultyEasel
beforeAll(async () => {
  easel = await startFaultyEasel({ vars: { ...varsFor(REGENERATIONS), TEST_PATIENCE: '20' } })
  const faults = REGENERATIONS.flatMap(([name], index) => {
    const { response }: Moment = MOMENTS[name]
    return response ? [faultFor(index, response)] : []
  })
  easel.upstream.setFaults(faults satisfies readonly Fault[])
})
afterAll(() => easel.close())

describe('a job that is stopped while it regenerates an image', () => {
  it.concurrent.each(REGENERATIONS.map((cell, index) => [...cell, index] as const))(
    'leaves the old images or the new ones, never both, and pays for each once: %s',
    async (name, seen, ledger, index) => {
      const visitor = await createVisitor(easel, index, name)
      expect(await visitor.request()).toBe('200')
      const { at }: Moment = MOMENTS[name]
      const stalls = Object.entries(at(visitor.key, new RegExp(visitor.prompt))).flatMap(([binding, of]) =>
        [of].flat().map((rule) => easel.faults.add({ [binding]: { times: 1, ...rule } })),
      )

      const regenerating = visitor.request(true)
      await Promise.all(stalls.map((stall) => stall.reached()))
      await easel.abortJob(visitor.fingerprint)
      for (const stall of stalls) stall.lift()

      expect(await regenerating).toBe(seen)
      expect(await visitor.request()).toBe('200')
      expect((await visitor.ledger()).outcomes.join(', ')).toBe(ledger)
      const { images } = (await (await easel.get(`/v1/images/${visitor.fingerprint}`)).json()) as Manifest
      expect(await visitor.stored()).toEqual([...images.map((_, n) => String(n)), 'manifest.json'])
      for (const image of images) {
        const served = await easel.get(new URL(image.url).pathname)
        expect(sha256(await served.arrayBuffer())).toBe(image.sha256)
      }
      expect((await easel.r2.keys('recent/')).filter((key) => visitor.key.test(key))).toHaveLength(1)
      await easel.repeatAlarm(visitor.fingerprint)
      await vi.waitFor(
        async () => {
          const left = await easel.jobStorage(visitor.fingerprint)
          expect(left).toEqual({ keys: [], tables: {}, alarm: null })
        },
        { timeout: 20_000, interval: 500 },
      )
      expect(visitor.requests()).toBe(2)
    },
    60_000,
  )
})
