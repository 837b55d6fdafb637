import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { bundleWorker } from '../support/bundle.ts'
import { freePort } from '../../test/support/free-port.ts'
import { interleave, type Row, timed, toRow } from '../support/rows.ts'

const WORKERD = join('node_modules', 'workerd', 'bin', 'workerd')

const TIMEOUT_MS = 20_000

/** The free plan's limit for a compressed bundle, 3 MB. */
const FREE_PLAN_KB = 3000

/** The size of the deployed bundle, and how long workerd takes from its start to the first response. */
export async function startRows(quick: boolean): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    const [easel, bare] = await Promise.all([
      bundleWorker('wrangler.toml', join(folder, 'easel')),
      bundleWorker('bench/bare.toml', join(folder, 'bare')),
    ])
    const start = (scriptPath: string, path: string) => () => timed(() => firstResponse(scriptPath, path))
    const times = await interleave(
      { easel: start(easel, '/nothing'), bare: start(bare, '/') },
      { rounds: quick ? 2 : 9 },
    )
    return [
      toRow({
        name: 'bundle of the Worker',
        unit: 'kB',
        values: [(await stat(easel)).size / 1000],
        against: 'bare Worker',
        references: [(await stat(bare)).size / 1000],
      }),
      toRow({
        name: 'bundle of the Worker, compressed',
        unit: 'kB',
        values: [gzipSync(await readFile(easel)).byteLength / 1000],
        bound: { of: 'value', atMost: FREE_PLAN_KB },
      }),
      toRow({
        name: 'cold start: workerd, from its start to the first response',
        unit: 'ms',
        values: times.easel,
        against: 'bare Worker',
        references: times.bare,
      }),
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Starts a workerd without storage. Any response means that the Worker has started. */
async function firstResponse(scriptPath: string, path: string): Promise<void> {
  const port = await freePort()
  const config = join(dirname(scriptPath), 'config.capnp')
  await writeFile(config, configFor(basename(scriptPath), port))
  const child = spawn(WORKERD, ['serve', config], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await responds(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('workerd did not start')
    await pause(1)
  }
  child.kill()
  await exited
}

async function responds(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer()
    return true
  } catch {
    return false
  }
}

function configFor(script: string, port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "${script}", esModule = embed "${script}")],
    compatibilityDate = "2026-11-01",
    bindings = [(name = "EASEL_ACCESS", text = "open"), (name = "OPENROUTER_API_KEY", text = "sk-or-bench")],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}
