import { resolve } from 'node:path'
import type { DurableObjectNamespace, R2Bucket } from '@cloudflare/workers-types'
import { createTestHarness, type TestHarnessOptions } from 'wrangler'
import { type JournalEntry } from '../../../emulator/index.ts'
import { type ServedEmulator, type ServeOptions, serveEmulator } from '../../../emulator/serve.ts'
import { buildOnce, readConfig } from './built.ts'
import { type Client, createClient } from './client.ts'

export { bearer, CREDENTIALS, SIGNING_KEY, TOKENS } from './client.ts'

// No request of wrangler's own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'

/** The Worker in workerd, with real R2 and Durable Objects, in front of the emulator. */
export interface RunningEasel extends Client {
  readonly upstream: ServedEmulator
  /** The requests that cost money, of all images or of those with this text in the prompt. */
  generations(text?: string): readonly JournalEntry[]
  readonly bucket: R2Bucket
  readonly url: URL
  /** The budget's ledger. */
  ledger(sql: string): Promise<unknown>
  /** JSON lines of the log, oldest first. */
  log(): Record<string, unknown>[]
  close(): Promise<void>
}

export interface StartOptions {
  readonly emulator?: ServeOptions
  /** Beside the ones that point at the emulator; `undefined` takes one away. */
  readonly vars?: Readonly<Record<string, string | undefined>>
  /** Another entrypoint than the Worker's own, such as one that counts what it does. */
  readonly main?: string
  /** Keys of wrangler.toml that are left out, such as a binding's. */
  readonly without?: readonly string[]
  /** Keys of wrangler.toml with another value. */
  readonly config?: Readonly<Record<string, unknown>>
  /** A compiled easel.yml to be deployed with. */
  readonly easelConfig?: string
}

export async function startEasel({
  emulator = {},
  vars = {},
  main,
  without = [],
  config = {},
  easelConfig,
}: StartOptions = {}): Promise<RunningEasel> {
  const [upstream] = await Promise.all([serveEmulator({ plainImages: true, ...emulator }), buildOnce()])
  const harness = createTestHarness(
    harnessOptions(
      main,
      {
        EASEL_ACCESS: 'open',
        OPENROUTER_API_KEY: 'sk-or-test',
        OPENROUTER_BASE_URL: upstream.url,
        ...vars,
      },
      without,
      config,
      easelConfig,
    ),
  )
  const { url } = await harness.listen()
  const worker = harness.getWorker<{ BUCKET: R2Bucket; BUDGET: DurableObjectNamespace }>()
  const { BUCKET: bucket } = await worker.getEnv()

  return {
    ...createClient(() => url),
    upstream,
    generations: (text = '') => upstream.requests.filter(({ body }) => JSON.stringify(body).includes(text)),
    bucket,
    url,
    async ledger(sql) {
      const storage = await worker.getDurableObjectStorage('BUDGET', { name: 'budget' })
      return storage.exec(sql)
    },
    log: () =>
      harness
        .getLogs()
        .map(({ message }) => message)
        .filter((message) => message.startsWith('{'))
        .map((message) => JSON.parse(message) as Record<string, unknown>),
    async close() {
      await Promise.all([harness.close(), upstream.close()])
    },
  }
}

function harnessOptions(
  main = './worker/index.ts',
  vars: Readonly<Record<string, string | undefined>>,
  without: readonly string[],
  changed: Readonly<Record<string, unknown>>,
  easelConfig: string | undefined,
): TestHarnessOptions {
  const present = Object.fromEntries(
    Object.entries(vars).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  // Secrets are given as variables, and a name can't be both.
  const { vars: configured, secrets: _, build: __, alias, ...all } = readConfig()
  const paths = Object.entries({ ...alias, ...(easelConfig && { 'easel-config': easelConfig }) })
  const config = {
    ...Object.fromEntries(Object.entries(all).filter(([key]) => !without.includes(key))),
    ...changed,
    main: resolve(main),
    alias: Object.fromEntries(paths.map(([name, path]) => [name, resolve(path)])),
    vars: { ...configured, ...present },
  }
  // A folder where nobody keeps a .dev.vars, whose variables would win.
  return { root: '.wrangler', workers: [{ config }] }
}
