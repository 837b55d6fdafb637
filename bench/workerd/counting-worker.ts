import worker, { Budget as RealBudget, Gallery, GenerationJob as RealJob } from '../../worker/index.ts'
import type { Env } from '../../worker/env.ts'

// The Worker, counting its operations: `GET /bench/counts` returns and resets the counts.
// `GET /bench/copies?of=…&from=…&to=…` stores copies of an image, with these numbers as fingerprints.
// `GET /bench/read?of=…` returns the R2 object, and does nothing else.

/** By operation, such as `r2.get` and `do.JOBS.generate`. */
const counts = new Map<string, number>()
/** Their row counts are known once they have been read. */
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/bench/counts') return Response.json(takeCounts())
    if (pathname === '/bench/copies') return copy(env.BUCKET, searchParams)
    if (pathname === '/bench/read') {
      const object = await env.BUCKET.get(`images/${searchParams.get('of')}/0`)
      return new Response(object?.body ?? null, { status: object ? 200 : 404 })
    }
    return worker.fetch(request, counted(env), ctx)
  },
} satisfies ExportedHandler<Env>

export class GenerationJob extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx), counted(env))
  }

  override alarm(): Promise<void> {
    count('do.alarm')
    return super.alarm()
  }
}

export class Budget extends RealBudget {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx), counted(env))
  }
}

async function copy(bucket: R2Bucket, query: URLSearchParams): Promise<Response> {
  const original = await bucket.get(`images/${query.get('of')}/0`)
  if (!original) return new Response('no such image', { status: 404 })
  const { httpMetadata = {}, customMetadata = {} } = original
  const bytes = await original.arrayBuffer()
  let next = Number(query.get('from'))
  const to = Number(query.get('to'))
  const storeNext = async (): Promise<void> => {
    while (next < to) {
      const fingerprint = (next++).toString(16).padStart(64, '0')
      await bucket.put(`images/${fingerprint}/0`, bytes, { httpMetadata, customMetadata })
    }
  }
  await Promise.all(Array.from({ length: 6 }, storeNext))
  return new Response('stored')
}

function takeCounts(): Record<string, number> {
  for (const { rowsRead, rowsWritten } of cursors.splice(0)) {
    count('sql.rows read', rowsRead)
    count('sql.rows written', rowsWritten)
  }
  const taken = Object.fromEntries(counts)
  counts.clear()
  return taken
}

function count(what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times)
}

function counted(env: Env): Env {
  return {
    ...env,
    BUCKET: countCalls(env.BUCKET, 'r2'),
    JOBS: countStubs(env.JOBS, 'JOBS'),
    BUDGET: countStubs(env.BUDGET, 'BUDGET'),
    ...(env.IMAGES && { IMAGES: countCalls(env.IMAGES, 'images') }),
  }
}

function countStubs<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  name: string,
): DurableObjectNamespace<T> {
  return new Proxy(namespace, {
    get(target, member) {
      if (member === 'get') return (id: DurableObjectId) => countCalls(target.get(id), `do.${name}`)
      const value: unknown = Reflect.get(target, member)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Counts each call of a method. A stub's methods are called through it: they can't be bound. */
function countCalls<T extends object>(real: T, prefix: string): T {
  return new Proxy(real, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        count(`${prefix}.${String(member)}`)
        return Reflect.apply(value, target, args)
      }
    },
  })
}

function countStorage(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx
  const { sql } = storage
  const countedSql = new Proxy(sql, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args)
        if (member === 'exec') cursors.push(result as (typeof cursors)[number])
        return result
      }
    },
  })
  const countedStorage = new Proxy(countCalls(storage, 'storage'), {
    get: (target, member) => (member === 'sql' ? countedSql : Reflect.get(target, member)),
  })
  Object.defineProperty(ctx, 'storage', { value: countedStorage })
  return ctx
}

export { Gallery }
