import { startEasel } from '../test/support/worker/easel.ts'
import { type Bench, interleave, timed, toRow } from './support/rows.ts'

/** Longer than it takes to send all the requests. */
const LATENCY_MS = 12_000
const AS_HITS = { of: 'ratio', atMost: 1.2 } as const

/** A thousand requests for the same new image at once, against as many for a cached one. */
export const once: Bench = {
  name: 'once',
  async measure({ quick }) {
    const requests = quick ? 200 : 1000
    const easel = await startEasel({ emulator: { latencyMs: LATENCY_MS, faults: [{ bytes: 30_000 }] } })
    const together = async (prompt: string): Promise<void> => {
      const tags = new Set<string | null>()
      await Promise.all(
        Array.from({ length: requests }, async () => {
          const response = await easel.get(`/image?prompt=${prompt}`)
          await response.arrayBuffer()
          tags.add(response.ok ? response.headers.get('etag') : `status ${response.status}`)
        }),
      )
      if (tags.size !== 1) throw new Error(`not all responses were the same: ${[...tags].join(', ')}`)
    }
    const generations: number[] = []
    try {
      await (await easel.get('/image?prompt=cached')).arrayBuffer()
      const { miss, hit } = await interleave(
        {
          async miss(round) {
            const prompt = `new-${round}`
            await together(prompt)
            const sent = easel.generations(prompt)
            generations.push(sent.length)
            return Date.now() - ((sent[0]?.at ?? Number.NaN) + LATENCY_MS)
          },
          hit: () => timed(() => together('cached')),
        },
        { rounds: quick ? 1 : 3 },
      )
      return [
        toRow({
          name: `${requests} identical requests at once: upstream requests`,
          unit: 'requests',
          values: [Math.max(...generations)],
          bound: { of: 'value', atMost: 1, atLeast: 1 },
        }),
        toRow({
          name: `${requests} identical requests at once, from the generation's end until the last has the image`,
          unit: 'ms',
          values: miss,
          against: `${requests} hits at once`,
          references: hit,
          bound: AS_HITS,
        }),
      ]
    } finally {
      await easel.close()
    }
  },
}
