import { startEasel } from '../../test/support/worker/easel.ts'
import { startBareWorker } from '../support/bare-worker.ts'
import { cpuMs, withProcesses } from '../support/processes.ts'
import { interleave, type Row, toRow } from '../support/rows.ts'

const CONCURRENCY = 8
/** The free plan's limit for one request, ms. */
const FREE_PLAN_MS = 10

/** A typical image on a page, read from R2 each time; and a typical image as generated. */
export const SERVED_BYTES = 300_000
export const GENERATED_BYTES = 1_500_000

/** Processor time of a request, ms, round by round. */
export interface CpuTimes {
  readonly hit: readonly number[]
  readonly miss: readonly number[]
  /** A bare Worker's, for the same bytes. */
  readonly bare: readonly number[]
}

export async function cpuRows(quick: boolean): Promise<Row[]> {
  const rows: Row[] = []
  for (const bytes of quick ? [SERVED_BYTES] : [SERVED_BYTES, GENERATED_BYTES]) {
    const { hit, miss, bare } = await measureCpu(bytes, quick)
    const size = bytes < 1e6 ? `${bytes / 1000} kB` : `${bytes / 1e6} MB`
    rows.push(
      toRow({
        name: `processor time of a hit, ${size}`,
        unit: 'ms',
        values: hit,
        against: 'bare Worker',
        references: bare,
        bound: { of: 'value', atMost: FREE_PLAN_MS },
      }),
      // For a large image, moving its bytes hides Easel's share.
      ...(bytes === SERVED_BYTES
        ? [
            toRow({
              name: `processor time of a hit, ${size}: beyond a bare Worker's`,
              unit: 'ms',
              values: beyond(hit, bare),
            }),
          ]
        : []),
      toRow({
        name: `processor time of a miss, ${size}: request, job, budget, R2`,
        unit: 'ms',
        values: miss,
        against: 'bare Worker, a hit',
        references: bare,
      }),
    )
  }
  return rows
}

/**
 * Processor time of all of workerd, which locally also does the work of R2 and of the connection: more than the
 * platform would count. The bare Worker's time for the same bytes says how much of it that is.
 */
export async function measureCpu(bytes: number, quick: boolean): Promise<CpuTimes> {
  const [easel, ours] = await withProcesses(() =>
    startEasel({ emulator: { faults: [{ bytes }] }, vars: { EASEL_DAILY_BUDGET_USD: '100000' } }),
  )
  const first = await (await easel.get('/image?prompt=cached')).arrayBuffer()
  const [bare, theirs] = await withProcesses(() => startBareWorker(first))
  try {
    const each = async (ids: readonly number[], times: number, request: (n: number) => Promise<Response>) => {
      const start = cpuMs(ids)
      let next = 0
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          while (next < times) {
            const response = await request(next++)
            await response.arrayBuffer()
            if (!response.ok) throw new Error(`${response.url}: ${response.status}`)
          }
        }),
      )
      return (cpuMs(ids) - start) / times
    }
    // The kernel counts in hundredths of a second: fewer hits would not show what one of them adds.
    const hits = quick ? 60 : Math.min(500, Math.ceil(1e8 / bytes))
    const misses = quick ? 5 : Math.min(30, Math.ceil(15e6 / bytes))
    return await interleave(
      {
        hit: () => each(ours, hits, () => easel.get('/image?prompt=cached')),
        bare: () => each(theirs, hits, () => fetch(bare.url)),
        miss: (round) => each(ours, misses, (n) => easel.get(`/image?prompt=${bytes}-${round}-${n}`)),
      },
      { rounds: quick ? 1 : 4 },
    )
  } finally {
    await Promise.all([easel.close(), bare.close()])
  }
}

/** What a hit uses that a bare Worker doesn't: nearly all of it is Easel's own JavaScript. */
export function beyond(hit: CpuTimes['hit'], bare: CpuTimes['bare']): number[] {
  return hit.map((ms, round) => ms - (bare[round] ?? Number.NaN))
}
