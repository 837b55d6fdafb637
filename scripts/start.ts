import { unstable_startWorker as startWorker } from 'wrangler'
import { serveEmulator } from '../emulator/serve.ts'
import { parseNamedSecrets } from '../shared/named-secrets.ts'
import { signUrl } from '../shared/url/sign.ts'
import { localCredentials } from './start/credentials.ts'
import { generationLine } from './start/generation-line.ts'
import { freePortFrom, HOST } from './start/ports.ts'

// Runs Easel on this machine: the Worker in workerd with its state under .wrangler/, and, without an OpenRouter key,
// the emulator.

// Wrangler must not send requests of its own: this works offline.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'
process.env['WRANGLER_LOG'] ??= 'warn'

await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})

async function start(): Promise<void> {
  const port = await freePortFrom('PORT', 8787)
  const url = `http://${HOST}:${port}`
  const isReal = Boolean(process.env['OPENROUTER_API_KEY'])
  // Images that cost money and images that don't never share a cache.
  const state = process.env['STATE_DIR'] || `.wrangler/${isReal ? 'real' : 'emulated'}`
  const upstream = isReal ? undefined : await startEmulator(port + 1)
  const vars = {
    // Open only where generating is free.
    EASEL_ACCESS: isReal ? 'signed' : 'open',
    ...(await localCredentials(state)),
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
      persist: state,
      watch: false,
      structuredLogsHandler({ level, message }: { readonly level: string; readonly message: string }) {
        const line = generationLine(message, url)
        if (line !== undefined) console.log(line)
        else if (level === 'error' || level === 'warn') console.error(message)
      },
    },
  })
  stopWith(async () => {
    await Promise.allSettled([worker.dispose(), upstream?.close()])
  })

  await worker.ready
  console.log(
    upstream
      ? `The emulator at ${upstream.url} generates images for free. Set OPENROUTER_API_KEY for real ones.`
      : `${process.env['OPENROUTER_BASE_URL'] || 'OpenRouter'} generates images, and they cost money.`,
  )
  if (isReal && vars.EASEL_ACCESS === 'open') {
    console.warn(
      `Warning: EASEL_ACCESS is open. Every program and web page on this machine can spend your credits, up to EASEL_DAILY_BUDGET_USD.`,
    )
  }
  console.log(`Easel is ready at ${url}`)
  console.log(`Access: ${vars.EASEL_ACCESS}`)
  console.log(`Token: ${parseNamedSecrets(vars.EASEL_TOKENS)[0]?.[1] ?? 'none'}`)
  console.log(`curl '${await exampleUrl(url, vars)}' -o lighthouse.png`)
}

/** An image to try: signed, where generating it takes a signature. */
async function exampleUrl(
  base: string,
  vars: { readonly EASEL_ACCESS: string; readonly EASEL_SIGNING_KEYS: string },
): Promise<string> {
  const example = new URL('/image?prompt=A+lighthouse+at+dusk&aspect_ratio=16:9', base)
  const [key] = parseNamedSecrets(vars.EASEL_SIGNING_KEYS)
  if (vars.EASEL_ACCESS === 'open' || !key) return example.href
  const [kid, secret] = key
  return signUrl(example, { kid, secret })
}

async function startEmulator(fallbackPort: number): Promise<{
  readonly url: string
  readonly vars: Record<string, string>
  close(): Promise<void>
}> {
  const port = await freePortFrom('EMULATOR_PORT', fallbackPort)
  const latencyMs = Number(process.env['EMULATOR_LATENCY_MS'] ?? 0)
  const { url, close } = await serveEmulator({ port, latencyMs })
  return { url, close, vars: { OPENROUTER_API_KEY: 'sk-or-emulator', OPENROUTER_BASE_URL: url } }
}

/** An empty variable counts as absent, as everywhere else. */
function easelVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value && /^(OPENROUTER|EASEL)_/.test(name) ? [[name, value]] : [],
    ),
  )
}

/** Stops on a signal, or when npm is gone: it runs scripts through a shell, which does not pass on signals. */
function stopWith(close: () => Promise<void>): void {
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1)
    isStopping = true
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && void stop(), 200).unref()
}
