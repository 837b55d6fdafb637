import { exports } from 'cloudflare:workers'
import easelConfig from 'easel-config'
import type { Hono } from 'hono'
import { createCatalogue } from '../shared/catalogue/catalogue.ts'
import { EaselError } from '../shared/errors.ts'
import { problemResponse } from '../shared/problem.ts'
import { createAccess } from './access/access.ts'
import { createApp } from './app.ts'
import { createHitCount } from './budget/hit-count.ts'
import type { BudgetUseOf } from './budget/types.ts'
import { createEdgeConfig } from './config/edge-config.ts'
import { directGallery } from './delivery/gallery-entrypoint.ts'
import type { Env } from './env.ts'
import { createCachedGallery } from './gallery/cached-gallery.ts'
import { createR2ImageStore } from './gallery/image-store.ts'
import { createFindImages } from './gallery/list.ts'
import { createAddThumbhashes, createJobs } from './job/jobs.ts'
import { readSettings } from './settings.ts'
import { checkBucket, checkKey, checkLedger, healthResponse } from './web/health.ts'
import { createListFetch } from './web/public-lists.ts'
import type { AppEnv } from './web/trace.ts'

export { Budget } from './budget/budget.ts'
export { GalleryEntrypoint as Gallery } from './delivery/gallery-entrypoint.ts'
export { GenerationJob } from './job/generation-job.ts'

/** Composed at the first request: an isolate sees one environment only. */
let app: Hono<AppEnv> | undefined

export default {
  fetch(request, env, ctx) {
    try {
      app ??= compose(env, ctx)
    } catch (error) {
      return misconfigured(request, error)
    }
    return app.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>

/**
 * Composes the Worker from its environment.
 *
 * @param ctx  of the first request: whether there is an edge cache is the same for all
 */
function compose(env: Env, ctx: ExecutionContext): Hono<AppEnv> {
  const settings = readSettings(env)
  const { openRouter } = settings
  const store = createR2ImageStore(env.BUCKET)
  const listFetch = createListFetch(openRouter, (url, init) => fetch(url, init))
  const catalogue = createCatalogue({ fetch: listFetch, now: Date.now, baseUrl: openRouter.baseUrl })
  const config = createEdgeConfig(easelConfig, settings.defaultModel)
  if (settings.access === 'listed' && easelConfig.images.length === 0) {
    throw new EaselError('misconfigured', 'EASEL_ACCESS is listed, but there was no easel.yml at deployment.')
  }
  const ledger = () => env.BUDGET.get(env.BUDGET.idFromName('budget'))
  const budgetUseOf: BudgetUseOf = async (token) => ledger().use(token)
  return createApp({
    ...(env.IMAGES && { addThumbhashes: createAddThumbhashes(env.JOBS) }),
    access: createAccess(settings, config.isListed),
    budgetUseOf,
    catalogue,
    config,
    fetchList: (path, signal) =>
      listFetch(`${openRouter.baseUrl}${path}`, { headers: { Accept: 'application/json' }, signal }),
    findImages: createFindImages(env.BUCKET),
    gallery: 'cache' in ctx && ctx.cache ? createCachedGallery(exports.Gallery) : directGallery(env),
    health: {
      r2: () => checkBucket(env.BUCKET),
      ledger: () => checkLedger(budgetUseOf),
      openrouter: () => checkKey(openRouter.baseUrl, openRouter.apiKey),
    },
    hits: createHitCount({ now: Date.now, record: async (hits) => ledger().addHits(hits) }),
    jobs: createJobs({ catalogue, jobs: env.JOBS, settings }),
    store,
    settings,
    usageOf: async (from, to) => ledger().usage(from, to),
  })
}

/** What is missing, on every route, until it is set. */
function misconfigured(request: Request, error: unknown): Response | Promise<Response> {
  if (new URL(request.url).pathname !== '/healthz' || !(error instanceof EaselError))
    return problemResponse(error)
  return healthResponse({ settings: () => Promise.reject(error) })
}
