import * as z from 'zod'
import { unstable_startWorker as startWorker } from 'wrangler'

// A program of its own: a Worker in workerd, with its state in a folder. Sends the process that started it the
// Worker's address, and then the lines of its log.

process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'
process.env['WRANGLER_LOG'] ??= 'error'

const { main, state, vars } = z
  .object({ main: z.string(), state: z.string(), vars: z.record(z.string(), z.string()) })
  .parse(JSON.parse(process.argv[2] ?? ''))

const worker = await startWorker({
  config: 'wrangler.toml',
  entrypoint: main,
  // The process that started this one has built what is bundled.
  build: { custom: { command: '' } },
  bindings: Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text' as const, value }]),
  ),
  dev: {
    server: { hostname: '127.0.0.1', port: 0 },
    inspector: false,
    persist: state,
    watch: false,
    structuredLogsHandler: ({ message }: { readonly message: string }) => process.send?.({ log: message }),
  },
})
// The process that started it is gone.
process.once('disconnect', () => void worker.dispose().finally(() => process.exit()))
await worker.ready
process.send?.({ url: (await worker.url).href })
