import type { Env } from '../../../worker/env.ts'
import worker, { Budget, Gallery, GenerationJob } from '../../../worker/index.ts'

// The Worker, with its bindings counted: /test/uses returns how often R2, a Durable Object or the rate limit was used
// since the last time it was asked.

const uses: string[] = []

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/test/uses') return Response.json(uses.splice(0))
    const counted = {
      ...env,
      BUCKET: countedBinding('R2', env.BUCKET),
      BUDGET: countedBinding('ledger', env.BUDGET),
      JOBS: countedBinding('job', env.JOBS),
    }
    return worker.fetch(request, counted, ctx)
  },
} satisfies ExportedHandler<Env>

function countedBinding<Binding extends object>(name: string, binding: Binding): Binding {
  return new Proxy(binding, {
    get(target, method) {
      const member: unknown = Reflect.get(target, method)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        uses.push(`${name}.${String(method)}`)
        return Reflect.apply(member, target, args)
      }
    },
  })
}

export { Budget, Gallery, GenerationJob }
