import { type Context, Hono } from 'hono'
import { type Fingerprint, fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecQuery, resolveSpec } from '../../shared/spec/parse.ts'
import { withoutSignature } from '../../shared/url-signature.ts'
import {
  type AppEnv,
  type AppPorts,
  type CacheOutcome,
  notFound,
  parseFingerprint,
  timed,
  wantsRefresh,
} from './context.ts'

/** What `Cache-Status` (RFC 9211) says of each outcome. */
const CACHE_STATUS = {
  hit: 'Easel; hit',
  miss: 'Easel; fwd=uri-miss; stored',
  joined: 'Easel; fwd=uri-miss; collapsed; stored',
} as const satisfies Record<CacheOutcome, string>

/** Pictures, by what they show and by name. */
export function imageRoutes({ access, draw, galleryOf, settings }: AppPorts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()

  app.get('/image', async (c) => {
    const spec = resolveSpec(parseSpecQuery(withoutSignature(new URL(c.req.url).searchParams)), {
      model: settings.defaultModel,
    })
    const fingerprint = await fingerprintOf(spec)
    c.var.trace.fingerprint = fingerprint
    await access.toView(c.req.raw)

    const refresh = await wantsRefresh(c.req.raw, access)
    const kept = refresh ? undefined : await show(c, fingerprint, 0, 'hit')
    if (kept) return kept
    if (c.req.method === 'HEAD') throw notFound('This picture has not been drawn yet: GET draws it.')

    const caller = await access.toDraw(c.req.raw)
    const outcome = await timed(c.var.trace, 'draw', () => draw.draw({ spec, fingerprint, caller, refresh }))
    if (refresh) await galleryOf(c.executionCtx).forget(fingerprint)
    const drawn = await show(c, fingerprint, 0, outcome)
    if (drawn) return drawn
    throw new Error('a picture was stored and is gone')
  })

  app.get('/i/:file', async (c) => {
    const [, name = '', index = '0'] = /^([^.]+)(?:\.(\d))?\.[a-z]+$/.exec(c.req.param('file')) ?? []
    const fingerprint = parseFingerprint(name)
    c.var.trace.fingerprint = fingerprint
    await access.toView(c.req.raw)
    const image = await show(c, fingerprint, Number(index), 'hit')
    if (image) return image
    throw notFound('There is no such picture. This address never draws one; /image?prompt=… does.')
  })

  /** The response for a picture that is kept, if it is. */
  async function show(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    index: number,
    outcome: CacheOutcome,
  ): Promise<Response | undefined> {
    const { trace } = c.var
    const shown = await timed(trace, 'read', () =>
      galleryOf(c.executionCtx).show(c.req.raw, fingerprint, index),
    )
    if (!shown) return undefined
    trace.cache = outcome
    const response = new Response(shown.body, shown)
    response.headers.set('Cache-Status', CACHE_STATUS[outcome])
    // What this request cost: only the one that had the picture drawn paid.
    if (outcome !== 'miss') response.headers.set('X-Easel-Cost-Usd', '0')
    return response
  }

  return app
}
