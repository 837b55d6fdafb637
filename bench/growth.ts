import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEasel } from '../test/support/easel.ts'
import { CLI, measureProcess } from './support/action-process.ts'
import { growthOf, type Series } from './support/chart.ts'
import { writeUnchangedProject } from './support/project.ts'
import { askUpstream, drain } from './support/upstream.ts'
import {
  type Bench,
  type BenchOptions,
  type Bound,
  inTurns,
  median,
  type Row,
  timed,
  toRow,
} from './support/rows.ts'

/** A cost that doesn't grow has the power 0; one in proportion 1. A tenth is the clock's. */
const CONSTANT: Bound = { of: 'value', atMost: 0.1 }
const IN_PROPORTION: Bound = { of: 'value', atMost: 1.1 }

/** Cost against work, on log scales. */
export const growth: Bench = {
  name: 'growth',
  measure: async (options) => [
    await hitsByPictures(options),
    await missesBySize(options),
    await actionByImages(options),
  ],
}

async function hitsByPictures({ quick, chart }: BenchOptions): Promise<Row> {
  const easel = await startEasel({
    main: './bench/workerd/counting-worker.ts',
    emulator: { faults: [{ bytes: 30_000 }] },
  })
  try {
    const drawn = await easel.get('/image?prompt=one')
    await drawn.arrayBuffer()
    const [, fingerprint = ''] = /\/i\/(\w{64})/.exec(drawn.headers.get('content-location') ?? '') ?? []
    const points: [number, number][] = []
    const reads: [number, number][] = []
    let kept = 0
    for (const pictures of quick ? [10, 300] : [10, 100, 1000, 10_000]) {
      const copied = await easel.get(`/bench/copies?of=${fingerprint}&from=${kept}&to=${pictures}`)
      if (!copied.ok) throw new Error(await copied.text())
      kept = pictures
      // Spread over all of them, in no order.
      const nameOf = (hit: number): string => ((hit * 7919) % pictures).toString(16).padStart(64, '0')
      const { hit, read } = await inTurns(
        {
          hit: (round) => timed(() => drain(easel.get(`/i/${nameOf(round)}.png`))),
          read: (round) => timed(() => drain(easel.get(`/bench/read?of=${nameOf(round)}`))),
        },
        { rounds: quick ? 50 : 300, warmUp: 20 },
      )
      points.push([pictures, median(hit)])
      reads.push([pictures, median(read)])
    }
    chart('growth-hits', {
      title: 'A hit, against the number of stored pictures',
      x: 'stored pictures',
      y: 'milliseconds, median',
      series: [
        { name: 'GET /i/<fingerprint>, 30 kB', points },
        { name: 'R2 alone', points: reads },
      ],
    })
    // R2 is a database and files here: what those grow by is not Easel's.
    const beyond = points.map(([at, ms], index): [number, number] => [
      at,
      ms / (reads[index]?.[1] ?? Number.NaN),
    ])
    return rowOf('a hit against stored pictures, beyond what R2 itself grows by', beyond, CONSTANT)
  } finally {
    await easel.close()
  }
}

async function missesBySize({ quick, chart }: BenchOptions): Promise<Row> {
  const points: [number, number][] = []
  const plain: [number, number][] = []
  for (const megabytes of quick ? [0.3, 3] : [0.1, 0.3, 1, 3, 10, 30]) {
    const easel = await startEasel({
      emulator: { faults: [{ bytes: megabytes * 1e6 }] },
      vars: { EASEL_DAILY_BUDGET_USD: '1000' },
    })
    try {
      const times = await inTurns(
        {
          miss: (round) => timed(() => drain(easel.get(`/image?prompt=${megabytes}-${round}`))),
          plain: (round) => timed(() => drain(askUpstream(easel.upstream.url, `${megabytes} ${round}`))),
        },
        { rounds: quick ? 2 : 5, warmUp: quick ? 1 : 2 },
      )
      points.push([megabytes, median(times.miss)])
      plain.push([megabytes, median(times.plain)])
    } finally {
      await easel.close()
    }
  }
  chart('growth-misses', {
    title: 'A miss, against the size of the picture',
    x: 'megabytes',
    y: 'milliseconds, median',
    series: [
      { name: 'drawn, kept and sent', points },
      { name: 'plain download of the upstream’s answer', points: plain },
    ],
  })
  return rowOf('a miss against the size of the picture', points, IN_PROPORTION)
}

async function actionByImages({ quick, chart }: BenchOptions): Promise<Row> {
  const points: [number, number][] = []
  for (const images of quick ? [10, 100] : [10, 100, 1000, 5000]) {
    const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
    try {
      await writeUnchangedProject(folder, images, 10_000)
      const { check } = await inTurns(
        { check: async () => (await measureProcess([CLI, 'check'], { cwd: folder })).ms },
        { rounds: quick ? 2 : 5 },
      )
      points.push([images, median(check)])
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  chart('growth-action', {
    title: 'The Action, against the number of unchanged images',
    x: 'images',
    y: 'milliseconds, median',
    series: [{ name: 'easel check, files of 10 kB', points }],
  })
  return rowOf('the Action against the number of images', points, IN_PROPORTION)
}

/** By the larger half: what is there before any work would hide how the rest grows. */
function rowOf(what: string, points: Series['points'], bound: Bound): Row {
  const larger = points.slice(-Math.max(2, Math.ceil(points.length / 2)))
  return toRow({ name: `growth of ${what}: power`, unit: '', values: [growthOf(larger)], bound })
}
