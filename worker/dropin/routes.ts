import { type Context, Hono } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import type { Caller } from '../access/access.ts'
import { bodyLimit } from '../access/body-limit.ts'
import type { AppPorts } from '../routes/ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import { notFound } from '../web/not-found.ts'
import type { AppEnv } from '../web/trace.ts'
import { keyRecord } from './key.ts'
import { createLists } from './lists.ts'
import { readChatRequest, readImagesRequest } from './request/read-request.ts'
import { createResponder } from './responder.ts'
import { chatWire } from './response/chat-wire.ts'
import { imagesWire } from './response/images-wire.ts'
import { wireErrorResponse } from './response/wire-error.ts'

/**
 * OpenRouter's own API, for images. Its clients get Easel's cache and budget with another base URL and another
 * key.
 */
export function dropinApi(ports: AppPorts): Hono<AppEnv> {
  const { access, catalogue, budgetUseOf, settings } = ports
  const { toPost, knownKey, respond } = createResponder(ports)
  const lists = createLists(ports.fetchList, catalogue)
  const reading = { catalogue, defaultModel: settings.defaultModel }
  const app = new Hono<AppEnv>()

  app.post('/chat/completions', async (c) => {
    const { caller, body } = await readBody(c)
    return respond(c, caller, await readChatRequest(body, reading), chatWire)
  })
  app.post('/images', async (c) => {
    const { caller, body } = await readBody(c)
    return respond(c, caller, await readImagesRequest(body, reading), imagesWire)
  })

  app.get('/models', (c) => list(c, () => lists.chat()))
  app.get('/images/models', (c) => list(c, () => lists.images()))
  app.get('/images/models/:author/:slug/endpoints', (c) => {
    const { author, slug } = c.req.param()
    return list(c, () => lists.endpoints(`${author}/${slug}`))
  })

  app.get('/key', async (c) => {
    const caller = await access.toGenerate(await knownKey(c), undefined)
    return c.json({ data: await keyRecord(caller, budgetUseOf, settings) }, 200, {
      'Cache-Control': 'no-store',
    })
  })

  app.all('/chat/completions', () => only('POST'))
  app.all('/images', () => only('POST'))
  app.all('*', (c) => {
    throw notFound(
      `Easel has no ${c.req.path}. It has /chat/completions, /images, /models, /images/models and /key.`,
    )
  })

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    return wireErrorResponse(error)
  })

  /** Who asks first, then what: a body that nobody may send isn't read. */
  async function readBody(c: Context<AppEnv>): Promise<{ readonly caller: Caller; readonly body: unknown }> {
    const caller = await toPost(c)
    return { caller, body: await readJsonBody(c.req.raw, bodyLimit(caller, settings.access)) }
  }

  async function list(c: Context<AppEnv>, read: () => Promise<Response>): Promise<Response> {
    await access.toView(await knownKey(c))
    return read()
  }

  return app
}

function only(method: string): never {
  throw new EaselError('method_not_allowed', `Use ${method} here.`, { extras: { allow: [method] } })
}
