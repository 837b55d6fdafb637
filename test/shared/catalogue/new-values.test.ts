import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../../shared/catalogue/model.ts'
import { createOpenRouterClient } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import { estimateCost } from '../../../shared/prices/estimate.ts'
import { parseSpecInput, resolveSpec } from '../../../shared/spec/parse.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { emulatorCatalogue } from '../../support/shared/emulator-catalogue.ts'
import { modelOf } from '../../support/shared/specs.ts'

const GPT = 'openai/gpt-image-2.5'
const SEEDREAM = 'bytedance-seed/seedream-5-0-flash'

const catalogue = emulatorCatalogue()
let upstream: ServedEmulator
beforeAll(async () => {
  upstream = await serveEmulator()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.clearRequests())

describe('a value that OpenRouter lists is accepted, priced and sent:', () => {
  it.each<[model: string, fields: Partial<ImageSpec>]>([
    [GPT, { quality: 'xhigh' }],
    [GPT, { quality: 'max' }],
    [GPT, { aspect_ratio: '2.35:1' }],
    [GPT, { aspect_ratio: '5:2' }],
    [SEEDREAM, { image_size: '1.5K' }],
    [SEEDREAM, { output_format: 'gif' }],
  ])('%s with %j', async (id, fields) => {
    const spec = resolveSpec(parseSpecInput({ prompt: 'A fox', model: id, ...fields }))
    const { model } = await catalogue.model(id)
    checkCapabilities(spec, model)

    const { usage } = await collect(
      createOpenRouterClient({ apiKey: 'sk-or-test', baseUrl: upstream.url }).generate(spec, model),
    )

    const { usd = 0, maxUsd = 0 } = estimateCost(spec, model)
    expect(Math.abs(usd / (usage?.costUsd ?? 0) - 1)).toBeLessThan(0.1)
    expect(maxUsd).toBeGreaterThanOrEqual(usage?.costUsd ?? Infinity)
    for (const value of Object.values(fields)) {
      expect(JSON.stringify(upstream.requests[0]?.body)).toContain(JSON.stringify(value))
    }
  })

  it('one that nobody knows yet, in a list of tomorrow', () => {
    const tomorrow: ImageModel = {
      ...modelOf('openai/gpt-image-2'),
      endpoints: [],
      supported_parameters: {
        quality: { type: 'enum', values: ['auto', 'cinematic'] },
        aspect_ratio: { type: 'enum', values: ['32:9'] },
        resolution: { type: 'enum', values: ['256', '6K'] },
      },
    }
    const specOf = (fields: Partial<ImageSpec>) =>
      resolveSpec(parseSpecInput({ prompt: 'A fox', model: tomorrow.id, ...fields }))

    for (const image_size of ['0.25K', '6K']) {
      const spec = specOf({ quality: 'cinematic', aspect_ratio: '32:9', image_size })
      expect(() => checkCapabilities(spec, tomorrow)).not.toThrow()
    }
    expect(() => checkCapabilities(specOf({ image_size: '4K' }), tomorrow)).toThrow(/accepts 0.25K, 6K/)
    expect(() => checkCapabilities(specOf({ quality: 'max' }), tomorrow)).toThrow(/accepts auto, cinematic/)
  })
})
