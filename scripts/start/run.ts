import process from 'node:process'
import { serveEmulator } from '../../emulator/serve.ts'
import { parseNamedSecrets } from '../../shared/named-secrets.ts'
import { signUrl } from '../../shared/url/sign.ts'
import { EMULATOR_KEY, isEmulated } from '../../worker/settings.ts'
import { compileConfig } from './compile-config.ts'
import { localCredentials } from './credentials.ts'
import { logLine } from './log-line.ts'
import { freePortFrom, HOST } from './ports.ts'
import { stateFolder } from './state-folder.ts'
import { givenVariables } from './variables.ts'

// Runs Easel on this machine: the Worker in workerd and, without an OpenRouter key, the emulator. Ends when the
// process that started it is gone, or closes the channel to it.

// Wrangler must not send requests of its own: this works offline.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'
// It would warn of secrets that it doesn't find: they are given as variables.
process.env['WRANGLER_LOG'] ??= 'error'

// Until there is something to close. Signals of the terminal reach only the process that started this one.
process.once('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  process.on(signal, () => (process.connected ? process.disconnect() : process.exit(0)))
}

await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})

async function start(): Promise<void> {
  const port = await freePortFrom('PORT', 8787)
  const url = `http://${HOST}:${port}`
  const given = await givenVariables('.dev.vars', process.env)
  const isFree = isEmulated({ OPENROUTER_API_KEY: EMULATOR_KEY, ...given })
  const state = await stateFolder(process.env['STATE_DIR'] || '.wrangler', isFree ? 'emulated' : 'real')
  await compileConfig()
  const upstream = given['OPENROUTER_API_KEY'] ? undefined : await startEmulator(port)
  const vars = {
    // Open only where generating is free.
    EASEL_ACCESS: isFree ? 'open' : 'signed',
    // Read from the log for the lines below. The log is on this terminal only.
    EASEL_LOG_PROMPTS: 'true',
    // Instead of what wrangler.toml sets: unlimited.
    ...(isFree && { EASEL_DAILY_BUDGET_USD: '' }),
    ...(await localCredentials(state)),
    ...given,
    ...upstream?.vars,
  }

  // Takes a second to load, which what is wrong above doesn't wait for.
  const { unstable_startWorker: startWorker } = await import('wrangler')
  const worker = await startWorker({
    config: 'wrangler.toml',
    // The config is compiled above.
    build: { custom: { command: 'node scripts/build-page.ts' } },
    bindings: Object.fromEntries(
      Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text' as const, value }]),
    ),
    dev: {
      server: { hostname: HOST, port },
      inspector: false,
      persist: state,
      watch: false,
      structuredLogsHandler({ level, message }: { readonly level: string; readonly message: string }) {
        const line = logLine(message, url)
        if (line !== undefined) console.log(line)
        else if (level === 'error' || level === 'warn') console.error(message)
      },
    },
  })
  process.removeAllListeners('disconnect')
  process.once('disconnect', () => {
    void Promise.allSettled([worker.dispose(), upstream?.close()]).then(() => process.exit(0))
  })

  await worker.ready
  if (upstream) {
    console.log(`The emulator at ${upstream.url} generates images: free, without a model or a budget.`)
    console.log(`They carry X-Easel-Emulated. Set OPENROUTER_API_KEY for real ones.`)
  } else if (!isFree) {
    console.log(`${given['OPENROUTER_BASE_URL'] ?? 'OpenRouter'} generates images, and they cost money.`)
  }
  if (!isFree && vars.EASEL_ACCESS === 'open') {
    console.warn(
      `Warning: EASEL_ACCESS is open. Every program and web page on this machine can spend your credits, up to EASEL_DAILY_BUDGET_USD.`,
    )
  }
  console.log(`Easel is ready at ${url}`)
  console.log(`Access: ${vars.EASEL_ACCESS}`)
  console.log(`Token: ${parseNamedSecrets(vars.EASEL_TOKENS)[0]?.[1] ?? 'none'}`)
  console.log(`State: ${state}`)
  console.log(`curl '${await exampleUrl(url, vars)}' -o lighthouse.png`)
  console.log(`Next: open ${url}, or run npm run easel -- --help`)
}

/** An image to try: signed, where generating it takes a signature. */
async function exampleUrl(
  base: string,
  vars: Readonly<Record<'EASEL_ACCESS' | 'EASEL_SIGNING_KEYS', string>>,
): Promise<string> {
  const example = new URL('/image?prompt=A+lighthouse+at+dusk&aspect_ratio=16:9', base)
  const [key] = parseNamedSecrets(vars.EASEL_SIGNING_KEYS)
  if (vars.EASEL_ACCESS === 'open' || !key) return example.href
  const [kid, secret] = key
  return signUrl(example, { kid, secret })
}

async function startEmulator(workerPort: number): Promise<{
  readonly url: string
  readonly vars: Record<string, string>
  close(): Promise<void>
}> {
  const port = await freePortFrom('EMULATOR_PORT', workerPort + 1, [workerPort])
  const latencyMs = Number(process.env['EMULATOR_LATENCY_MS'] ?? 0)
  const { url, close } = await serveEmulator({ port, latencyMs })
  return { url, close, vars: { OPENROUTER_API_KEY: EMULATOR_KEY, OPENROUTER_BASE_URL: url } }
}
