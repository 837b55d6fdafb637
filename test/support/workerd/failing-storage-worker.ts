import type { Env } from '../../../worker/env.ts'
import faulty, { Budget, Gallery, GenerationJob as FaultyJob } from './faulty-worker.ts'

// The Worker, with a job whose own storage fails once: /test/fail-write?job=<fingerprint>&n=3 is about the third write
// from then on.

let failing = { job: '', writesLeft: 0 }

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== '/test/fail-write') return faulty.fetch(request, env, ctx)
    failing = { job: searchParams.get('job') ?? '', writesLeft: Number(searchParams.get('n')) }
    return new Response(null, { status: 204 })
  },
} satisfies ExportedHandler<Env>

export class GenerationJob extends FaultyJob {
  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx
    const kv = new Proxy(storage.kv, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          if (name === 'put' && ctx.id.name === failing.job && --failing.writesLeft === 0)
            throw new Error('a write fails in this test')
          return Reflect.apply(member, target, args)
        }
      },
    })
    Object.defineProperty(ctx, 'storage', {
      value: new Proxy(storage, {
        get(target, name) {
          const member: unknown = name === 'kv' ? kv : Reflect.get(target, name)
          return typeof member === 'function' ? member.bind(target) : member
        },
      }),
    })
    super(ctx, env)
  }
}

export { Budget, Gallery }
