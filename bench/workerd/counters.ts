import type { Env } from '../../worker/env.ts'

// Counts operations by name, such as `r2.get` and `do.JOBS.generate`. Rows are counted as they are billed: each key
// that a call reads, writes or deletes, and each row that a query does.

const counts = new Map<string, number>()
/** Their row counts are known once they have been read. */
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []

export function count(what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times)
}

/** What was counted since the last call. */
export function takeCounts(): Record<string, number> {
  for (const { rowsRead, rowsWritten } of cursors.splice(0)) {
    count('rows read', rowsRead)
    count('rows written', rowsWritten)
  }
  const taken = Object.fromEntries(counts)
  counts.clear()
  return taken
}

export function countingEnv(env: Env): Env {
  return {
    ...env,
    BUCKET: countBucket(env.BUCKET),
    JOBS: countStubs(env.JOBS, 'JOBS'),
    BUDGET: countStubs(env.BUDGET, 'BUDGET'),
    ...(env.IMAGES && { IMAGES: countCalls(env.IMAGES, 'images') }),
  }
}

/** @returns the same state, with a storage that counts */
export function countingState(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx
  const sql = wrapMethods(storage.sql, (member, [query], call) => {
    const result = call()
    // Locally, the simulator writes each object's name into its storage.
    const isOurs = member === 'exec' && !String(query).includes('__miniflare')
    if (isOurs) cursors.push(result as (typeof cursors)[number])
    return result
  })
  const kv = wrapMethods(storage.kv, (member, _args, call) => {
    if (member === 'put' || member === 'delete') count('rows written')
    if (member === 'get') count('rows read')
    const result = call()
    if (member !== 'list') return result
    const rows = Array.from(result as ReturnType<typeof storage.kv.list>)
    count('rows read', rows.length)
    return rows
  })
  const counting = wrapMethods(storage, (member, [first], call) => {
    if (member === 'put' || member === 'delete') count('rows written', keysOf(first))
    if (member === 'setAlarm') count('rows written')
    if (member === 'get') count('rows read', keysOf(first))
    if (member === 'getAlarm') count('rows read')
    if (member === 'deleteAll')
      return storage.list().then(({ size }) => (count('rows written', size), call()))
    const result = call()
    if (member !== 'list') return result
    return (result as ReturnType<typeof storage.list>).then((rows) => (count('rows read', rows.size), rows))
  })
  Object.defineProperty(ctx, 'storage', {
    value: new Proxy(counting, {
      get(target, member) {
        if (member === 'sql') return sql
        return member === 'kv' ? kv : (Reflect.get(target, member) as unknown)
      },
    }),
  })
  return ctx
}

/** How many keys the first argument of a call names: one, a list, or an object of values by key. */
function keysOf(first: unknown): number {
  return typeof first === 'object' && first !== null ? Object.keys(first).length : 1
}

/** Parts of uploads are operations, too. */
function countBucket(bucket: R2Bucket): R2Bucket {
  return wrapMethods(bucket, (member, _args, call) => {
    if (member !== 'resumeMultipartUpload') count(`r2.${String(member)}`)
    const result = call()
    if (member === 'resumeMultipartUpload') return countCalls(result as R2MultipartUpload, 'r2')
    if (member !== 'createMultipartUpload') return result
    return (result as Promise<R2MultipartUpload>).then((upload) => countCalls(upload, 'r2'))
  })
}

function countStubs<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  name: string,
): DurableObjectNamespace<T> {
  return wrapMethods(namespace, (member, _args, call) => {
    const result = call()
    return member === 'get' ? countCalls(result as object, `do.${name}`) : result
  })
}

function countCalls<T extends object>(real: T, prefix: string): T {
  return wrapMethods(real, (member, _args, call) => {
    count(`${prefix}.${String(member)}`)
    return call()
  })
}

/** Has `onCall` make each call of a method. A stub's methods are called through it: they can't be bound. */
function wrapMethods<T extends object>(
  real: T,
  onCall: (member: string | symbol, args: readonly unknown[], call: () => unknown) => unknown,
): T {
  return new Proxy(real, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown =>
        onCall(member, args, () => Reflect.apply(value, target, args) as unknown)
    },
  })
}
