import type { Env } from '../../../worker/env.ts'
import worker, { Budget as RealBudget, Gallery, GenerationJob } from '../../../worker/index.ts'

// The Worker with a ledger that tests can call: POST /test/ledger takes [method, ...arguments] arrays, calls them
// all at once and responds with their results. Its clock can be moved, it can be restarted, and it counts the rows
// that it writes.

/** Milliseconds by which the ledger's clock is ahead. Outlives a restart of the object, as a clock does. */
let aheadMs = 0

let rowsWritten = 0

export class Budget extends RealBudget {
  constructor(ctx: DurableObjectState, env: Env) {
    const { sql } = ctx.storage
    const exec = sql.exec.bind(sql)
    const counting: SqlStorage['exec'] = (query, ...bindings) => {
      const cursor = exec<never>(query, ...(bindings as unknown[]))
      rowsWritten += cursor.rowsWritten
      return cursor
    }
    Object.defineProperty(sql, 'exec', { value: counting })
    super(ctx, env, () => Date.now() + aheadMs)
  }

  /** Rows written since the last time it was asked. */
  takeRowsWritten(): number {
    const rows = rowsWritten
    rowsWritten = 0
    return rows
  }

  crash(): void {
    this.ctx.abort('crashed by a test')
  }

  moveClock(ms: number): void {
    aheadMs += ms
  }
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== '/test/ledger') return worker.fetch(request, env, ctx)
    const calls = (await request.json()) as [method: string, ...args: unknown[]][]
    const results = await Promise.allSettled(
      calls.map(([method, ...args]) => {
        const stub = env.BUDGET.get(env.BUDGET.idFromName('budget')) as unknown as Record<
          string,
          (...args: unknown[]) => Promise<unknown>
        >
        return stub[method]?.(...args)
      }),
    )
    return Response.json(
      results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    )
  },
} satisfies ExportedHandler<Env>

export { Gallery, GenerationJob }
