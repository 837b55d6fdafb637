import type { R2Bucket } from '@cloudflare/workers-types'
import { type JournalEntry } from '../../../emulator/index.ts'
import { type ServedEmulator, type ServeOptions, serveEmulator } from '../../../emulator/serve.ts'
import { type Client, createClient } from './client.ts'
import { startInWorkerd, type WorkerChanges } from './workerd.ts'

export { bearer, CREDENTIALS, SIGNING_KEY, TOKENS } from './client.ts'

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

export interface StartOptions extends Omit<WorkerChanges, 'vars' | 'state'> {
  readonly emulator?: ServeOptions
  /** Beside the ones that point at the emulator; `undefined` takes one away. */
  readonly vars?: Readonly<Record<string, string | undefined>>
}

export async function startEasel({
  emulator = {},
  vars = {},
  ...changes
}: StartOptions = {}): Promise<RunningEasel> {
  const upstream = await serveEmulator({ plainImages: true, ...emulator })
  const all = {
    EASEL_ACCESS: 'open',
    OPENROUTER_API_KEY: 'sk-or-test',
    OPENROUTER_BASE_URL: upstream.url,
    ...vars,
  }
  const lines: string[] = []
  const worker = await startInWorkerd({ ...changes, vars: present(all) }, (line) => lines.push(line))
  const { BUCKET: bucket } = await worker.bindings<{ readonly BUCKET: R2Bucket }>()

  return {
    ...createClient(() => worker.url),
    upstream,
    generations: (text = '') => upstream.requests.filter(({ body }) => JSON.stringify(body).includes(text)),
    bucket,
    url: worker.url,
    ledger: (sql) => worker.query('Budget', 'budget', sql),
    log: () => entriesOf(lines),
    async close() {
      await Promise.all([worker.kill(), upstream.close()])
    },
  }
}

/** The JSON lines of a log. */
export function entriesOf(lines: readonly string[]): Record<string, unknown>[] {
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function present(vars: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vars).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
