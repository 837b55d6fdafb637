import { startEasel } from '../test/support/worker/easel.ts'
import { type Bench, timed, toRow } from './support/rows.ts'

/** A thousand requests for the same new image at once. */
export const once: Bench = {
  name: 'once',
  async measure({ quick }) {
    const requests = quick ? 100 : 1000
    // Longer than it takes to send all the requests.
    const latencyMs = quick ? 500 : 2000
    const easel = await startEasel({ emulator: { latencyMs, faults: [{ bytes: 30_000 }] } })
    try {
      const tags = new Set<string | null>()
      const ms = await timed(() =>
        Promise.all(
          Array.from({ length: requests }, async () => {
            const response = await easel.get('/image?prompt=A+thousand+requests')
            await response.arrayBuffer()
            tags.add(response.ok ? response.headers.get('etag') : `status ${response.status}`)
          }),
        ),
      )
      if (tags.size !== 1) throw new Error(`not all responses were the same: ${[...tags].join(', ')}`)
      return [
        toRow({
          name: `${requests} identical requests at once: upstream requests`,
          unit: 'requests',
          values: [easel.generations().length],
          bound: { of: 'value', atMost: 1, atLeast: 1 },
        }),
        toRow({
          name: `${requests} identical requests at once, until the last has the image`,
          unit: 'ms',
          values: [ms],
          against: 'upstream latency',
          references: [latencyMs],
        }),
      ]
    } finally {
      await easel.close()
    }
  },
}
