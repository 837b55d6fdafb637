import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { EaselError } from '../../shared/errors.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { Generated } from '../job/jobs.ts'
import { createFlow, type FindOrGenerate } from '../routes/find-or-generate.ts'
import type { AppPorts } from '../routes/ports.ts'
import type { Caller } from '../access/access.ts'
import { bodyLimit } from '../access/body-limit.ts'
import { readJsonBody } from '../web/json-body.ts'
import { notFound } from '../web/not-found.ts'
import { type AppEnv, CACHE_STATUS, type CacheOutcome } from '../web/trace.ts'
import { chatWire } from './response/chat-wire.ts'
import { withKnownKey } from './credentials.ts'
import { imagesWire } from './response/images-wire.ts'
import { keyRecord } from './key.ts'
import { createLists } from './lists.ts'
import { type ParsedRequest, readChatRequest, readImagesRequest } from './request/read-request.ts'
import { respondLater, respondWith } from './response/respond.ts'
import { wireErrorResponse } from './response/wire-error.ts'
import type { Result, Wire } from './response/wire.ts'

interface Found {
  readonly result: Result
  readonly cache: CacheOutcome
}

/**
 * OpenRouter's own API, for images. Its clients get Easel's cache and budget with another base URL and another
 * key.
 */
export function dropinApi(ports: AppPorts): Hono<AppEnv> {
  const { access, catalogue, budgetUseOf, settings, store } = ports
  const { findOrGenerate, findOrSubmit } = createFlow(ports)
  const lists = createLists(ports.fetchList, catalogue)
  const reading = { catalogue, defaultModel: settings.defaultModel }
  const app = new Hono<AppEnv>()

  // Pages may call it with their visitors' own tokens, as they may call OpenRouter.
  app.use(cors({ origin: '*', exposeHeaders: ['X-Generation-Id', 'Retry-After', 'Cache-Status'] }))

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
    const caller = await access.toPost(await knownKey(c))
    return { caller, body: await readJsonBody(c.req.raw, bodyLimit(caller, settings.access)) }
  }

  /** The image, generated where it isn't cached, in the format of the request. */
  async function respond(
    c: Context<AppEnv>,
    caller: Caller,
    parsed: ParsedRequest,
    wire: Wire,
  ): Promise<Response> {
    const { fingerprint, what, stream } = parsed
    const wanted: FindOrGenerate<Found> = {
      requested: { ...what, fingerprint },
      caller,
      index: 0,
      find: (cache, generated) => find(fingerprint, cache, generated),
    }
    if (!stream) {
      const { result, cache } = await findOrGenerate(c, wanted)
      return withCacheStatus(respondWith(result, parsed, wire), cache)
    }
    // What is refused is refused with a status, before the stream begins.
    const outcome = await findOrSubmit(c, wanted)
    if ('found' in outcome) return withCacheStatus(respondWith(outcome.found.result, parsed, wire), 'hit')
    const { cache, finished } = outcome
    const generating = finished().then(async (generated) => {
      const found = await find(fingerprint, cache, generated)
      if (found) return found.result
      throw new EaselError('purged', 'The image was purged just after it was generated. Request it again.')
    })
    return withCacheStatus(respondLater(generating, parsed, wire), cache)
  }

  async function find(
    fingerprint: Fingerprint,
    cache: CacheOutcome,
    generated?: Generated,
  ): Promise<Found | undefined> {
    const complete = generated?.manifest ? undefined : await store.complete(fingerprint)
    const manifest = generated?.manifest ?? complete?.manifest
    return (
      manifest && {
        cache,
        result: resultOf(manifest, cache, generated?.image?.bytes ?? complete?.first.body),
      }
    )
  }

  function resultOf(
    manifest: Manifest,
    cache: CacheOutcome,
    first: ReadableStream<Uint8Array> | ArrayBuffer | undefined,
  ): Result {
    return {
      manifest,
      costUsd: cache === 'miss' ? manifest.cost_usd : 0,
      async image(index) {
        if (index === 0 && first) return first
        const image = await store.get(manifest.fingerprint, index)
        if (image) return image.body
        throw new EaselError('purged', 'The image was purged while it was sent.')
      },
    }
  }

  async function list(c: Context<AppEnv>, read: () => Promise<Response>): Promise<Response> {
    await access.toView(await knownKey(c))
    return read()
  }

  function knownKey(c: Context<AppEnv>): Promise<Request> {
    return withKnownKey(c.req.raw, access, settings.access)
  }

  return app
}

function only(method: string): never {
  throw new EaselError('method_not_allowed', `Use ${method} here.`, { extras: { allow: [method] } })
}

function withCacheStatus(response: Response, cache: CacheOutcome): Response {
  response.headers.set('Cache-Status', CACHE_STATUS[cache])
  return response
}
