import { describe, expect, it } from 'vitest'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { createRequestLog, type RequestEntry } from '../../../worker/web/request-log.ts'

const HIT: RequestEntry = {
  method: 'GET',
  route: '/image',
  status: 200,
  durationMs: 4,
  fingerprint: 'a'.repeat(64) as Fingerprint,
  cache: 'hit',
}

describe('the log of requests', () => {
  it('writes the first hit at once, and the hits of the next second as one line with a count', async () => {
    const { log, lines, aSecondPasses } = scene()
    for (const durationMs of [4, 1, 2, 6]) log({ ...HIT, durationMs })
    expect(lines).toEqual([expect.objectContaining({ event: 'request', duration_ms: 4 })])
    expect(lines[0]).not.toHaveProperty('count')

    await aSecondPasses()

    expect(lines).toHaveLength(2)
    expect(lines[1]).toEqual({
      event: 'request',
      method: 'GET',
      route: '/image',
      status: 200,
      fingerprint: HIT.fingerprint,
      cache: 'hit',
      count: 3,
      duration_ms: 3,
    })
  })

  it('writes nothing more for a single hit, and starts over after the second', async () => {
    const { log, lines, aSecondPasses } = scene()
    log(HIT)
    await aSecondPasses()
    log(HIT)
    await aSecondPasses()

    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).not.toHaveProperty('count')
  })

  it('counts equal hits only, never misses or different requests', async () => {
    const { log, lines, aSecondPasses } = scene()
    const others: Partial<RequestEntry>[] = [
      {},
      { status: 304 },
      { method: 'HEAD' },
      { route: '/i/:file' },
      { fingerprint: 'b'.repeat(64) as Fingerprint },
    ]
    for (const other of others) log({ ...HIT, ...other })
    for (const cache of ['miss', 'miss', 'joined', undefined] as const) log({ ...HIT, cache })
    await aSecondPasses()

    expect(lines).toHaveLength(others.length + 4)
  })
})

/** A log whose second ends when the test says so. */
function scene() {
  const lines: Record<string, unknown>[] = []
  let end = Promise.withResolvers<void>()
  const waiting: Promise<unknown>[] = []
  const log = createRequestLog({ write: (line) => lines.push(JSON.parse(line)), wait: () => end.promise })
  return {
    lines,
    log: (entry: RequestEntry) => log(entry, (work) => waiting.push(work)),
    async aSecondPasses() {
      end.resolve()
      await Promise.all(waiting)
      end = Promise.withResolvers<void>()
    },
  }
}
