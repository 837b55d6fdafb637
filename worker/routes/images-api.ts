import { Hono } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { describedIn, imagePath, type Manifest, missingThumbhashes } from '../gallery/manifest.ts'
import { bodyLimit } from '../access/body-limit.ts'
import { eventStream, wantsEvents } from '../web/event-stream.ts'
import { readJsonBody } from '../web/json-body.ts'
import { notFound, parseFingerprint } from '../web/not-found.ts'
import type { AppEnv, CacheOutcome } from '../web/trace.ts'
import { createFlow, type FindOrGenerate } from './find-or-generate.ts'
import { listedImage, parseListQuery } from './list-query.ts'
import type { AppPorts } from './ports.ts'
import { withPreviews } from './with-previews.ts'

/** Seconds after which a client that polls may ask again. */
const POLL_SECONDS = 2

interface Found {
  readonly manifest: Manifest
  readonly cache: CacheOutcome
}

/** Easel's own API: any spec as JSON, and everything that is stored. */
export function imagesApi(ports: AppPorts): Hono<AppEnv> {
  const { access, addThumbhashes, catalogue, config, findImages, jobs, settings, store } = ports
  const { findOrGenerate, findOrSubmit } = createFlow(ports)
  const app = new Hono<AppEnv>()

  app.post('/', async (c) => {
    const caller = await access.toPost(c.req.raw)
    const body = await readJsonBody(c.req.raw, bodyLimit(caller, settings.access))
    const spec = config.resolve(parseSpecInput(body))
    const fingerprint = await fingerprintOf(spec)
    const wanted: FindOrGenerate<Found> = {
      requested: { spec, fingerprint },
      caller,
      async find(cache, generated) {
        const manifest = generated?.manifest ?? (await completeManifest(c.req.raw, fingerprint))
        return manifest && { manifest, cache }
      },
      costUsd: ({ manifest }) => manifest.cost_usd,
    }
    if (wantsEvents(c.req.header('Accept'))) {
      // What is refused is refused with a status, before the stream begins.
      const sent = await withPreviews(spec, catalogue)
      const outcome = await findOrSubmit(c, { ...wanted, requested: { spec, sent, fingerprint } })
      return eventStream(async (send) => {
        if ('found' in outcome) return send('done', summary(outcome.found.manifest, 'hit', c.req.url))
        send('pending', { fingerprint })
        let previews = 0
        const generated = await outcome.finished((base64) =>
          send('preview', { index: previews++, b64_json: base64 }),
        )
        const found = await wanted.find(outcome.cache, generated)
        if (!found) throw new EaselError('purged', 'The image was purged just after it was generated.')
        send('done', summary(found.manifest, outcome.cache, c.req.url))
      })
    }
    if (!prefersAsync(c.req.header('Prefer'))) {
      const { manifest, cache } = await findOrGenerate(c, wanted)
      return c.json(summary(manifest, cache, c.req.url))
    }
    const outcome = await findOrSubmit(c, wanted)
    if ('found' in outcome) return c.json(summary(outcome.found.manifest, 'hit', c.req.url))
    const location = `/v1/images/${fingerprint}`
    return c.json({ fingerprint, status: 'pending', url: new URL(location, c.req.url).href }, 202, {
      Location: location,
      'Retry-After': String(POLL_SECONDS),
      'Preference-Applied': 'respond-async',
    })
  })

  app.get('/', async (c) => {
    await access.toManage(c.req.raw)
    const { images, cursor } = await findImages(parseListQuery(new URL(c.req.url).searchParams))
    return c.json(
      { images: images.map((image) => listedImage(image, c.req.url)), ...(cursor && { cursor }) },
      200,
      { 'Cache-Control': 'no-store' },
    )
  })

  app.get('/:fingerprint', async (c) => {
    await access.toView(c.req.raw)
    const fingerprint = parseFingerprint(c.req.param('fingerprint'))
    c.get('trace').fingerprint = fingerprint
    const manifest = await completeManifest(c.req.raw, fingerprint)
    if (manifest) {
      const mayRead = await access.hasToken(c.req.raw)
      return c.json({ ...summary(manifest, 'hit', c.req.url), ...(mayRead && describedIn(manifest)) })
    }
    // Asking a job wakes it, so strangers don't: they could make up fingerprints.
    if ((await access.mayGenerate(c.req.raw)) && (await jobs.isPending(fingerprint))) {
      return c.json({ fingerprint, status: 'pending' }, 202, { 'Retry-After': String(POLL_SECONDS) })
    }
    throw notFound('There is no image with this fingerprint, and none is being generated.')
  })

  app.delete('/:fingerprint', async (c) => {
    await access.toManage(c.req.raw)
    const fingerprint = parseFingerprint(c.req.param('fingerprint'))
    c.get('trace').fingerprint = fingerprint
    if (!(await jobs.purge(fingerprint))) throw notFound('There is no image with this fingerprint.')
    return c.body(null, 204)
  })

  async function completeManifest(
    request: Request,
    fingerprint: Manifest['fingerprint'],
  ): Promise<Manifest | undefined> {
    const complete = await store.complete(fingerprint)
    await complete?.first.body.cancel()
    const manifest = complete?.manifest
    // Whoever reads a manifest first has its thumbhashes computed. HEAD makes nothing.
    const isWhole = !manifest || request.method === 'HEAD' || missingThumbhashes(manifest).length === 0
    if (isWhole || !addThumbhashes) return manifest
    return (await addThumbhashes(fingerprint, await access.limitKey(request))) ?? manifest
  }

  return app
}

/** `Prefer: respond-async` (RFC 7240). */
function prefersAsync(header: string | undefined): boolean {
  return (header ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'respond-async')
}

function summary(
  { fingerprint, images, model, failed_models, cost_usd, created, text, problems }: Manifest,
  cache: CacheOutcome,
  base: string,
) {
  const listed = images.map((image, index) => {
    const url = new URL(imagePath(fingerprint, index, image.media_type), base).href
    return { url, ...image }
  })
  return {
    fingerprint,
    url: listed[0]?.url,
    images: listed,
    model,
    failed_models,
    cost_usd,
    cache,
    created,
    text,
    problems,
  }
}
