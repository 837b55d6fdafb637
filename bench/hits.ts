import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDeployed } from './support/deployed.ts'
import { havePeers, startIpx } from './support/peers.ts'
import { type Bench, type BenchOptions, type Bound, median, type Row, toRow } from './support/rows.ts'
import { startUpstream, type Upstream } from './support/upstream.ts'

const CONCURRENCY = 16

interface Turns {
  readonly rounds: number
  readonly warmUp: number
  /** Milliseconds of load per target and round: many times one response. */
  readonly turnMs: number
}

const QUICK: Turns = { rounds: 3, warmUp: 1, turnMs: 300 }
const SHORT: Turns = { rounds: 24, warmUp: 4, turnMs: 300 }
const LONG: Turns = { rounds: 12, warmUp: 3, turnMs: 800 }

const PATH = '/image?prompt=A+lighthouse+at+dusk&aspect_ratio=1:1'

/** A tenth of a millisecond of routing shows beside a small image, and not beside a large one. */
const SMALL_THROUGHPUT: Bound = { of: 'ratio', atLeast: 0.85 }
const THROUGHPUT: Bound = { of: 'ratio', atLeast: 0.9 }
const P50: Bound = { of: 'ratio', atMost: 1.2 }

interface Round {
  readonly perSecond: number
  readonly p50Ms: number
}

/** A hit, against a bare Worker that only returns the same R2 object, and against ipx sending the same file. */
export const hits: Bench = {
  name: 'hits',
  async measure(options) {
    const rows = await ofSize('30 kB', 30_000, options, options.quick ? QUICK : SHORT)
    rows.push(...(await ofVariant(options.quick ? QUICK : SHORT)))
    if (options.quick) return rows
    rows.push(...(await ofSize('300 kB', 300_000, options, SHORT)))
    rows.push(...(await ofSize('1.5 MB', 1_500_000, options, LONG)))
    return rows
  },
}

async function ofSize(
  size: string,
  bytes: number,
  { quick, note }: BenchOptions,
  turns: Turns,
): Promise<Row[]> {
  await using upstream = await startUpstream({ bytes })
  await using easel = await startDeployed('wrangler.toml', varsFor(upstream))
  const generated = await fetch(new URL(PATH, easel.url))
  const image = await generated.arrayBuffer()
  await using bare = await startDeployed('bench/bare.toml')
  await bare.put('image', image)
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  await writeFile(join(folder, 'image.png'), new Uint8Array(image))
  const ipx = !quick && (await havePeers(note)) ? await startIpx(folder) : undefined
  try {
    const targets: Readonly<Record<string, URL>> = {
      bare: bare.url,
      '/image': new URL(PATH, easel.url),
      '/i': new URL(generated.headers.get('content-location') ?? '', easel.url),
      ...(ipx && { ipx: new URL('/_/image.png', ipx.url) }),
    }
    const measured = await takeTurns(targets, turns)
    const throughput = bytes < 100_000 ? SMALL_THROUGHPUT : THROUGHPUT
    return ['/image', '/i'].flatMap((route) => [
      ...rowsOf(`hit, ${route}, ${size}`, measured[route], measured['bare'], throughput),
      ...(ipx && route === '/image'
        ? [
            toRow({
              name: `hit, ${route}, ${size}: throughput`,
              unit: 'a second',
              values: of(measured[route], 'perSecond'),
              against: 'ipx, unchanged file',
              references: of(measured['ipx'], 'perSecond'),
            }),
          ]
        : []),
    ])
  } finally {
    await ipx?.close()
    await rm(folder, { recursive: true })
  }
}

/** A cached variant: one read of R2, like the image itself. */
async function ofVariant(turns: Turns): Promise<Row[]> {
  await using upstream = await startUpstream()
  await using easel = await startDeployed('wrangler.toml', varsFor(upstream))
  const url = new URL(`${PATH}&w=640&format=webp`, easel.url)
  const made = await fetch(url)
  if (made.headers.get('content-type') !== 'image/webp') throw new Error(`no WebP: ${made.status}`)
  await using bare = await startDeployed('bench/bare.toml')
  const variant = await made.arrayBuffer()
  await bare.put('image', variant)
  const measured = await takeTurns({ bare: bare.url, variant: url }, turns)
  const name = `cached variant, ${Math.round(variant.byteLength / 1000)} kB`
  return rowsOf(name, measured['variant'], measured['bare'], SMALL_THROUGHPUT)
}

function varsFor({ url }: Upstream): Readonly<Record<string, string>> {
  return { EASEL_ACCESS: 'open', OPENROUTER_API_KEY: 'sk-or-bench', OPENROUTER_BASE_URL: url }
}

function rowsOf(
  name: string,
  ours: readonly Round[] | undefined,
  bare: readonly Round[] | undefined,
  throughput: Bound,
): Row[] {
  const row = (what: keyof Round, unit: string, bound: Bound) => ({
    unit,
    values: of(ours, what),
    against: 'bare Worker',
    references: of(bare, what),
    bound,
  })
  return [
    toRow({ name: `${name}: throughput`, ...row('perSecond', 'a second', throughput) }),
    toRow({ name: `${name}: p50`, ...row('p50Ms', 'ms', P50) }),
  ]
}

function of(rounds: readonly Round[] = [], what: keyof Round): number[] {
  return rounds.map((round) => round[what])
}

/** Interleaved, so that noise hits all targets. */
async function takeTurns(
  targets: Readonly<Record<string, URL>>,
  { rounds, warmUp, turnMs }: Turns,
): Promise<Record<string, Round[]>> {
  const measured: Record<string, Round[]> = {}
  // Opening connections is not part of a hit.
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  for (let round = 0; round < warmUp + rounds; round++) {
    const turns = Object.entries(targets)
    for (const [name, url] of round % 2 === 0 ? turns : turns.toReversed()) {
      const result = await load(url, turnMs, agent)
      if (round >= warmUp) (measured[name] ??= []).push(result)
    }
  }
  agent.destroy()
  return measured
}

/** Keeps {@link CONCURRENCY} requests in flight for some time. */
async function load(url: URL, forMs: number, agent: Agent): Promise<Round> {
  const times: number[] = []
  const start = performance.now()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() - start < forMs) times.push(await timeOf(url, agent))
    }),
  )
  const seconds = (performance.now() - start) / 1000
  return { perSecond: times.length / seconds, p50Ms: median(times) }
}

function timeOf(url: URL, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url.pathname}: status ${response.statusCode}`))
      response.on('end', () => resolve(performance.now() - start)).on('error', reject)
      response.resume()
    }).on('error', reject)
  })
}
