import type { Hono } from 'hono'
import { createCatalogue } from '../shared/catalogue/catalogue.ts'
import { createOpenRouterClient } from '../shared/openrouter/client.ts'
import { problemResponse } from '../shared/problem.ts'
import { createApp } from './app.ts'
import { checkBucket, checkKey } from './health.ts'
import { createR2ImageStore } from './image-store.ts'
import { type Env, readSettings } from './settings.ts'

/** Made at the first request and kept: an isolate sees one environment only. */
let app: Hono | undefined

export default {
  fetch(request, env, ctx) {
    try {
      app ??= compose(env)
    } catch (error) {
      return problemResponse(error)
    }
    return app.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>

/** Puts the Worker together from what its environment holds. */
function compose(env: Env): Hono {
  const { openRouter, defaultModel } = readSettings(env)
  return createApp({
    store: createR2ImageStore(env.BUCKET),
    catalogue: createCatalogue({ fetch: (url, init) => fetch(url, init), now: Date.now, ...openRouter }),
    client: createOpenRouterClient(openRouter),
    health: {
      r2: () => checkBucket(env.BUCKET),
      openrouter: () => checkKey(openRouter.baseUrl, openRouter.apiKey),
    },
    defaultModel,
  })
}
