import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { ImageModel } from '../shared/catalogue/model.ts'
import { EaselError } from '../shared/errors.ts'
import { estimateCost } from '../shared/prices/estimate.ts'
import { problemResponse } from '../shared/problem.ts'
import { answerOtherMethod } from './web/methods.ts'
import { dropinApi } from './dropin/routes.ts'
import { createHealth } from './web/health.ts'
import { mcpRoutes } from './mcp/routes.ts'
import { openAiApi, openAiImages } from './openai/routes.ts'
import { answerWrongBase } from './openai/wrong-base.ts'
import { llmsText } from './web/llms.ts'
import { notFound } from './web/not-found.ts'
import { requestLine } from './web/request-log.ts'
import { type AppEnv, serverTiming, type Trace } from './web/trace.ts'
import type { AppPorts } from './routes/ports.ts'
import { imageRoutes } from './routes/image.ts'
import { estimateRoutes } from './routes/estimate.ts'
import { imagesApi } from './routes/images-api.ts'
import { pageRoutes } from './page/routes.tsx'
import { signRoutes } from './routes/sign.ts'
import { usageRoutes } from './routes/usage.ts'

/** The Worker's routes. */
export function createApp(ports: AppPorts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()

  app.use(async (c, next) => {
    const trace: Trace = { steps: [] }
    c.set('trace', trace)
    const start = performance.now()
    await next()
    // Parts of an image, and headers alone, aren't another image served.
    const isHit = trace.cache === 'hit' && (c.res.status === 200 || c.res.status === 304)
    const telling = isHit && c.req.method !== 'HEAD' ? ports.hits.add(trace.savedUsd) : undefined
    if (telling) c.executionCtx.waitUntil(telling)
    // Hits are counted. A busy site has thousands for each generation: lines for them would cost more than its images.
    if (trace.hasAllHeaders && trace.cache === 'hit') return
    if (!trace.hasAllHeaders) {
      const { headers } = c.res
      if (trace.steps.length > 0) headers.set('Server-Timing', serverTiming(trace))
      // No cookie is ever read: a token may be used from any page.
      headers.set('Access-Control-Allow-Origin', '*')
      if (ports.settings.emulated) headers.set('X-Easel-Emulated', 'true')
    }
    const line = requestLine({
      method: c.req.method,
      route: c.req.routePath,
      status: c.res.status,
      durationMs: Math.round(performance.now() - start),
      fingerprint: trace.fingerprint,
      cache: trace.cache,
    })
    console.log(line)
  })

  app.route('/', imageRoutes(ports))
  app.route('/v1/images', imagesApi(ports))
  app.route('/v1/estimate', estimateRoutes(ports))
  app.route('/v1/sign', signRoutes(ports))
  app.route('/v1/usage', usageRoutes(ports))

  // Pages may call other services' APIs with their visitors' own tokens, as they may call those services.
  const anyPage = cors({ origin: '*', exposeHeaders: ['X-Generation-Id', 'Retry-After', 'Cache-Status'] })
  app.use('/api/v1/*', anyPage)
  app.use('/openai/v1/*', anyPage)
  // Before OpenRouter's API, which ends with a 404 in its own form.
  app.route('/api/v1', openAiImages(ports))
  app.route('/api/v1', dropinApi(ports))
  app.route('/openai/v1', openAiApi(ports))
  app.route('/mcp', mcpRoutes(ports))
  app.route('/', pageRoutes(ports))

  app.get('/v1/models', async (c) => {
    const { models, source } = await ports.catalogue.list()
    const data = models.map((model) => ({ ...model, estimate_usd: usualCost(model) }))
    return c.json({ source, data }, 200, { 'Cache-Control': 'public, max-age=3600' })
  })

  app.get('/openapi.json', async (c) => {
    // Imported on request: it is large, and start-up must not wait for it.
    const { default: document } = await import('./openapi/openapi.json')
    return c.json(document, 200, { 'Cache-Control': 'public, max-age=3600' })
  })

  app.get('/llms.txt', (c) =>
    c.text(llmsText(new URL(c.req.url).origin), 200, { 'Cache-Control': 'public, max-age=3600' }),
  )

  app.get('/healthz', createHealth(ports.health, Date.now))

  app.notFound(
    (c) =>
      answerWrongBase(c) ??
      answerOtherMethod(app, c) ??
      problemResponse(notFound(`There is nothing at ${c.req.path}. Images are at /image?prompt=….`)),
  )

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    return problemResponse(error)
  })

  return app
}

/** USD: about what an image of a short prompt costs with nothing else set. */
function usualCost(model: ImageModel): number | undefined {
  return estimateCost({ prompt: 'A lighthouse at dusk', model: model.id }, model).usd
}
