import { createTestHarness } from 'wrangler'
import { startEasel } from '../test/support/worker/easel.ts'
import { memoryRise, workerdProcesses } from './support/processes.ts'
import { type Bench, type BenchOptions, interleave, type Row, timed, toRow } from './support/rows.ts'
import { drain, requestUpstream, startUpstream } from './support/upstream.ts'

const BYTES = 25_000_000
const AT_ONCE = 8
/** The forty-line Worker takes about 15 seconds for eight at once, so it runs twice only. */
const FORTY_ROUNDS = 2

const ADDS = { of: 'difference', atMost: 250 } as const
const EIGHT = { of: 'value', atMost: 2000 } as const
const GROWTH = { of: 'value', atMost: 300 } as const

/** Misses of 25 MB, against plain downloads of the same response, and against a Worker that buffers. */
export const misses: Bench = { name: 'misses', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: BYTES })
  const before = workerdProcesses()
  const easel = await startEasel({
    vars: { OPENROUTER_BASE_URL: upstream.url, EASEL_DAILY_BUDGET_USD: '1000', EASEL_MAX_COST_USD: '100' },
  })
  const ours = workerdProcesses().filter((id) => !before.includes(id))
  const buffering = quick ? undefined : await startForty(upstream.url)
  try {
    const theirs = workerdProcesses().filter((id) => !before.includes(id) && !ours.includes(id))
    let requested = 0
    const whole = BYTES * 0.98
    const times = (count: number, request: () => Promise<Response>): Promise<number> =>
      timed(() => Promise.all(Array.from({ length: count }, () => drain(request(), whole))))
    const missed: string[] = []
    const miss = () => {
      const path = `/image?prompt=Heavy+${requested++}`
      missed.push(path)
      return easel.get(path)
    }
    /** A large image is written into R2 after it was sent. The next one starts when that is done. */
    const stored = () => Promise.all(missed.splice(0).map((path) => easel.get(path, { method: 'HEAD' })))
    const plain = () => requestUpstream(upstream.url, `Heavy ${requested++}`)
    const forty = () => fetch(new URL(`/?prompt=Heavy+${requested++}`, buffering?.url))

    const one = await interleave(
      {
        miss: async () => {
          const ms = await times(1, miss)
          await stored()
          return ms
        },
        plain: () => times(1, plain),
        forty: () => (buffering ? times(1, forty) : Promise.resolve(Number.NaN)),
      },
      { rounds: quick ? 2 : 7, warmUp: quick ? 1 : 2 },
    )

    const rises = { miss: [] as number[], forty: [] as number[] }
    /** Watches all rounds, the warm-up included: memory that isn't freed makes later rises smaller. */
    const watched = async (
      ids: readonly number[],
      request: () => Promise<Response>,
      into: number[],
    ): Promise<number> => {
      let ms = Number.NaN
      const work = async (): Promise<unknown> => {
        ms = await times(AT_ONCE, request)
        return stored()
      }
      into.push(await memoryRise(ids, work))
      return ms
    }
    const warmUp = 1
    const eight = await interleave(
      {
        miss: () => watched(ours, miss, rises.miss),
        plain: () => times(AT_ONCE, plain),
        forty: (round) =>
          buffering && round >= warmUp && round < warmUp + FORTY_ROUNDS
            ? watched(theirs, forty, rises.forty)
            : Promise.resolve(Number.NaN),
      },
      { rounds: quick ? 1 : 4, warmUp },
    )
    const download = 'plain download'
    const worker = 'the forty-line Worker'
    const alone = 'miss of 25 MB'
    const atOnce = `${AT_ONCE} misses of 25 MB at once`
    return [
      toRow({ ...row(alone, one.miss, download, one.plain), bound: ADDS }),
      ...(quick ? [] : [toRow(row(alone, one.miss, worker, one.forty))]),
      toRow({ ...row(atOnce, eight.miss, download, eight.plain), bound: EIGHT }),
      ...(quick
        ? []
        : [
            toRow(row(atOnce, eight.miss.slice(0, FORTY_ROUNDS), worker, eight.forty.slice(0, FORTY_ROUNDS))),
          ]),
      toRow({
        name: `${atOnce}: memory of workerd grows by`,
        unit: 'MB',
        values: [Math.max(...rises.miss)],
        ...(!quick && { against: worker, references: [Math.max(...rises.forty)] }),
        bound: GROWTH,
      }),
    ]
  } finally {
    await Promise.all([easel.close(), buffering?.close()])
  }
}

interface Forty {
  readonly url: URL
  close(): Promise<void>
}

async function startForty(upstream: string): Promise<Forty> {
  const harness = createTestHarness({
    workers: [
      {
        config: {
          name: 'forty-lines',
          main: './bench/workerd/forty-lines.ts',
          compatibility_date: '2026-11-01',
          r2_buckets: [{ binding: 'BUCKET', bucket_name: 'forty-lines' }],
          vars: { OPENROUTER_BASE_URL: upstream, OPENROUTER_API_KEY: 'sk-or-bench' },
        },
      },
    ],
  })
  const { url } = await harness.listen()
  return { url, close: () => harness.close() }
}

function row(name: string, values: readonly number[], against: string, references: readonly number[]) {
  return { name, unit: 'ms', values, against, references }
}
