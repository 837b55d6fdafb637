import { Hono } from 'hono'
import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { specIssues } from '../../shared/spec/issues.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { toUrlSpec } from '../../shared/spec/url-spec.ts'
import type { Delivery } from '../../shared/url/delivery.ts'
import { imageUrl } from '../../shared/url/image-url.ts'
import { signImageUrl } from '../../shared/sign-image-url.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import type { AppPorts } from './ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import type { AppEnv } from '../web/trace.ts'
import { signRequest } from './sign-request.ts'

/** Signs URLs, for pages whose images are generated when they are first viewed. */
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
    // Signing checks the values.
    const delivery = data.delivery as Delivery
    const unsigned = new URL(imageUrl(new URL(c.req.url).origin, toUrlSpec(input), delivery))
    const { url, expires } = await signImageUrl(unsigned, key, data.expires_in)
    return c.json({ url: url.href, fingerprint, expires: expires.toISOString() })
  })

  return app
}
