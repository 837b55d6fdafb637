import { setTimeout as pause } from 'node:timers/promises'
import { startEasel } from '../test/support/worker/easel.ts'
import { CLI, measureProcess } from './support/action-process.ts'
import { growthOf, type Series } from './support/chart.ts'
import { generateImages, inFolder, writeUnchangedProject } from './support/project.ts'
import { drain, requestUpstream, startUpstream } from './support/upstream.ts'
import {
  type Bench,
  type BenchOptions,
  type Bound,
  interleave,
  median,
  type Row,
  timed,
  toRow,
} from './support/rows.ts'

/** Exponents: 0 for a constant cost, 1 for one in proportion. A tenth is for noise. */
const CONSTANT: Bound = { of: 'value', atMost: 0.1 }
const IN_PROPORTION: Bound = { of: 'value', atMost: 1.1 }

const UNCHANGED_BYTES = 10_000
const GENERATED_BYTES = 100_000

/** How costs grow with the amount of work. */
export const growth: Bench = {
  name: 'growth',
  measure: async (options) => [
    await hitsByImages(options),
    await missesBySize(options),
    ...(await actionByImages(options)),
  ],
}

async function hitsByImages({ quick, chart }: BenchOptions): Promise<Row> {
  const easel = await startEasel({
    main: './bench/workerd/counting-worker.ts',
    emulator: { faults: [{ bytes: 30_000 }] },
  })
  try {
    const generated = await easel.get('/image?prompt=one')
    await generated.arrayBuffer()
    const [, fingerprint = ''] = /\/i\/(\w{64})/.exec(generated.headers.get('content-location') ?? '') ?? []
    while (!(await easel.bucket.head(`images/${fingerprint}/0`))) await pause(10)
    const points: [number, number][] = []
    const reads: [number, number][] = []
    let stored = 0
    for (const images of quick ? [10, 100] : [10, 30, 100, 300, 1000, 3000, 10_000]) {
      const copied = await easel.get(`/bench/copies?of=${fingerprint}&from=${stored}&to=${images}`)
      if (!copied.ok) throw new Error(await copied.text())
      stored = images
      // Spread over all of them.
      const fingerprintOf = (hit: number): string => ((hit * 7919) % images).toString(16).padStart(64, '0')
      const { hit, read } = await interleave(
        {
          hit: (round) => timed(() => drain(easel.get(`/i/${fingerprintOf(round)}.png`))),
          read: (round) => timed(() => drain(easel.get(`/bench/read?of=${fingerprintOf(round)}`))),
        },
        { rounds: quick ? 20 : 150, warmUp: quick ? 10 : 20 },
      )
      points.push([images, median(hit)])
      reads.push([images, median(read)])
    }
    chart('growth-hits', {
      title: 'A hit, against the number of stored images',
      x: 'stored images',
      y: 'milliseconds, median',
      series: [
        { name: 'GET /i/<fingerprint>, 30 kB', points },
        { name: 'a Worker that only reads R2', points: reads },
      ],
    })
    // Locally R2 is a database and files. Their growth is not Easel's.
    const beyond = points.map(([at, ms], index): [number, number] => [
      at,
      ms / (reads[index]?.[1] ?? Number.NaN),
    ])
    return rowOf('a hit against stored images, relative to reading R2', beyond, CONSTANT)
  } finally {
    await easel.close()
  }
}

async function missesBySize({ quick, chart }: BenchOptions): Promise<Row> {
  const sizes = quick ? [0.3, 3] : [0.1, 0.3, 1, 3, 10, 30]
  const points: [number, number][] = []
  const plain: [number, number][] = []
  await using upstream = await startUpstream(
    ...sizes.map((megabytes) => ({ match: `of ${megabytes} MB`, bytes: megabytes * 1e6 })),
  )
  const easel = await startEasel({
    vars: { OPENROUTER_BASE_URL: upstream.url, EASEL_DAILY_BUDGET_USD: '1000' },
  })
  try {
    for (const megabytes of sizes) {
      const prompt = (round: number): string => `${round} of ${megabytes} MB`
      const whole = megabytes * 0.98e6
      const times = await interleave(
        {
          miss: (round) =>
            timed(() => drain(easel.get(`/image?prompt=${encodeURIComponent(prompt(round))}`), whole)),
          plain: (round) =>
            timed(() => drain(requestUpstream(upstream.url, `plain ${prompt(round)}`), whole)),
        },
        { rounds: quick ? 1 : 5 },
      )
      points.push([megabytes, median(times.miss)])
      plain.push([megabytes, median(times.plain)])
    }
  } finally {
    await easel.close()
  }
  chart('growth-misses', {
    title: 'A miss, against the size of the image',
    x: 'megabytes',
    y: 'milliseconds, median',
    series: [
      { name: 'generated, stored and sent', points },
      { name: 'plain download of the upstream’s response', points: plain },
    ],
  })
  return rowOf('a miss against the size of the image', points, IN_PROPORTION)
}

async function actionByImages({ quick, chart }: BenchOptions): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes: GENERATED_BYTES })
  const unchanged = await againstImages(quick ? [10, 100] : [10, 30, 100, 300, 1000, 2000], (images) =>
    inFolder(async (folder) => {
      await writeUnchangedProject(folder, images, UNCHANGED_BYTES)
      const ms = async () => (await measureProcess([CLI, 'check'], { cwd: folder })).ms
      return (await interleave({ ms }, { rounds: quick ? 1 : 3 })).ms
    }),
  )
  const generated = await againstImages(quick ? [] : [5, 10, 20, 50, 100], async (images) => {
    const ms = async () => (await generateImages(images, upstream.url)).ms
    return (await interleave({ ms }, { rounds: 3, warmUp: 0 })).ms
  })
  chart('growth-action', {
    title: 'The Action, against the number of images',
    x: 'images',
    y: 'milliseconds, median',
    series: [
      { name: `easel check, unchanged files of ${UNCHANGED_BYTES / 1000} kB`, points: unchanged },
      ...(quick
        ? []
        : [{ name: `easel generate, ${GENERATED_BYTES / 1000} kB, no upstream latency`, points: generated }]),
    ],
  })
  return [
    rowOf('the Action against the number of unchanged images', unchanged, IN_PROPORTION),
    ...(quick ? [] : [rowOf('the Action against the number of generated images', generated, IN_PROPORTION)]),
  ]
}

async function againstImages(
  counts: readonly number[],
  measure: (images: number) => Promise<readonly number[]>,
): Promise<[number, number][]> {
  const points: [number, number][] = []
  for (const images of counts) points.push([images, median(await measure(images))])
  return points
}

/** Fitted to the larger half: fixed costs would hide the growth of the smaller one. */
function rowOf(what: string, points: Series['points'], bound: Bound): Row {
  const larger = points.slice(-Math.max(2, Math.ceil(points.length / 2)))
  return toRow({ name: `growth of ${what}: exponent`, unit: '', values: [growthOf(larger)], bound })
}
