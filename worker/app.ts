import { type Context, Hono } from 'hono'
import type { Catalogue } from '../shared/catalogue/catalogue.ts'
import { EaselError } from '../shared/errors.ts'
import { type Fingerprint, fingerprint, isFingerprint } from '../shared/fingerprint.ts'
import type { OpenRouterClient } from '../shared/openrouter/client.ts'
import { problemResponse } from '../shared/problem.ts'
import { parseSpecQuery, resolveSpec } from '../shared/spec/parse.ts'
import { generate } from './generate.ts'
import { type HealthChecks, healthResponse } from './health.ts'
import { type CacheOutcome, imageResponse } from './image-response.ts'
import type { ImageStore } from './image-store.ts'

export interface AppPorts {
  readonly store: ImageStore
  readonly catalogue: Catalogue
  readonly client: OpenRouterClient
  readonly health: HealthChecks
  readonly defaultModel: string
}

/** The Worker's routes. */
export function createApp({ defaultModel, health, ...ports }: AppPorts): Hono {
  const app = new Hono()

  app.get('/image', async (c) => {
    const spec = resolveSpec(parseSpecQuery(new URL(c.req.url).searchParams), { model: defaultModel })
    const name = await fingerprint(spec)
    const kept = await show(c, name, 0, 'hit')
    if (kept) return kept
    if (c.req.method === 'HEAD') throw notFound('This picture has not been drawn yet: GET draws it.')
    await generate(spec, name, ports)
    return (await show(c, name, 0, 'miss')) ?? Promise.reject(new Error('a picture was stored and is gone'))
  })

  app.get('/i/:file', async (c) => {
    const { name, index } = parseImageFile(c.req.param('file'))
    const image = await show(c, name, index, 'hit')
    if (image) return image
    throw notFound('There is no such picture. This address never draws one; /image?prompt=… does.')
  })

  app.get('/healthz', () => healthResponse(health))

  app.notFound((c) =>
    problemResponse(notFound(`There is nothing at ${c.req.path}. Pictures are at /image?prompt=….`)),
  )

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    return problemResponse(error)
  })

  /** The response for a picture that is kept, if it is. HEAD doesn't read its bytes. */
  async function show(
    c: Context,
    name: Fingerprint,
    index: number,
    outcome: CacheOutcome,
  ): Promise<Response | undefined> {
    const image = await (c.req.method === 'HEAD'
      ? ports.store.head(name, index)
      : ports.store.get(name, index))
    return image && imageResponse(c.req.raw, image, outcome)
  }

  return app
}

/** `<fingerprint>[.<index>].<extension>`. */
function parseImageFile(file: string): { readonly name: Fingerprint; readonly index: number } {
  const [, name = '', index = '0'] = /^([0-9a-f]+)(?:\.(\d))?\.[a-z]+$/.exec(file) ?? []
  if (!isFingerprint(name)) {
    throw notFound(
      'A picture’s own address is /i/<fingerprint>.<extension>, with a fingerprint of 64 hex digits.',
    )
  }
  return { name, index: Number(index) }
}

function notFound(message: string): EaselError {
  return new EaselError('not_found', message)
}
