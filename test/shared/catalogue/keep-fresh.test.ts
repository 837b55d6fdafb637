import { expect, it } from 'vitest'
import { keepFresh } from '../../../shared/catalogue/keep-fresh.ts'

it('waits only once for a load that never ends, and starts another when a retry is due', async () => {
  const clock = { ms: 0 }
  const loads: PromiseWithResolvers<string>[] = []
  const get = keepFresh(
    () => {
      // Ignores its signal, like a load that ended together with the request that started it.
      const load = Promise.withResolvers<string>()
      loads.push(load)
      return load.promise
    },
    { ttlMs: 1000, retryMs: 100, timeoutMs: 5, now: () => clock.ms, onFailure: () => {} },
  )

  expect(await Promise.all([get(), get()])).toEqual([undefined, undefined])
  expect(await get()).toBeUndefined()
  expect(loads).toHaveLength(1)

  clock.ms += 100
  const next = get()
  loads[1]?.resolve('fresh')
  expect(await next).toBe('fresh')
  expect(await get()).toBe('fresh')
  expect(loads).toHaveLength(2)
})
