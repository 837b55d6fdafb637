import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'
import { priceRequest } from '../job/price-request.ts'
import { dataResult, type Tool } from './tool.ts'

/** What an image would cost: the checks of a generation, without one. */
export const estimateCost: Tool = {
  name: 'estimate_cost',
  title: 'Estimate what an image costs',
  description:
    'Says what generate_image would cost with the same arguments, and whether the model can do it. Free. A cached image costs nothing.',
  input: imageSpecInputSchema,
  isReadOnly: true,

  async call(args, { caller, ports }) {
    const { catalogue, config, settings, store } = ports
    const spec = config.resolve(parseSpecInput(args))
    const fingerprint = await fingerprintOf(spec)
    const request = { spec, fingerprint, caller, refresh: false, lookedAt: Date.now() }
    const [{ estimateUsd, reserveUsd }, stored] = await Promise.all([
      priceRequest(request, { catalogue, settings }),
      store.head(fingerprint, 0),
    ])
    const isCached = stored !== undefined
    return dataResult({
      model: spec.model,
      cached: isCached,
      estimate_usd: isCached ? 0 : estimateUsd,
      max_usd: isCached ? 0 : reserveUsd,
    })
  },
}
