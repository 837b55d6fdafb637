import { Hono } from 'hono'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { SMALL_BODY } from '../access/body-limit.ts'
import { ORIGINAL } from '../gallery/variant.ts'
import { estimateSpec } from '../job/price-request.ts'
import { readJsonBody } from '../web/json-body.ts'
import type { AppEnv } from '../web/trace.ts'
import type { AppPorts } from './ports.ts'

/** `POST /v1/estimate`: what a spec would cost, after every check of the spec and the model. Spends nothing. */
export function estimateRoutes({ access, catalogue, config, gallery, settings }: AppPorts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()

  app.post('/', async (c) => {
    await access.toView(c.req.raw)
    const spec = config.resolve(parseSpecInput(await readJsonBody(c.req.raw, SMALL_BODY)))
    const fingerprint = await fingerprintOf(spec)
    const [{ usd, maxUsd, basis, warnings }, cached] = await Promise.all([
      estimateSpec(spec, { catalogue, settings }),
      gallery.head({ fingerprint, index: 0, variant: ORIGINAL }),
    ])
    return c.json(
      {
        fingerprint,
        model: spec.model,
        // Absent where the price is unknown.
        usd,
        max_usd: maxUsd,
        basis,
        cached: cached !== undefined,
        ...(warnings.length > 0 && { warnings }),
      },
      200,
      { 'Cache-Control': 'no-store' },
    )
  })

  return app
}
