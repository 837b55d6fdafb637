import type { Env } from '../../../worker/env.ts'
import worker, { Budget, Gallery, GenerationJob } from '../../../worker/index.ts'

// The Worker, observed: /test/uses returns what was used of R2 and the Durable Objects, and every read of a request's
// body, since the last time it was asked.

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
    return worker.fetch(observed(request), counted, ctx)
  },
} satisfies ExportedHandler<Env>

const BODY_MEMBERS = new Set<PropertyKey>([
  'body',
  'text',
  'json',
  'arrayBuffer',
  'bytes',
  'blob',
  'formData',
])

/** The same request, which says when somebody turns to its body. */
function observed<Incoming extends Request>(request: Incoming): Incoming {
  return new Proxy(request, {
    get(target, name) {
      if (BODY_MEMBERS.has(name)) uses.push('body')
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

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
