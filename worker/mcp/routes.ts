import { Hono } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import { errorHeaders, toProblem } from '../../shared/problem.ts'
import { bodyLimit } from '../access/body-limit.ts'
import type { AppPorts } from '../routes/ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import type { AppEnv } from '../web/trace.ts'

/** JSON-RPC 2.0: what came is not JSON, or not to be read; and the first of the codes that servers define. */
const PARSE_ERROR = -32_700
const SERVER_ERROR = -32_000

/** The Model Context Protocol over streamable HTTP, without sessions. Whoever may POST images may use it. */
export function mcpRoutes(ports: AppPorts): Hono<AppEnv> {
  const { access, settings } = ports
  const app = new Hono<AppEnv>()

  app.post('/', async (c) => {
    const caller = await access.toPost(c.req.raw)
    const body = await readJsonBody(c.req.raw, bodyLimit(caller, settings.access))
    // Imported on request: it is large, and start-up must not wait for it.
    const { answerMcp } = await import('./server.ts')
    return answerMcp(body, { c, caller, ports })
  })

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    const { status, code, detail } = toProblem(error)
    const headers = errorHeaders(error)
    headers.set('Content-Type', 'application/json')
    const rpcCode = status === 400 ? PARSE_ERROR : SERVER_ERROR
    const body = { jsonrpc: '2.0', id: null, error: { code: rpcCode, message: detail, data: { code } } }
    return new Response(JSON.stringify(body), { status, headers })
  })

  return app
}
