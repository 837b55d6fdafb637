import type { Context, Env, Hono } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import { problemResponse } from '../../shared/problem.ts'

/** All that any route of Easel could answer. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** How long a browser may remember what a preflight said, seconds: browsers cap it at a day or less. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400

/**
 * The answer for a method that a path does not have: `OPTIONS` is told which there are, a browser's preflight
 * also that any page may use them, everything else is refused with `Allow` (RFC 9110, 9.3.7 and 15.5.6).
 *
 * @returns `undefined` when the path has no methods at all
 */
export function answerOtherMethod<E extends Env>(app: Hono<E>, c: Context<E>): Response | undefined {
  const { method, path } = c.req
  const allow = allowedMethods(app, path)
  if (allow.length === 0) return undefined
  if (method !== 'OPTIONS') {
    const detail = `${path} has no ${method}. It has ${allow.join(', ')}.`
    return problemResponse(new EaselError('method_not_allowed', detail, { extras: { allow } }))
  }
  const headers = new Headers({ Allow: allow.join(', '), 'Cache-Control': 'no-store' })
  if (c.req.header('Access-Control-Request-Method') !== undefined) {
    headers.set('Access-Control-Allow-Origin', '*')
    headers.set('Access-Control-Allow-Methods', allow.join(', '))
    // Clients of OpenRouter send headers of their own; no cookie is ever read, so none of them is a danger.
    const wanted = c.req.header('Access-Control-Request-Headers')
    if (wanted !== undefined) headers.set('Access-Control-Allow-Headers', wanted)
    headers.set('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS))
    headers.set('Vary', 'Access-Control-Request-Method, Access-Control-Request-Headers')
  }
  return new Response(null, { status: 204, headers })
}

/** Read from the routes themselves, so that no list can be forgotten. */
function allowedMethods<E extends Env>({ router }: Hono<E>, path: string): readonly string[] {
  const found: string[] = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  if (found.length === 0) return []
  return [...found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS']
}
