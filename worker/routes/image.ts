import { Hono } from 'hono'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecQuery } from '../../shared/spec/parse.ts'
import { withoutSignature } from '../../shared/url-signature.ts'
import { type DeliveryParameters, parseDelivery, withoutDelivery } from '../delivery/parameters.ts'
import { remember } from '../web/remember.ts'
import { assertGeneratesHere } from '../config/assert-drawable-here.ts'
import { type AppEnv, type AppPorts, notFound, parseFingerprint, wantsRefresh } from './ports.ts'
import { createImageAnswers } from './deliver-image.ts'

/** Images: by what they show, by fingerprint, and by the name that easel.yml gives them. */
export function imageRoutes(ports: AppPorts): Hono<AppEnv> {
  const { access, config, settings } = ports
  const { show, showKept, showOrGenerate } = createImageAnswers(ports)
  const app = new Hono<AppEnv>()

  // Pages ask for few images many times: reading their addresses took longer than all else about a hit.
  const read = remember(
    async (search) => {
      const query = new URLSearchParams(search)
      const delivery = parseDelivery(query, settings.widths)
      const spec = config.resolve(parseSpecQuery(withoutSignature(withoutDelivery(query))))
      return { wanted: { spec, fingerprint: await fingerprintOf(spec) }, delivery }
    },
    { entries: 500, keyMaxCharacters: 4000 },
  )

  app.get('/image', async (c) => {
    const { wanted, delivery } = await read(searchOf(c.req.url))
    return showOrGenerate(c, wanted, delivery)
  })

  app.get('/named/:name{.+}', async (c) => {
    const image = config.find(c.req.param('name'))
    if (!image) throw notFound('No image is listed under this name: names are paths and ids in easel.yml.')
    const delivery = readDelivery(searchOf(c.req.url), settings.widths)
    const { sentFingerprint, files } = image
    await access.toView(c.req.raw)
    if (files.length > 0 || (sentFingerprint && !(await wantsRefresh(c.req.raw, access)))) {
      // The Action has it generated as it is sent.
      for (const fingerprint of [image.fingerprint, sentFingerprint]) {
        const kept = fingerprint && (await show(c, fingerprint, delivery, 'hit'))
        if (kept) return kept
      }
      assertGeneratesHere(image)
    }
    return showOrGenerate(c, image, delivery)
  })

  app.get('/i/:file', async (c) => {
    const [, name = '', digit] = /^([^.]+)(?:\.(\d))?(?:\.[a-z]+)?$/.exec(c.req.param('file')) ?? []
    const fingerprint = parseFingerprint(name)
    c.get('trace').fingerprint = fingerprint
    const parameters = readDelivery(searchOf(c.req.url), settings.widths)
    const index = digit === undefined ? parameters.index : Number(digit)
    if (parameters.index !== undefined && parameters.index !== index)
      throw contradiction(parameters.index, digit)
    await access.toView(c.req.raw)
    const delivery = { ...parameters, ...(index !== undefined && { index }) }
    const image = await showKept(c, fingerprint, delivery)
    if (image) return image
    throw notFound('There is no such image. This address never generates one; /image?prompt=… does.')
  })

  return app
}

/** The query of an address, without taking the rest of it apart. */
function searchOf(address: string): string {
  const at = address.indexOf('?')
  return at < 0 ? '' : address.slice(at + 1)
}

/** Of an address that says by its path what is shown. */
function readDelivery(search: string, widths: readonly number[]): DeliveryParameters {
  if (search === '') return {}
  const query = new URLSearchParams(search)
  assertNothingElse(query)
  return parseDelivery(query, widths)
}

function assertNothingElse(query: URLSearchParams): void {
  const [field] = withoutSignature(withoutDelivery(query)).keys()
  if (field === undefined) return
  const detail = `${field} has no meaning here. What does: w, format, q, index, v.`
  throw new InvalidSpecError([specIssue([field], detail)])
}

function contradiction(index: number, digit: string | undefined): InvalidSpecError {
  const detail = `index is ${index}, but the address names image ${digit}: give one of them.`
  return new InvalidSpecError([specIssue(['index'], detail)])
}
