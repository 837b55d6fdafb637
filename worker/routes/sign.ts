import { Hono } from 'hono'
import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { specIssues } from '../../shared/spec/issues.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { specToQuery } from '../../shared/spec/query.ts'
import { signUrl } from '../../shared/url-signature.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import { parseDelivery } from '../delivery/parameters.ts'
import type { AppPorts } from './ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import type { AppEnv } from '../web/trace.ts'
import { signRequest } from './sign-request.ts'

/** Signs URLs, for pages with images that are generated when somebody first sees them. */
export function signRoutes({ access, config, settings }: AppPorts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()

  app.post('/', async (c) => {
    await access.toManage(c.req.raw)
    const [key] = settings.signingKeys
    if (!key)
      throw new EaselError(
        'misconfigured',
        'EASEL_SIGNING_KEYS is missing: npx wrangler secret put EASEL_SIGNING_KEYS.',
      )
    const body = await readJsonBody(c.req.raw, SMALL_BODY)
    const { data, error } = signRequest.safeParse(body)
    if (error) throw new InvalidSpecError(specIssues(error, body, Object.keys(signRequest.shape)))

    const input = parseSpecInput(data.spec)
    const fingerprint = await fingerprintOf(config.resolve(input))
    const expires = new Date(Date.now() + data.expires_in * 1000)
    const query = specToQuery(input)
    for (const [name, value] of Object.entries(data.delivery)) query.set(name, String(value))
    parseDelivery(query, settings.widths)
    const url = new URL(`/image?${query.toString()}`, c.req.url)
    const signed = await signUrl(url, key, expires)
    return c.json({ url: signed.href, fingerprint, expires: expires.toISOString() })
  })

  return app
}
