/** A hit, against a bare Worker that only returns the R2 object: `node bench/hits.ts`. */
import { Agent, get } from 'node:http'
import type { R2Bucket } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { startEasel } from '../test/support/easel.ts'
import { median } from './support/action-process.ts'

const ROUNDS = 10
const ROUND_MS = 1500
/** One round that does not count, for the compilers. */
const WARM_UP_ROUNDS = 2
const CONCURRENCY = 16

const SIZES = [
  ['a small picture', 30_000],
  ['a picture of 1.5 MB', 1_500_000],
] as const

for (const [name, bytes] of SIZES) {
  const easel = await startEasel({ emulator: { faults: [{ bytes }] } })
  const bare = createTestHarness({
    workers: [
      {
        config: {
          name: 'bare',
          main: './bench/hits/bare-worker.ts',
          compatibility_date: '2026-11-01',
          r2_buckets: [{ binding: 'BUCKET', bucket_name: 'bare' }],
        },
      },
    ],
  })
  const { url: bareUrl } = await bare.listen()
  const drawn = await easel.get('/image?prompt=A+lighthouse+at+dusk&aspect_ratio=1:1')
  const path = drawn.headers.get('content-location') ?? ''
  const { BUCKET: bucket } = await bare.getWorker<{ BUCKET: R2Bucket }>().getEnv()
  await bucket.put('picture', await drawn.arrayBuffer())

  const targets = {
    bare: bareUrl,
    '/image': new URL('/image?prompt=A+lighthouse+at+dusk&aspect_ratio=1:1', easel.url),
    '/i': new URL(path, easel.url),
  }
  const rounds: Record<string, Round[]> = { bare: [], '/image': [], '/i': [] }
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    // One after the other, so that a busy minute of the machine is everybody's.
    for (const [target, url] of Object.entries(targets)) {
      const result = await measure(url)
      if (round >= WARM_UP_ROUNDS) rounds[target]?.push(result)
    }
  }
  await Promise.all([easel.close(), bare.close()])

  console.log(`${name}:`)
  for (const route of ['/image', '/i']) {
    const ratio = (of: (round: Round) => number) =>
      median((rounds[route] ?? []).map((round, n) => of(round) / of(rounds['bare']?.[n] ?? round)))
    const throughput = ratio(({ perSecond }) => perSecond)
    const p50 = ratio(({ p50Ms }) => p50Ms)
    const own = median((rounds[route] ?? []).map(({ perSecond }) => perSecond))
    console.log(
      `  ${route}: ${own.toFixed(0)} a second, ${throughput.toFixed(2)} of the bare Worker’s (bound: at least 0.9);` +
        ` p50 ${p50.toFixed(2)} of its (bound: at most 1.15)`,
    )
  }
}

interface Round {
  readonly perSecond: number
  readonly p50Ms: number
}

/** So many at once, for so long. */
async function measure(url: URL): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  const times: number[] = []
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() - begun < ROUND_MS) times.push(await timeOf(url, agent))
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  agent.destroy()
  return { perSecond: times.length / seconds, p50Ms: median(times) }
}

function timeOf(url: URL, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url.pathname} answered ${response.statusCode}`))
      response.on('end', () => resolve(performance.now() - begun)).on('error', reject)
      response.resume()
    }).on('error', reject)
  })
}
