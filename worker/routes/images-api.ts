import { Hono } from 'hono'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { describedIn, imagePath, type Manifest } from '../gallery/manifest.ts'
import {
  type AppEnv,
  type AppPorts,
  type CacheOutcome,
  notFound,
  parseFingerprint,
  timed,
  wantsRefresh,
} from './ports.ts'
import { readJsonBody } from '../web/json-body.ts'

/** Seconds after which a client that polls may look again. */
const POLL_SECONDS = 2

/** Easel's own API: any spec as JSON, and what is kept. */
export function imagesApi(ports: AppPorts): Hono<AppEnv> {
  const { access, config, generate, gallery, store } = ports
  const app = new Hono<AppEnv>()

  app.post('/', async (c) => {
    const spec = config.resolve(parseSpecInput(await readJsonBody(c.req.raw)))
    const fingerprint = await fingerprintOf(spec)
    c.get('trace').fingerprint = fingerprint
    await access.toView(c.req.raw)

    const refresh = await wantsRefresh(c.req.raw, access)
    const kept = refresh ? undefined : await timed(c.get('trace'), 'read', () => store.manifest(fingerprint))
    // The manifest is written just before the image itself: only with that is all there.
    if (kept && (await store.head(fingerprint, 0))) return c.json(answer(kept, 'hit', c.req.url))

    const request = { spec, fingerprint, caller: await access.toGenerate(c.req.raw, fingerprint), refresh }
    if (prefersAsync(c.req.header('Prefer'))) {
      c.get('trace').cache = await generate.submit(request)
      const location = `/v1/images/${fingerprint}`
      return c.json({ fingerprint, status: 'pending', url: new URL(location, c.req.url).href }, 202, {
        Location: location,
        'Retry-After': String(POLL_SECONDS),
        'Preference-Applied': 'respond-async',
      })
    }
    const outcome = await timed(c.get('trace'), 'generate', () => generate.generate(request))
    c.get('trace').cache = outcome
    if (refresh) await gallery.forget(fingerprint)
    const manifest = await store.manifest(fingerprint)
    if (!manifest) throw new Error('a manifest was stored and is gone')
    return c.json(answer(manifest, outcome, c.req.url))
  })

  app.get('/', async (c) => {
    await access.toManage(c.req.raw)
    const { entries, cursor } = await store.list(c.req.query('cursor'))
    return c.json({
      images: entries.map(({ fingerprint, mediaType, model, created }) => ({
        fingerprint,
        url: new URL(imagePath(fingerprint, 0, mediaType), c.req.url).href,
        media_type: mediaType,
        model,
        created: created.toISOString(),
      })),
      ...(cursor && { cursor }),
    })
  })

  app.get('/:fingerprint', async (c) => {
    const fingerprint = parseFingerprint(c.req.param('fingerprint'))
    c.get('trace').fingerprint = fingerprint
    await access.toView(c.req.raw)
    const manifest = await store.manifest(fingerprint)
    if (manifest && (await store.head(fingerprint, 0))) {
      const mayRead = await access.hasToken(c.req.raw)
      return c.json({ ...answer(manifest, 'hit', c.req.url), ...(mayRead && describedIn(manifest)) })
    }
    if (await generate.isPending(fingerprint)) {
      return c.json({ fingerprint, status: 'pending' }, 202, { 'Retry-After': String(POLL_SECONDS) })
    }
    throw notFound('There is no such image, and none is being generated under this fingerprint.')
  })

  app.delete('/:fingerprint', async (c) => {
    await access.toManage(c.req.raw)
    const fingerprint = parseFingerprint(c.req.param('fingerprint'))
    c.get('trace').fingerprint = fingerprint
    // What was sent to somebody a moment ago may be on its way into R2.
    await generate.arrival(fingerprint)
    const existed = await store.delete(fingerprint)
    await gallery.forget(fingerprint)
    if (!existed) throw notFound('There is no such image.')
    return c.body(null, 204)
  })

  return app
}

/** `Prefer: respond-async` (RFC 7240). */
function prefersAsync(header: string | undefined): boolean {
  return (header ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'respond-async')
}

function answer(
  { fingerprint, images, model, cost_usd, created, text }: Manifest,
  cache: CacheOutcome,
  base: string,
) {
  const shown = images.map(({ sha256, media_type, width, height, bytes }, index) => {
    const url = new URL(imagePath(fingerprint, index, media_type), base).href
    return { url, sha256, media_type, width, height, bytes }
  })
  return { fingerprint, url: shown[0]?.url, images: shown, model, cost_usd, cache, created, text }
}
