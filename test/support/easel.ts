import type { R2Bucket } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { type ServedEmulator, type ServeOptions, serveEmulator } from '../../emulator/serve.ts'

// No request of wrangler's own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'

/** The Worker in workerd, with real R2, in front of the emulator. */
export interface RunningEasel {
  /** What a client would get at this path. */
  get(path: string, init?: RequestInit): Promise<Response>
  readonly upstream: ServedEmulator
  /** How many requests reached OpenRouter that cost money. */
  generations(): number
  readonly bucket: R2Bucket
  readonly url: URL
  close(): Promise<void>
}

export interface StartOptions {
  readonly emulator?: ServeOptions
  /** Beside the ones that point at the emulator; `undefined` takes one away. */
  readonly vars?: Readonly<Record<string, string | undefined>>
}

export async function startEasel({ emulator = {}, vars = {} }: StartOptions = {}): Promise<RunningEasel> {
  const upstream = await serveEmulator(emulator)
  const all = {
    EASEL_ACCESS: 'open',
    OPENROUTER_API_KEY: 'sk-or-test',
    OPENROUTER_BASE_URL: upstream.url,
    ...vars,
  }
  const harness = createTestHarness({
    workers: [
      {
        configPath: './wrangler.toml',
        vars: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
          string,
          string
        >,
      },
    ],
  })
  const { url } = await harness.listen()
  const env = await harness.getWorker<{ BUCKET: R2Bucket }>().getEnv()
  return {
    get: (path, { headers, ...init } = {}) =>
      fetch(new URL(path, url), {
        redirect: 'manual',
        // Everybody from an address of their own, so that no test uses up another's rate.
        headers: { 'CF-Connecting-IP': randomAddress(), ...Object.fromEntries(new Headers(headers)) },
        ...init,
      }),
    upstream,
    generations: () => upstream.requests.filter(({ method }) => method === 'POST').length,
    bucket: env.BUCKET,
    url,
    async close() {
      await Promise.all([harness.close(), upstream.close()])
    },
  }
}

function randomAddress(): string {
  return Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 250)).join('.')
}
