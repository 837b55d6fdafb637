import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JournalEntry } from '../../../emulator/index.ts'
import { type ServedEmulator, type ServeOptions, serveEmulator } from '../../../emulator/serve.ts'
import { type Client, createClient } from './client.ts'
import { entriesOf } from './easel.ts'
import type { JobStorage } from './fault-rules.ts'
import { type Faults, serveFaults } from './faults.ts'
import { type InWorkerd, startInWorkerd } from './workerd.ts'

/** The Worker with bindings that fail on demand and state that survives the process. */
export interface FaultyEasel extends Client {
  readonly upstream: ServedEmulator
  /** Its address, until it is started again. */
  url(): URL
  /** The requests that cost money, of all images or of those with this text in the prompt. */
  generations(text?: string): readonly JournalEntry[]
  readonly faults: Faults
  /** Ends an image's job at once, as the platform may. What it has stored stays. */
  abortJob(fingerprint: string): Promise<void>
  /** Delivers the alarm of an image's job once more, or before its time. */
  repeatAlarm(fingerprint: string): Promise<void>
  /** What an image's job has left in its storage. */
  jobStorage(fingerprint: string): Promise<JobStorage>
  readonly r2: { keys(prefix?: string): Promise<string[]> }
  /** The rows that this query finds in the ledger. */
  ledger(sql: string): Promise<unknown>
  /** JSON lines of the log since the start, oldest first. */
  log(): Record<string, unknown>[]
  /** SIGKILL: only stored state is left, and requests in flight fail. */
  kill(): Promise<void>
  /** Starts the Worker again on the same state, after killing it if it still runs. Its address changes. */
  restart(vars?: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

export interface FaultyOptions {
  readonly emulator?: ServeOptions
  readonly vars?: Readonly<Record<string, string>>
  /** An entrypoint that wraps the Worker as test/support/workerd/faulty-worker.ts does. */
  readonly main?: string
}

export async function startFaultyEasel({
  emulator = {},
  vars = {},
  main = './test/support/workerd/faulty-worker.ts',
}: FaultyOptions = {}): Promise<FaultyEasel> {
  const [upstream, faults, state] = await Promise.all([
    serveEmulator({ plainImages: true, ...emulator }),
    serveFaults(),
    mkdtemp(join(tmpdir(), 'easel-state-')),
  ])
  const lines: string[] = []
  const start = (changed: Readonly<Record<string, string>> = {}): Promise<InWorkerd> =>
    startInWorkerd(
      {
        main,
        state,
        vars: {
          EASEL_ACCESS: 'open',
          OPENROUTER_API_KEY: 'sk-or-test',
          OPENROUTER_BASE_URL: upstream.url,
          TEST_FAULTS_URL: faults.url,
          ...vars,
          ...changed,
        },
      },
      (line) => lines.push(line),
    )
  let running = await start()
  const client = createClient(() => running.url)

  async function inside(path: string, init?: RequestInit): Promise<Response> {
    const response = await client.get(`/test/${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }

  return {
    ...client,
    upstream,
    url: () => running.url,
    generations: (text = '') => upstream.requests.filter(({ body }) => JSON.stringify(body).includes(text)),
    faults,
    abortJob: async (fingerprint) => void (await inside(`jobs/${fingerprint}/abort`, { method: 'POST' })),
    repeatAlarm: async (fingerprint) => void (await inside(`jobs/${fingerprint}/alarm`, { method: 'POST' })),
    jobStorage: async (fingerprint) =>
      (await (await inside(`jobs/${fingerprint}/storage`)).json()) as JobStorage,
    r2: {
      keys: async (prefix = '') =>
        (await (await inside(`r2?prefix=${encodeURIComponent(prefix)}`)).json()) as string[],
    },
    ledger: async (sql) => (await inside('ledger', { method: 'POST', body: sql })).json(),
    log: () => entriesOf(lines),
    kill: () => running.kill(),
    async restart(changed) {
      await running.kill()
      running = await start(changed)
    },
    async close() {
      await running.kill()
      await Promise.all([upstream.close(), faults.close()])
      await rm(state, { recursive: true })
    },
  }
}
