import { startEasel } from '../../test/support/easel.ts'
import { startBareWorker } from '../support/bare-worker.ts'
import { cpuMs, workerdProcesses } from '../support/processes.ts'
import { inTurns, type Row, toRow } from '../support/rows.ts'

const CONCURRENCY = 8
/** What a Worker of the free plan may use for a request, ms. */
const FREE_PLAN_MS = 10

/**
 * Processor time of the whole of workerd, which here also does R2's work and the connection's: more than the
 * platform would count. What the bare Worker uses for the same bytes says how much of it is that.
 */
export async function cpuRows(quick: boolean): Promise<Row[]> {
  const hits = quick ? 60 : 200
  const rows: Row[] = []
  for (const bytes of quick ? [300_000] : [30_000, 1_500_000]) {
    const before = workerdProcesses()
    const easel = await startEasel({
      emulator: { faults: [{ bytes }] },
      vars: { EASEL_DAILY_BUDGET_USD: '100000' },
    })
    const ours = workerdProcesses().filter((id) => !before.includes(id))
    const first = await (await easel.get('/image?prompt=kept')).arrayBuffer()
    const bare = await startBareWorker(first)
    const theirs = workerdProcesses().filter((id) => !before.includes(id) && !ours.includes(id))
    try {
      const each = async (ids: readonly number[], times: number, ask: (n: number) => Promise<Response>) => {
        const begun = cpuMs(ids)
        let next = 0
        await Promise.all(
          Array.from({ length: CONCURRENCY }, async () => {
            while (next < times) {
              const answer = await ask(next++)
              await answer.arrayBuffer()
              if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`)
            }
          }),
        )
        return (cpuMs(ids) - begun) / times
      }
      const misses = quick ? 8 : Math.min(30, Math.ceil(15e6 / bytes))
      const times = await inTurns(
        {
          hit: () => each(ours, hits, () => easel.get('/image?prompt=kept')),
          bare: () => each(theirs, hits, () => fetch(bare.url)),
          miss: (round) => each(ours, misses, (n) => easel.get(`/image?prompt=${bytes}-${round}-${n}`)),
        },
        { rounds: quick ? 1 : 4 },
      )
      const size = bytes < 1e6 ? `${bytes / 1000} kB` : `${bytes / 1e6} MB`
      rows.push(
        toRow({
          name: `processor time of a hit, ${size}`,
          unit: 'ms',
          values: times.hit,
          against: 'bare Worker',
          references: times.bare,
          bound: { of: 'value', atMost: FREE_PLAN_MS },
        }),
        toRow({
          name: `processor time of a miss, ${size}: request, job, budget, R2`,
          unit: 'ms',
          values: times.miss,
          against: 'bare Worker, a hit',
          references: times.bare,
        }),
      )
    } finally {
      await Promise.all([easel.close(), bare.close()])
    }
  }
  return rows
}
