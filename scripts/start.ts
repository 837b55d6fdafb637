import { createServer } from 'node:net'
import { unstable_startWorker as startWorker } from 'wrangler'
import { serveEmulator } from '../emulator/serve.ts'

// Runs Easel on this machine: the Worker in workerd with R2 under .wrangler/, and, without an OpenRouter key, the
// emulator.

const HOST = '127.0.0.1'

// Wrangler must not send requests of its own: this works offline.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'
process.env['WRANGLER_LOG'] ??= 'warn'

const port = portFrom('PORT', 8787)
await assertFree(port, 'PORT')

const upstream = process.env['OPENROUTER_API_KEY'] ? undefined : await startEmulator()
const vars: Record<string, string> = {
  EASEL_ACCESS: 'open',
  ...upstream?.vars,
  ...easelVariables(),
}

const worker = await startWorker({
  config: 'wrangler.toml',
  bindings: Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text' as const, value }]),
  ),
  dev: {
    server: { hostname: HOST, port },
    inspector: false,
    persist: process.env['STATE_DIR'] ?? '.wrangler/state',
    watch: false,
  },
})

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
// npm runs scripts through a shell, which does not pass on signals: then the parent process is gone.
const parent = process.ppid
setInterval(() => process.ppid !== parent && void stop(), 200).unref()

await worker.ready
const url = `http://${HOST}:${port}`
console.log(
  upstream
    ? `The emulator at ${upstream.url} generates images for free. Set OPENROUTER_API_KEY for real ones.`
    : `${process.env['OPENROUTER_BASE_URL'] ?? 'OpenRouter'} generates images, and they cost money.`,
)
console.log(`Easel is ready at ${url}`)
console.log(`curl '${url}/image?prompt=A+lighthouse+at+dusk&aspect_ratio=16:9' -o lighthouse.png`)

async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  await Promise.allSettled([worker.dispose(), upstream?.close()])
  process.exit(0)
}

async function startEmulator(): Promise<{
  readonly url: string
  readonly vars: Record<string, string>
  close(): Promise<void>
}> {
  const emulatorPort = portFrom('EMULATOR_PORT', 8788)
  await assertFree(emulatorPort, 'EMULATOR_PORT')
  const latencyMs = Number(process.env['EMULATOR_LATENCY_MS'] ?? 0)
  const { url: base, close } = await serveEmulator({ port: emulatorPort, latencyMs })
  return { url: base, close, vars: { OPENROUTER_API_KEY: 'sk-or-emulator', OPENROUTER_BASE_URL: base } }
}

/** An empty variable counts as absent, as everywhere else. */
function easelVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value && /^(OPENROUTER|EASEL)_/.test(name) ? [[name, value]] : [],
    ),
  )
}

function portFrom(name: string, fallback: number): number {
  const text = process.env[name]
  if (!text) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value
  return fail(`${name} is "${text}": it must be a port, 1 to 65535.`)
}

async function assertFree(wanted: number, variable: string): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve) => {
    probe.once('error', () =>
      fail(`Port ${wanted} is in use. Choose another one: ${variable}=${wanted + 100} npm start`),
    )
    probe.listen(wanted, HOST, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
