import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { EaselError } from '../../shared/errors.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import {
  type AppEnv,
  type AppPorts,
  CACHE_STATUS,
  type CacheOutcome,
  notFound,
  timed,
  wantsRefresh,
} from '../routes/ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import { chatWire } from './response/chat-wire.ts'
import { withKnownKey } from './credentials.ts'
import { imagesWire } from './response/images-wire.ts'
import { keyRecord } from './key.ts'
import { imageModelsQuery, listResponse } from './lists.ts'
import { type Asked, readChatRequest, readImagesRequest } from './request/read-request.ts'
import { replyLater, replyWith } from './response/reply.ts'
import { wireErrorResponse } from './response/wire-error.ts'
import type { Kept, Wire } from './response/wire.ts'

/**
 * OpenRouter's own API, for images: its clients get Easel's cache and budget by changing their base URL and
 * their key.
 */
export function dropinApi(ports: AppPorts): Hono<AppEnv> {
  const { access, budgetUseOf, catalogue, generate, gallery, readList, settings, store } = ports
  const reading = { catalogue, defaultModel: settings.defaultModel }
  const app = new Hono<AppEnv>()

  // Pages may call it with their visitors' own tokens, as they may call OpenRouter.
  app.use(cors({ origin: '*', exposeHeaders: ['X-Generation-Id', 'Retry-After', 'Cache-Status'] }))

  app.post('/chat/completions', async (c) =>
    answer(c, await readChatRequest(await readJsonBody(c.req.raw), reading), chatWire),
  )
  app.post('/images', async (c) =>
    answer(c, await readImagesRequest(await readJsonBody(c.req.raw), reading), imagesWire),
  )

  app.get('/models', (c) => list(c, `/models?${imageModelsQuery(new URL(c.req.url).search)}`))
  app.get('/images/models', (c) => list(c, '/images/models'))
  app.get('/images/models/:author/:slug/endpoints', (c) => {
    const { author, slug } = c.req.param()
    return list(c, `/images/models/${encodeURIComponent(author)}/${encodeURIComponent(slug)}/endpoints`)
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
      `Easel does not pass on ${c.req.path}: it knows /chat/completions and /images, /models, /images/models and /key.`,
    )
  })

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    return wireErrorResponse(error)
  })

  /** Looks, has it generated where it isn't there, and answers in the words that it was asked in. */
  async function answer(c: Context<AppEnv>, asked: Asked, wire: Wire): Promise<Response> {
    const { fingerprint, what, stream } = asked
    c.get('trace').fingerprint = fingerprint
    const request = await knownKey(c)
    await access.toView(request)
    const refresh = await wantsRefresh(request, access)
    const kept = refresh ? undefined : await timed(c.get('trace'), 'read', () => find(fingerprint, 'hit'))
    if (kept) return told(c, replyWith(kept, asked, wire), 'hit')

    const order = { ...what, fingerprint, caller: await access.toGenerate(request, fingerprint), refresh }
    const forget = async () => refresh && (await gallery.forget(fingerprint))
    if (!stream) {
      const outcome = await timed(c.get('trace'), 'generate', () => generate.generate(order))
      await forget()
      return told(c, replyWith(await mustFind(fingerprint, outcome), asked, wire), outcome)
    }
    // What can be refused is refused with a status, before the stream begins.
    const outcome = await timed(c.get('trace'), 'submit', () => generate.submit(order))
    const generating = generate.generate({ ...order, refresh: false }).then(async () => {
      await forget()
      return mustFind(fingerprint, outcome)
    })
    return told(c, replyLater(generating, asked, wire), outcome)
  }

  async function find(fingerprint: Fingerprint, outcome: CacheOutcome): Promise<Kept | undefined> {
    // The manifest is written just before the first image: only with that is all there.
    const [manifest, first] = await Promise.all([store.manifest(fingerprint), store.get(fingerprint, 0)])
    if (!manifest || !first) {
      await first?.body.cancel()
      return undefined
    }
    return {
      manifest,
      costUsd: outcome === 'miss' ? manifest.cost_usd : 0,
      async image(index) {
        if (index === 0) return first.body
        const image = await store.get(fingerprint, index)
        if (!image) throw new Error('an image was stored and is gone')
        return image.body
      },
    }
  }

  async function mustFind(fingerprint: Fingerprint, outcome: CacheOutcome): Promise<Kept> {
    const kept = await find(fingerprint, outcome)
    if (!kept) throw new Error('an image was stored and is gone')
    return kept
  }

  async function list(c: Context<AppEnv>, path: string): Promise<Response> {
    await access.toView(await knownKey(c))
    return listResponse(path, readList)
  }

  function knownKey(c: Context<AppEnv>): Promise<Request> {
    return withKnownKey(c.req.raw, access, settings.access)
  }

  return app
}

function only(method: string): never {
  throw new EaselError('method_not_allowed', `This takes ${method} only.`, { extras: { allow: [method] } })
}

function told(c: Context<AppEnv>, response: Response, outcome: CacheOutcome): Response {
  c.get('trace').cache = outcome
  response.headers.set('Cache-Status', CACHE_STATUS[outcome])
  return response
}
