import { type Context, Hono } from 'hono'
import { InvalidSpecError } from '../../shared/errors.ts'
import { type Fingerprint, fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecQuery, resolveSpec } from '../../shared/spec/parse.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import { isSigned, withoutSignature } from '../../shared/url-signature.ts'
import { deliver } from '../delivery/deliver.ts'
import { type DeliveryParameters, parseDelivery, withoutDelivery } from '../delivery/parameters.ts'
import { originalPin } from '../gallery/image-headers.ts'
import { NOTHING, wishOf } from '../gallery/variant.ts'
import {
  type AppEnv,
  type AppPorts,
  CACHE_STATUS,
  type CacheOutcome,
  notFound,
  parseFingerprint,
  timed,
  wantsRefresh,
} from './context.ts'

/** The bytes under an address that names them never change. */
const CACHE_CONTROL_PINNED = 'public, max-age=31536000, immutable'

/** Pictures, by what they show and by name. */
export function imageRoutes({ access, draw, galleryOf, settings }: AppPorts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()

  app.get('/image', async (c) => {
    const url = new URL(c.req.url)
    const delivery = parseDelivery(url.searchParams, settings.widths)
    const query = withoutSignature(withoutDelivery(url.searchParams))
    const spec = resolveSpec(parseSpecQuery(query), { model: settings.defaultModel })
    const fingerprint = await fingerprintOf(spec)
    c.var.trace.fingerprint = fingerprint
    await access.toView(c.req.raw)

    const refresh = await wantsRefresh(c.req.raw, access)
    const kept = refresh ? undefined : await show(c, fingerprint, delivery, 'hit')
    if (kept) return kept
    if (c.req.method === 'HEAD') throw notFound('This picture has not been drawn yet: GET draws it.')

    await assertIndex(c, fingerprint, spec, delivery)
    const caller = await access.toDraw(c.req.raw, fingerprint)
    const outcome = await timed(c.var.trace, 'draw', () => draw.draw({ spec, fingerprint, caller, refresh }))
    if (refresh) await galleryOf(c.executionCtx).forget(fingerprint)
    const drawn = await show(c, fingerprint, delivery, outcome)
    if (drawn) return drawn
    if (delivery.index)
      throw notFound(`The model drew fewer pictures: there is none with index ${delivery.index}.`)
    throw new Error('a picture was stored and is gone')
  })

  app.get('/i/:file', async (c) => {
    const [, name = '', digit] = /^([^.]+)(?:\.(\d))?(?:\.[a-z]+)?$/.exec(c.req.param('file')) ?? []
    const fingerprint = parseFingerprint(name)
    c.var.trace.fingerprint = fingerprint
    const { searchParams } = new URL(c.req.url)
    assertNothingElse(searchParams)
    const delivery = parseDelivery(searchParams, settings.widths)
    const index = digit === undefined ? delivery.index : Number(digit)
    if (delivery.index !== undefined && delivery.index !== index) throw contradiction(delivery.index, digit)
    await access.toView(c.req.raw)
    const image = await show(c, fingerprint, { ...delivery, ...(index !== undefined && { index }) }, 'hit')
    if (image) return image
    throw notFound('There is no such picture. This address never draws one; /image?prompt=… does.')
  })

  /** The response for a picture that is kept, if it is. */
  async function show(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    outcome: CacheOutcome,
  ): Promise<Response | undefined> {
    const { trace } = c.var
    const request = c.req.raw
    const wanted = {
      fingerprint,
      index: delivery.index ?? 0,
      wish: wishOf(delivery, request.headers.get('Accept')),
    }
    const response = await timed(trace, 'read', () =>
      deliver(request, galleryOf(c.executionCtx), wanted, {
        elsewhere: (headers) => elsewhere(new URL(request.url), headers, delivery.pin),
      }),
    )
    if (!response) return undefined
    trace.cache = outcome
    const { headers } = response
    headers.set('Cache-Status', CACHE_STATUS[outcome])
    // What this request cost: only the one that had the picture drawn paid.
    if (outcome !== 'miss') headers.set('X-Easel-Cost-Usd', '0')
    if (delivery.format === 'auto') headers.set('Vary', 'Accept')
    decideCaching(response, delivery)
    return response
  }

  function decideCaching({ status, headers }: Response, { pin }: DeliveryParameters): void {
    if (status !== 200 && status !== 206 && status !== 304) return
    const isMadeDo = headers.get('X-Easel-Variant')?.startsWith('original')
    if (pin !== undefined && !isMadeDo) headers.set('Cache-Control', CACHE_CONTROL_PINNED)
    // Only who may see it may keep it.
    if (settings.access === 'private') {
      headers.set('Cache-Control', (headers.get('Cache-Control') ?? '').replace('public', 'private'))
    }
  }

  /** A picture that isn't there, although others of its generation are, is not worth another generation. */
  async function assertIndex(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    { n = 1 }: ImageSpec,
    { index = 0 }: DeliveryParameters,
  ): Promise<void> {
    if (index === 0) return
    if (await galleryOf(c.executionCtx).head({ fingerprint, index: 0, wish: NOTHING })) {
      throw notFound(`There is no picture with index ${index}: the model drew fewer.`)
    }
    if (index < n) return
    const detail = `index is ${index}, but n is ${n}: the pictures have the indexes 0 to ${n - 1}.`
    throw new InvalidSpecError([{ field: 'index', detail }])
  }

  return app
}

/** Where a picture should have been asked for, when its type or its bytes are others than the address says. */
function elsewhere(url: URL, headers: Headers, pin: string | undefined): string | undefined {
  const [path = url.pathname] = (headers.get('Content-Location') ?? '').split('?')
  const isMisnamed = url.pathname.startsWith('/i/') && url.pathname !== path
  const right = originalPin(headers)
  // Of a signed address nothing may be changed: it is served as if it had no pin.
  const isOutdated = pin !== undefined && pin !== right && !isSigned(url)
  if (!isMisnamed && !isOutdated) return undefined
  if (isMisnamed) url.searchParams.delete('index')
  if (isOutdated) url.searchParams.set('v', right)
  return (isMisnamed ? path : url.pathname) + url.search
}

function assertNothingElse(query: URLSearchParams): void {
  const [field] = withoutSignature(withoutDelivery(query)).keys()
  if (field === undefined) return
  const detail = `${field} has no meaning here. What does: w, format, q, index, v.`
  throw new InvalidSpecError([{ field, detail }])
}

function contradiction(index: number, digit: string | undefined): InvalidSpecError {
  const detail = `index is ${index}, but the address names picture ${digit}: give one of them.`
  return new InvalidSpecError([{ field: 'index', detail }])
}
