import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { parseSpecInput } from '../../shared/spec/parse.ts'
import { imageSpecInputSchema } from '../../shared/spec/schema.ts'
import { estimateSpec } from '../job/price-request.ts'
import { dataResult, type Tool } from './tool.ts'

/** What an image would cost: the checks of a generation, without one. */
export const estimateCost: Tool = {
  name: 'estimate_cost',
  title: 'Estimate what an image costs',
  description:
    'Says what generate_image would cost with the same arguments, and whether the model can do it. Free. A cached image costs nothing.',
  input: imageSpecInputSchema,
  isReadOnly: true,

  async call(args, { ports: { catalogue, config, settings, store } }) {
    const spec = config.resolve(parseSpecInput(args))
    const [{ usd, maxUsd, warnings }, stored] = await Promise.all([
      estimateSpec(spec, { catalogue, settings }),
      store.head(await fingerprintOf(spec), 0),
    ])
    const price = stored ? { estimate_usd: 0, max_usd: 0 } : { estimate_usd: usd, max_usd: maxUsd }
    return dataResult({ model: spec.model, cached: stored !== undefined, ...price, warnings })
  },
}
