import worker, { Budget as RealBudget, Gallery, GenerationJob as RealJob } from '../../worker/index.ts'
import type { Env } from '../../worker/env.ts'
import { count, countingEnv, countingState, takeCounts } from './counters.ts'

// The Worker, counting its operations: `GET /bench/counts` returns and resets the counts.
// `GET /bench/later` moves the ledger's clock on, past the minutes that it remembers a reservation for.
// `GET /bench/copies?of=…&from=…&to=…` stores copies of an image, with these numbers as fingerprints.
// `GET /bench/read?of=…` returns the R2 object, and does nothing else.

const LATER_MS = 15 * 60_000

let ledgerIsAheadMs = 0

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/bench/counts') return Response.json(takeCounts())
    if (pathname === '/bench/later') {
      ledgerIsAheadMs += LATER_MS
      return new Response('later')
    }
    if (pathname === '/bench/copies') return copy(env.BUCKET, searchParams)
    if (pathname === '/bench/read') {
      const object = await env.BUCKET.get(`images/${searchParams.get('of')}/0`)
      return new Response(object?.body ?? null, { status: object ? 200 : 404 })
    }
    return worker.fetch(request, countingEnv(env), ctx)
  },
} satisfies ExportedHandler<Env>

export class GenerationJob extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countingState(ctx), countingEnv(env))
  }

  override alarm(): Promise<void> {
    count('alarm')
    return super.alarm()
  }
}

export class Budget extends RealBudget {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countingState(ctx), countingEnv(env), () => Date.now() + ledgerIsAheadMs)
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

export { Gallery }
