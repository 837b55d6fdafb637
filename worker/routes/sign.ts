import { Hono } from 'hono'
import type * as z from 'zod'
import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { specIssues } from '../../shared/spec/issues.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { toUrlSpec } from '../../shared/spec/url-spec.ts'
import type { Delivery } from '../../shared/url/delivery.ts'
import { imageUrl } from '../../shared/url/image-url.ts'
import { signImageUrl } from '../../shared/sign-image-url.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import type { AppPorts } from './ports.ts'
import { readJsonBody } from '../web/json-body.ts'
import type { AppEnv } from '../web/trace.ts'
import { signRequest } from './sign-request.ts'

type SignRequest = z.output<typeof signRequest>

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

    const { unsigned, ...about } =
      data.url === undefined ? await ofSpec(data, c.req.url) : { unsigned: ofUrl(data, data.url, c.req.url) }
    const { url, expires } = await signImageUrl(unsigned, key, data.expires_in)
    return c.json({ url: url.href, ...about, expires: expires.toISOString() })
  })

  return app

  async function ofSpec({ spec, delivery = {} }: SignRequest, base: string) {
    if (spec === undefined)
      throw new InvalidSpecError([specIssue(['spec'], 'spec is missing: give it, or url.')])
    const input = parseSpecInput(spec)
    // Signing checks the values.
    const unsigned = new URL(imageUrl(new URL(base).origin, toUrlSpec(input), delivery as Delivery))
    return { unsigned, fingerprint: await fingerprintOf(config.resolve(input)) }
  }
}

/** @throws {InvalidSpecError} when the URL is another Worker's, or not the only thing to sign */
function ofUrl({ spec, delivery }: SignRequest, address: string, base: string): URL {
  const url = new URL(address)
  const { origin } = new URL(base)
  if (spec !== undefined || delivery !== undefined)
    throw new InvalidSpecError([specIssue(['url'], 'url is there, so spec and delivery must not be.')])
  if (url.origin !== origin)
    throw new InvalidSpecError([specIssue(['url'], `url is at ${url.origin}, and must be at ${origin}.`)])
  return url
}
