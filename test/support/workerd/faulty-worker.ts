import { env as testEnv } from 'cloudflare:workers'
import worker, {
  Budget as RealBudget,
  Gallery as RealGallery,
  GenerationJob as RealJob,
} from '../../../worker/index.ts'
import type { Env } from '../../../worker/env.ts'
import type { JobStorage } from '../worker/fault-rules.ts'
import { controlTimers, controlUpstream, withFault, withFaults } from './with-faults.ts'

// The Worker, over R2 and a ledger that fail on demand. The routes under /test/ show what clients don't see, and do
// to a job what the platform may do to it.

const bindings = testEnv as unknown as Env

controlTimers(bindings)
controlUpstream(bindings)

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url)
    return url.pathname.startsWith('/test/')
      ? testRoute(url, request, env)
      : worker.fetch(request, withFaults(env), ctx)
  },
} satisfies ExportedHandler<Env>

export class GenerationJob extends RealJob {
  readonly #env: Env

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, withFaults(env, ctx.id.name))
    this.#env = env
  }

  override alarm(): Promise<void> {
    return withFault(this.#env, { binding: 'job', op: 'alarm', key: this.ctx.id.name ?? '' }, () =>
      super.alarm(),
    )
  }

  /** Ends this object at once. What it has stored stays. */
  abortInTest(): void {
    this.ctx.abort('aborted by a test')
  }

  /** Delivers the alarm once more, or before its time: then it is no longer set. */
  async alarmInTest(): Promise<void> {
    await this.ctx.storage.deleteAlarm()
    await super.alarm()
  }

  async storageInTest(): Promise<JobStorage> {
    const { storage } = this.ctx
    const names = storage.sql
      .exec<{ name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '__miniflare_*'`,
      )
      .toArray()
    const rows = (table: string): number =>
      storage.sql.exec<{ rows: number }>(`SELECT count(*) AS rows FROM "${table}"`).one().rows
    return {
      keys: Array.from((await storage.list()).keys()),
      tables: Object.fromEntries(names.map(({ name }) => [name, rows(name)])),
      alarm: await storage.getAlarm(),
    }
  }
}

export class Gallery extends RealGallery {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, withFaults(env))
  }
}

export class Budget extends RealBudget {
  queryInTest(sql: string): Record<string, SqlStorageValue>[] {
    return this.ctx.storage.sql.exec(sql).toArray()
  }
}

async function testRoute({ pathname, searchParams }: URL, request: Request, env: Env): Promise<Response> {
  const [, , what, fingerprint = '', action] = pathname.split('/')
  if (what === 'r2') return Response.json(await keysOf(env.BUCKET, searchParams.get('prefix') ?? ''))
  if (what === 'ledger') {
    const { BUDGET } = env as unknown as { BUDGET: DurableObjectNamespace<Budget> }
    return Response.json(await BUDGET.get(BUDGET.idFromName('budget')).queryInTest(await request.text()))
  }
  const { JOBS } = env as unknown as { JOBS: DurableObjectNamespace<GenerationJob> }
  const job = JOBS.get(JOBS.idFromName(fingerprint))
  if (action === 'storage') return Response.json(await job.storageInTest())
  if (action === 'alarm') await job.alarmInTest()
  // The call fails together with the object.
  if (action === 'abort') await Promise.allSettled([job.abortInTest()])
  return new Response(null, { status: 204 })
}

async function keysOf(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let cursor: string | undefined
  do {
    const page: R2Objects = await bucket.list({ prefix, ...(cursor && { cursor }) })
    keys.push(...page.objects.map(({ key }) => key))
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return keys
}
