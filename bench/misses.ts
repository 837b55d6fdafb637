/** Misses of 25 MB, against plain downloads of the same upstream answer: `node bench/misses.ts`. */
import { fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { startEasel } from '../test/support/easel.ts'
import { median } from './support/action-process.ts'

const BYTES = 25_000_000
const ROUNDS = 5
const AT_ONCE = 8

const BOUND_ONE_MS = 250
const BOUND_EIGHT_MS = 2000
const BOUND_GROWTH_MB = 300

// The upstream runs by itself: neither it nor the Worker waits for the other's processor.
const emulator = fork(new URL('support/emulator-process.ts', import.meta.url), [
  JSON.stringify({ bytes: BYTES, latencyMs: 0 }),
])
const upstream = await new Promise<string>((resolve) =>
  emulator.once('message', (url) => resolve(String(url))),
)
const easel = await startEasel({
  vars: {
    OPENROUTER_BASE_URL: upstream,
    EASEL_DAILY_BUDGET_USD: '1000',
    EASEL_MAX_COST_USD: '100',
    OPENROUTER_API_KEY: 'sk-or-bench',
  },
})
const pids = descendants(process.pid).filter((pid) => nameOf(pid) === 'workerd')

let asked = 0
/** The first ones are the compilers', and not counted. */
await miss(1)
await plain(1)
const idleMb = residentMb()

const one = { plain: [] as number[], miss: [] as number[] }
for (let round = 0; round < ROUNDS; round++) {
  one.plain.push(await plain(1))
  one.miss.push(await miss(1))
}
const eight = { plain: [] as number[], miss: [] as number[] }
let peakMb = residentMb()
const watching = setInterval(() => (peakMb = Math.max(peakMb, residentMb())), 10)
for (let round = 0; round < ROUNDS; round++) {
  eight.plain.push(await plain(AT_ONCE))
  eight.miss.push(await miss(AT_ONCE))
}
clearInterval(watching)
await easel.close()
emulator.kill()

report('one miss of 25 MB', one, BOUND_ONE_MS)
report(`${AT_ONCE} at once`, eight, BOUND_EIGHT_MS)
say('memory of workerd grows by', peakMb - idleMb, BOUND_GROWTH_MB, 'MB')

/** Milliseconds until so many new pictures have arrived whole. */
function miss(count: number): Promise<number> {
  return timeOf(count, async () => {
    const response = await easel.get(`/image?prompt=Heavy+${asked++}`)
    await drain(response, BYTES)
  })
}

/** Milliseconds until so many of the upstream's answers have arrived: what no Worker could do without. */
function plain(count: number): Promise<number> {
  return timeOf(count, async () => {
    const response = await fetch(`${upstream}/chat/completions`, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk-or-bench', 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: 'google/gemini-2.5-flash-image',
        messages: [{ role: 'user', content: `Heavy ${asked++}` }],
        modalities: ['image', 'text'],
        stream: true,
      }),
    })
    await drain(response, BYTES)
  })
}

async function drain(response: Response, atLeast: number): Promise<void> {
  let bytes = 0
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength
  if (response.status !== 200 || bytes < atLeast * 0.98) throw new Error(`${response.status}, ${bytes} bytes`)
}

async function timeOf(count: number, run: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await Promise.all(Array.from({ length: count }, run))
  return performance.now() - begun
}

function report(what: string, times: { plain: number[]; miss: number[] }, boundMs: number): void {
  const [download, drawn] = [median(times.plain), median(times.miss)]
  const added = median(times.miss.map((ms, round) => ms - (times.plain[round] ?? 0)))
  console.log(
    `${what}: ${drawn.toFixed(0)} ms, the plain download ${download.toFixed(0)} ms (${(drawn / download).toFixed(2)} of it)`,
  )
  if (boundMs === BOUND_ONE_MS) say('  adds', added, boundMs, 'ms')
  else say('  takes', drawn, boundMs, 'ms')
}

function say(what: string, value: number, bound: number, unit: string): void {
  const verdict = value <= bound ? 'within' : 'ABOVE'
  console.log(`${what} ${value.toFixed(0)} ${unit}, ${verdict} the bound of ${bound} ${unit}`)
}

/** MB of memory that the Worker's processes hold. */
function residentMb(): number {
  const pages = pids.map((pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  )
  return pages.reduce((sum, kib) => sum + kib, 0) / 1000
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8')
      parents.set(Number(entry), Number(/PPid:\s+(\d+)/.exec(status)?.[1]))
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [root]
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found.slice(1)
}
