import { type Context, Hono } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import { bodyLimit, formLimit } from '../access/body-limit.ts'
import { createResponder } from '../dropin/responder.ts'
import { type Addressed, imageAddress } from '../routes/image-address.ts'
import type { AppPorts } from '../routes/ports.ts'
import { readFormBody } from '../web/form-body.ts'
import { readJsonBody } from '../web/json-body.ts'
import { notFound } from '../web/not-found.ts'
import type { AppEnv } from '../web/trace.ts'
import { readEditForm } from './edit-form.ts'
import { openAiErrorResponse } from './error.ts'
import { modelList, retrieveModel } from './models.ts'
import { type OpenAiBody, parseEditFields, parseGenerationBody } from './request-body.ts'
import { readOpenAiRequest } from './to-spec.ts'
import { openAiWire } from './wire.ts'

/** Seconds that a client may cache the list of models. */
const MAX_AGE_SECONDS = 300

/** What OpenAI's images API has and OpenRouter's doesn't: to be mounted beside that. */
export function openAiImages(ports: AppPorts): Hono<AppEnv> {
  const { access, catalogue, settings } = ports
  const { toPost, knownKey, respond } = createResponder(ports)
  const app = new Hono<AppEnv>()

  app.post('/images/generations', async (c) => {
    const caller = await toPost(c)
    const body = parseGenerationBody(await readJsonBody(c.req.raw, bodyLimit(caller, settings.access)))
    return respond(
      c,
      caller,
      await readOpenAiRequest(body, [], reading()),
      wireOf(c, body, 'image_generation'),
    )
  })

  app.post('/images/edits', async (c) => {
    const caller = await toPost(c)
    const form = await readFormBody(c.req.raw, formLimit(caller, settings.access))
    const { fields, images } = await readEditForm(form)
    const body = parseEditFields(fields)
    return respond(c, caller, await readOpenAiRequest(body, images, reading()), wireOf(c, body, 'image_edit'))
  })

  // Clients write the slash in a model's id as it is, or as %2F.
  app.get('/models/:id{.+}', async (c) => {
    await access.toView(await knownKey(c))
    return cached(c.json(await retrieveModel(c.req.param('id'), catalogue)))
  })

  for (const path of ['/images/generations', '/images/edits']) {
    app.all(path, () => {
      throw new EaselError('method_not_allowed', 'Use POST here.', { extras: { allow: ['POST'] } })
    })
  }

  app.onError((error) => {
    if (!(error instanceof EaselError)) console.error(error)
    return openAiErrorResponse(error)
  })

  function reading() {
    return { catalogue, defaultModel: settings.defaultModel }
  }

  function wireOf(c: Context<AppEnv>, body: OpenAiBody, kind: 'image_generation' | 'image_edit') {
    const urlOf = (image: Addressed) => imageAddress(image, c.req.url, settings)
    return openAiWire({
      kind,
      partialImages: body.partial_images ?? 0,
      ...(body.response_format === 'url' && { urlOf }),
    })
  }

  return app
}

/** OpenAI's API under an address of its own, where nothing of OpenRouter's is in the way. */
export function openAiApi(ports: AppPorts): Hono<AppEnv> {
  const { access, catalogue } = ports
  const { knownKey } = createResponder(ports)
  const app = new Hono<AppEnv>()

  app.get('/models', async (c) => {
    await access.toView(await knownKey(c))
    return cached(c.json(await modelList(catalogue)))
  })

  app.route('/', openAiImages(ports))

  app.all('*', (c) => {
    throw notFound(
      `Easel has no ${c.req.path}. It has /images/generations, /images/edits and /models here, and chat under /api/v1.`,
    )
  })

  app.onError(openAiErrorResponse)

  return app
}

function cached(response: Response): Response {
  response.headers.set('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
  return response
}
