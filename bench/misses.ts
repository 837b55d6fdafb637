import { createTestHarness } from 'wrangler'
import { startEasel } from '../test/support/easel.ts'
import { memoryRise, workerdProcesses } from './support/processes.ts'
import { type Bench, type BenchOptions, inTurns, type Row, timed, toRow } from './support/rows.ts'
import { askUpstream, drain, startUpstream } from './support/upstream.ts'

const BYTES = 25_000_000
const AT_ONCE = 8

const ADDS = { of: 'difference', atMost: 250 } as const
const EIGHT = { of: 'value', atMost: 2000 } as const
const GROWTH = { of: 'value', atMost: 300 } as const

/** Misses of 25 MB, against plain downloads of the same upstream answer, and the Worker that buffers. */
export const misses: Bench = { name: 'misses', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: BYTES })
  const before = workerdProcesses()
  const easel = await startEasel({
    vars: { OPENROUTER_BASE_URL: upstream.url, EASEL_DAILY_BUDGET_USD: '1000', EASEL_MAX_COST_USD: '100' },
  })
  const ours = workerdProcesses().filter((id) => !before.includes(id))
  const buffering = createTestHarness({
    workers: [
      {
        config: {
          name: 'forty-lines',
          main: './bench/workerd/forty-lines.ts',
          compatibility_date: '2026-11-01',
          r2_buckets: [{ binding: 'BUCKET', bucket_name: 'forty-lines' }],
          vars: { OPENROUTER_BASE_URL: upstream.url, OPENROUTER_API_KEY: 'sk-or-bench' },
        },
      },
    ],
  })
  try {
    const { url } = await buffering.listen()
    const theirs = workerdProcesses().filter((id) => !before.includes(id) && !ours.includes(id))
    let asked = 0
    const whole = BYTES * 0.98
    const times = (count: number, ask: () => Promise<Response>) => () =>
      timed(() => Promise.all(Array.from({ length: count }, () => drain(ask(), whole))))
    const miss = () => easel.get(`/image?prompt=Heavy+${asked++}`)
    const plain = () => askUpstream(upstream.url, `Heavy ${asked++}`)
    const forty = () => fetch(new URL(`/?prompt=Heavy+${asked++}`, url))

    const rounds = { rounds: quick ? 2 : 7, warmUp: quick ? 1 : 2 }
    const one = await inTurns(
      { miss: times(1, miss), plain: times(1, plain), forty: times(1, forty) },
      rounds,
    )
    const eight: { miss: number[]; plain: number[]; forty: number[] } = { miss: [], plain: [], forty: [] }
    const rise = { miss: 0, forty: 0 }
    for (let round = 0; round < (quick ? 1 : 4); round++) {
      eight.plain.push(await times(AT_ONCE, plain)())
      const measured = async (ids: readonly number[], ask: () => Promise<Response>, into: number[]) =>
        memoryRise(ids, async () => into.push(await times(AT_ONCE, ask)()))
      rise.miss = Math.max(rise.miss, await measured(ours, miss, eight.miss))
      // The slow one: twice is enough to know it.
      if (!quick && round < 2) rise.forty = Math.max(rise.forty, await measured(theirs, forty, eight.forty))
    }
    const download = 'plain download'
    const worker = 'the forty-line Worker'
    return [
      toRow({ ...row('miss of 25 MB', one.miss, download, one.plain), bound: ADDS }),
      toRow(row('miss of 25 MB', one.miss, worker, one.forty)),
      toRow({
        ...row(`${AT_ONCE} misses of 25 MB at once`, eight.miss, download, eight.plain),
        bound: EIGHT,
      }),
      ...(quick ? [] : [toRow(row(`${AT_ONCE} misses of 25 MB at once`, eight.miss, worker, eight.forty))]),
      toRow({
        name: `${AT_ONCE} misses of 25 MB at once: memory of workerd grows by`,
        unit: 'MB',
        values: [rise.miss],
        ...(!quick && { against: worker, references: [rise.forty] }),
        bound: GROWTH,
      }),
    ]
  } finally {
    await Promise.all([easel.close(), buffering.close()])
  }
}

/** @param references  there may be fewer: of what is slow, fewer rounds are taken */
function row(name: string, values: readonly number[], against: string, references: readonly number[]) {
  return { name, unit: 'ms', values: values.slice(0, references.length), against, references }
}
