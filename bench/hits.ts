import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDeployed } from './support/deployed.ts'
import { havePeers, startIpx } from './support/peers.ts'
import { type Bench, type BenchOptions, median, type Row, toRow } from './support/rows.ts'
import { startUpstream } from './support/upstream.ts'

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

const LEAST_THROUGHPUT = { of: 'ratio', atLeast: 0.9 } as const
const MOST_P50 = { of: 'ratio', atMost: 1.15 } as const

interface Round {
  readonly perSecond: number
  readonly p50Ms: number
}

/**
 * A hit, against a bare Worker that only returns the R2 object, and against ipx sending the same file. A small image
 * with many requests is served from memory; larger ones are read from R2 each time.
 */
export const hits: Bench = {
  name: 'hits',
  async measure(options) {
    const rows = await ofSize('30 kB', 30_000, options, options.quick ? QUICK : SHORT)
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
  await using easel = await startDeployed('wrangler.toml', {
    EASEL_ACCESS: 'open',
    OPENROUTER_API_KEY: 'sk-or-bench',
    OPENROUTER_BASE_URL: upstream.url,
  })
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
    const of = (name: string, what: keyof Round) => (measured[name] ?? []).map((round) => round[what])
    const against = { against: 'bare Worker' }
    return ['/image', '/i'].flatMap((route) => [
      toRow({
        name: `hit, ${route}, ${size}: throughput`,
        unit: 'a second',
        values: of(route, 'perSecond'),
        ...against,
        references: of('bare', 'perSecond'),
        bound: LEAST_THROUGHPUT,
      }),
      toRow({
        name: `hit, ${route}, ${size}: p50`,
        unit: 'ms',
        values: of(route, 'p50Ms'),
        ...against,
        references: of('bare', 'p50Ms'),
        bound: MOST_P50,
      }),
      ...(ipx && route === '/image'
        ? [
            toRow({
              name: `hit, ${route}, ${size}: throughput`,
              unit: 'a second',
              values: of(route, 'perSecond'),
              against: 'ipx, unchanged file',
              references: of('ipx', 'perSecond'),
            }),
          ]
        : []),
    ])
  } finally {
    await ipx?.close()
    await rm(folder, { recursive: true })
  }
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
