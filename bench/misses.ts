import { startEasel } from '../test/support/worker/easel.ts'
import { startReference } from './support/reference-worker.ts'
import { type Bench, type BenchOptions, interleave, type Row, timed, toRow } from './support/rows.ts'
import { drain, requestUpstream, startUpstream } from './support/upstream.ts'

const BYTES = 25_000_000
/** What is read at least: the emulator's images are of about that size. */
const WHOLE = BYTES * 0.98

/** How much more than putting the same bytes and reading them back a miss may add to the download. */
const STORING = 1.4
const AT_MOST = { of: 'ratio', atMost: 1 } as const

/**
 * A miss of 25 MB, against what it consists of: a plain download of the same response, and a bare Worker that puts
 * the same bytes into R2 and reads them back. That Worker uploads in parts, too, since the local R2 reads such an
 * object five times as slowly as one that was put at once.
 */
export const misses: Bench = { name: 'misses', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: BYTES })
  await using storing = await startReference('./bench/workerd/storing-worker.ts', { object: 'Storing' })
  const vars = { OPENROUTER_BASE_URL: upstream.url, OPENROUTER_API_KEY: 'sk-or-bench' }
  await using buffering = await startReference('./bench/workerd/forty-lines.ts', { vars })
  const easel = await startEasel({ vars: { ...vars, EASEL_DAILY_BUDGET_USD: '1000' } })
  try {
    const time = (request: () => Promise<Response>) => timed(() => drain(request(), WHOLE))
    const store = (how: 'parts' | 'put', round: number) =>
      fetch(new URL(`/${how}?key=${how}-${round}&bytes=${BYTES}`, storing.url))
    const { miss, plain, parts, put, forty } = await interleave(
      {
        miss: (round) => time(() => easel.get(`/image?prompt=Heavy+${round}`)),
        plain: (round) => time(() => requestUpstream(upstream.url, `Plain ${round}`)),
        parts: (round) => time(() => store('parts', round)),
        put: (round) => time(() => store('put', round)),
        forty: (round) =>
          quick
            ? Promise.resolve(Number.NaN)
            : time(() => fetch(new URL(`/?prompt=Heavy+${round}`, buffering.url))),
      },
      { rounds: quick ? 3 : 9, warmUp: quick ? 1 : 2 },
    )
    const row = { name: 'miss of 25 MB', unit: 'ms', values: miss }
    return [
      toRow({
        ...row,
        against: `plain download + ${STORING} × upload and read back`,
        references: plain.map((ms, round) => ms + STORING * (parts[round] ?? Number.NaN)),
        bound: AT_MOST,
      }),
      toRow({ ...row, against: 'plain download', references: plain }),
      toRow({ ...row, against: 'bare Worker, uploads in parts and reads back', references: parts }),
      toRow({ ...row, against: 'bare Worker, puts at once and reads back', references: put }),
      ...(quick ? [] : [toRow({ ...row, against: 'the forty-line Worker', references: forty })]),
    ]
  } finally {
    await easel.close()
  }
}
