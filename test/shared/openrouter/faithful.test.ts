import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import { createOpenRouterClient } from '../../../shared/openrouter/client.ts'
import { collect } from '../../support/shared/collect.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { parseSize } from '../../../shared/spec/size.ts'
import { requestProblems } from '../../support/sdk-schemas.ts'
import { acceptedSpecs, MODELS } from '../../support/shared/specs.ts'

const TYPE: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  svg: 'image/svg+xml',
}

describe('the schemas of OpenRouter’s SDK', () => {
  it('describe every request that Easel builds, for every model', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(acceptedSpecs(), ({ spec, model }) => {
        const { path, body } = buildRequest(spec, model)
        seen.add(`${model.id} ${path}`)
        const sent = JSON.parse(JSON.stringify(body)) as object
        expect(requestProblems(path, sent)).toEqual([])
      }),
      { numRuns: 1000 },
    )
    // Both APIs, for all models: otherwise this proves less than it says.
    expect(seen.size).toBe(MODELS.length * 2)
  })
})

describe('any spec that a model can generate', () => {
  let upstream: ServedEmulator
  beforeAll(async () => {
    upstream = await serveEmulator()
  })
  afterAll(() => upstream.close())

  it('comes back as images of its type and number, with a price', { timeout: 120_000 }, async () => {
    const client = createOpenRouterClient({ apiKey: 'sk-or-test', baseUrl: upstream.url })
    await fc.assert(
      fc.asyncProperty(acceptedSpecs({ maxTier: '1K' }), async ({ spec, model }) => {
        upstream.clearRequests()
        const { images, usage } = await collect(client.generate(spec, model))

        expect(images).toHaveLength(spec.n ?? 1)
        expect(images.map(({ mediaType }) => mediaType)).toEqual(
          images.map(({ mediaType }) => (spec.output_format ? TYPE[spec.output_format] : mediaType)),
        )
        const [{ width, height }] = images
        const hasItsOwnSize = spec.output_format === 'svg' || spec.super_resolution_references
        expect([width, height]).toEqual(
          (spec.size && !hasItsOwnSize && parseSize(spec.size)) || [width, height],
        )
        expect(usage?.costUsd).toBeGreaterThan(0)
        const { path, body } = buildRequest(spec, model)
        expect(upstream.requests).toMatchObject([{ path: `/api/v1${path}`, status: 200 }])
        expect(upstream.requests[0]?.body).toEqual(JSON.parse(JSON.stringify(body)))
      }),
      // Images take long: what fails is told as it is, without a search for something smaller.
      { numRuns: 40, endOnFailure: true },
    )
  })
})
