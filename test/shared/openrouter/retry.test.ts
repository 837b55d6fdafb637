import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/errors.ts'
import { DEFAULT_RETRY, retryDelay, sleep } from '../../../shared/openrouter/retry.ts'

const failed = (upstreamStatus: number, retryAfterSeconds?: number): UpstreamError =>
  new UpstreamError('upstream_failed', 'It failed.', {
    upstreamStatus,
    retryable: true,
    extras: retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  })
const clock = (random: number) => ({ now: () => 0, random: () => random })
const FAR = 1e9

describe('the wait before a retry', () => {
  it.each([
    [1, 0, 0],
    [1, 0.5, 250],
    [1, 0.999, 499.5],
    [2, 0.5, 500],
    [3, 0.5, 1000],
  ])('after attempt %i, chance %f: %f ms', (attempt, random, ms) => {
    expect(retryDelay(failed(503), attempt, FAR, clock(random))).toBeCloseTo(ms)
  })

  it('never exceeds its ceiling, however often', () => {
    const policy = { ...DEFAULT_RETRY, maxAttempts: 100 }
    expect(retryDelay(failed(503), 60, FAR, clock(1), policy)).toBe(20_000)
  })

  it('is never shorter than Retry-After, and not the same for everyone', () => {
    expect(retryDelay(failed(429, 3), 1, FAR, clock(0))).toBe(3000)
    expect(retryDelay(failed(429, 3), 1, FAR, clock(0.5))).toBe(3250)
  })

  it.each([
    ['the attempts are used up', failed(503), 4, FAR],
    ['a 500 came a second time', failed(500), 2, FAR],
    ['Retry-After is past the deadline', failed(429, 10), 1, 9_000],
    ['the deadline is over', failed(503), 1, 0],
    ['the error is not retryable', new UpstreamError('refused', 'No.'), 1, FAR],
    ['the error is not OpenRouter’s', new TypeError('a bug'), 1, FAR],
  ])('is none when %s', (_what, error, attempt, deadline) => {
    expect(retryDelay(error, attempt, deadline, clock(0))).toBeUndefined()
  })
})

describe('sleeping', () => {
  it('ends with the signal’s reason, before and during', async () => {
    const controller = new AbortController()
    const during = sleep(3_600_000, controller.signal)
    controller.abort(new Error('enough'))
    await expect(during).rejects.toThrow('enough')
    await expect(sleep(3_600_000, controller.signal)).rejects.toThrow('enough')
  })

  it('ends by itself, and leaves no listener behind', async () => {
    let listeners = 0
    const { signal } = new AbortController()
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
    await sleep(1, signal)
    expect(listeners).toBe(0)
  })
})
