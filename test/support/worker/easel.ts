import { readFileSync } from 'node:fs'
import type { DurableObjectNamespace, R2Bucket } from '@cloudflare/workers-types'
import { parse as parseToml } from 'smol-toml'
import { createTestHarness, type TestHarnessOptions } from 'wrangler'
import { type JournalEntry } from '../../../emulator/index.ts'
import { type ServedEmulator, type ServeOptions, serveEmulator } from '../../../emulator/serve.ts'

// No request of wrangler's own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'

/** Long enough to be secrets. */
export const TOKENS = { docs: 'docs-token-0123456789', ci: 'ci-token-0123456789ab' } as const
export const SIGNING_KEY = { kid: 'k1', secret: 'signing-secret-0123456789' } as const

/** The Worker in workerd, with real R2 and Durable Objects, in front of the emulator. */
export interface RunningEasel {
  /** What a client would get at this path. */
  get(path: string, init?: RequestInit): Promise<Response>
  /** The same with a JSON body. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  readonly upstream: ServedEmulator
  /** The requests that cost money, of all images or of those with this text in the prompt. */
  generations(text?: string): readonly JournalEntry[]
  readonly bucket: R2Bucket
  readonly url: URL
  /** An image's job, of the Worker with faults. */
  jobOf(fingerprint: string): FaultyJob
  /** The budget's ledger. */
  ledger(sql: string): Promise<unknown>
  /** JSON lines of the log, oldest first. */
  log(): Record<string, unknown>[]
  close(): Promise<void>
}

/** What test/support/workerd/faulty-worker.ts lets tests do to a job. */
export interface FaultyJob {
  crash(): Promise<void>
  ringAgain(): Promise<void>
}

export interface StartOptions {
  readonly emulator?: ServeOptions
  /** Beside the ones that point at the emulator; `undefined` takes one away. */
  readonly vars?: Readonly<Record<string, string | undefined>>
  /** Another entrypoint than the Worker's own, such as one with a faulty R2. */
  readonly main?: string
  /** Keys of wrangler.toml that are left out, such as a binding's; with `main` only. */
  readonly without?: readonly string[]
  /** A compiled easel.yml to be deployed with; with `main` only. */
  readonly easelConfig?: string
}

/** Credentials for `signed` and `private`. */
export const CREDENTIALS = {
  EASEL_TOKENS: Object.entries(TOKENS)
    .map(([name, token]) => `${name}:${token}`)
    .join(','),
  EASEL_SIGNING_KEYS: `${SIGNING_KEY.kid}:${SIGNING_KEY.secret}`,
} as const

export async function startEasel({
  emulator = {},
  vars = {},
  main,
  without = [],
  easelConfig,
}: StartOptions = {}): Promise<RunningEasel> {
  const upstream = await serveEmulator(emulator)
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
      easelConfig,
    ),
  )
  const { url } = await harness.listen()
  const worker = harness.getWorker<{
    BUCKET: R2Bucket
    JOBS: DurableObjectNamespace
    BUDGET: DurableObjectNamespace
  }>()
  const { BUCKET: bucket, JOBS: jobs } = await worker.getEnv()

  function get(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    // Everybody from an address of their own, so that no test uses up another's rate.
    if (!headers.has('CF-Connecting-IP')) headers.set('CF-Connecting-IP', randomAddress())
    return fetch(new URL(path, url), { redirect: 'manual', ...init, headers })
  }

  return {
    get,
    post(path, body, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('Content-Type', 'application/json')
      return get(path, { method: 'POST', body: JSON.stringify(body), ...init, headers })
    },
    upstream,
    generations: (text = '') => upstream.requests.filter(({ body }) => JSON.stringify(body).includes(text)),
    bucket,
    url,
    jobOf: (fingerprint) => jobs.get(jobs.idFromName(fingerprint)) as unknown as FaultyJob,
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
  main: string | undefined,
  vars: Readonly<Record<string, string | undefined>>,
  without: readonly string[],
  easelConfig: string | undefined,
): TestHarnessOptions {
  const present = Object.fromEntries(
    Object.entries(vars).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  if (main === undefined) return { workers: [{ configPath: './wrangler.toml', vars: present }] }
  const { vars: configured, ...all } = parseToml(readFileSync('wrangler.toml', 'utf8'))
  const config = {
    ...Object.fromEntries(Object.entries(all).filter(([key]) => !without.includes(key))),
    ...(easelConfig && { build: {}, alias: { 'easel-config': easelConfig } }),
  }
  return { workers: [{ config: { ...config, main, vars: { ...(configured as object), ...present } } }] }
}

function randomAddress(): string {
  return Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 250)).join('.')
}
