import { type Context, Hono } from 'hono'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { type Fingerprint, fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecQuery } from '../../shared/spec/parse.ts'
import { withoutSignature } from '../../shared/url-signature.ts'
import {
  type DeliveryParameters,
  parseDelivery,
  parseDeliveryOnly,
  withoutDelivery,
} from '../../shared/delivery-parameters.ts'
import { remember } from '../web/remember.ts'
import { assertGeneratesHere } from '../config/edge-config.ts'
import { notFound, parseFingerprint } from '../web/not-found.ts'
import { type AppEnv, timed } from '../web/trace.ts'
import type { AppPorts } from './ports.ts'
import { createImageServer } from './serve-image.ts'

/** Images by what they show, by fingerprint, and by their name in easel.yml. Each route first checks who may view. */
export function imageRoutes(ports: AppPorts): Hono<AppEnv> {
  const { access, config, settings } = ports
  const { serve, serveOrGenerate } = createImageServer(ports)
  const app = new Hono<AppEnv>()

  // Pages request few images many times: parsing their URLs took longer than everything else about a hit.
  const read = remember(
    async (search) => {
      const query = new URLSearchParams(search)
      const delivery = parseDelivery(query, settings.widths)
      const spec = config.resolve(parseSpecQuery(withoutSignature(withoutDelivery(query))))
      return { requested: { spec, fingerprint: await fingerprintOf(spec) }, delivery }
    },
    { entries: 500, keyMaxCharacters: 4000 },
  )

  app.get('/image', async (c) => {
    await access.toView(c.req.raw)
    const { requested, delivery } = await read(searchOf(c.req.url))
    return serveOrGenerate(c, requested, delivery)
  })

  app.get('/named/:name{.+}', async (c) => {
    await access.toView(c.req.raw)
    const image = config.find(c.req.param('name'))
    if (!image) throw notFound('easel.yml lists no image under this name. Names are its paths and ids.')
    const delivery = readDelivery(searchOf(c.req.url), settings.widths)
    const { sentFingerprint, files } = image
    if (files.length > 0 || (sentFingerprint && !(await access.wantsRefresh(c.req.raw)))) {
      // The Action generates through this Worker under the fingerprint of what it sends.
      for (const fingerprint of [image.fingerprint, sentFingerprint]) {
        const cached = fingerprint && (await serveCached(c, fingerprint, delivery))
        if (cached) return cached
      }
      assertGeneratesHere(image)
    }
    return serveOrGenerate(c, image, delivery)
  })

  app.get('/i/:file', async (c) => {
    await access.toView(c.req.raw)
    const [, name = '', digit] = /^([^.]+)(?:\.(\d))?(?:\.[a-z]+)?$/.exec(c.req.param('file')) ?? []
    const fingerprint = parseFingerprint(name)
    c.get('trace').fingerprint = fingerprint
    const parameters = readDelivery(searchOf(c.req.url), settings.widths)
    const index = digit === undefined ? parameters.index : Number(digit)
    if (parameters.index !== undefined && parameters.index !== index)
      throw contradiction(parameters.index, digit)
    const delivery = { ...parameters, ...(index !== undefined && { index }) }
    const image = await serveCached(c, fingerprint, delivery)
    if (image) return image
    throw notFound('There is no such image. This URL never generates one; /image?prompt=… does.')
  })

  async function serveCached(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
  ): Promise<Response | undefined> {
    const response = await timed(c.get('trace'), 'read', () => serve(c, fingerprint, delivery, 'hit'))
    if (response) c.get('trace').cache = 'hit'
    return response
  }

  return app
}

/** The query of a URL, without parsing the rest. */
function searchOf(address: string): string {
  const at = address.indexOf('?')
  return at < 0 ? '' : address.slice(at + 1)
}

/** Of a URL whose path names the image. */
function readDelivery(search: string, widths: readonly number[]): DeliveryParameters {
  return search === '' ? {} : parseDeliveryOnly(withoutSignature(new URLSearchParams(search)), widths)
}

function contradiction(index: number, digit: string | undefined): InvalidSpecError {
  const detail = `index is ${index}, but the path names image ${digit}: give one of them.`
  return new InvalidSpecError([specIssue(['index'], detail)])
}
