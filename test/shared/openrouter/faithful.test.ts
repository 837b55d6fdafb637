import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../../emulator/serve.ts'
import { createOpenRouterClient } from '../../../shared/openrouter/client.ts'
import { collect } from '../../../shared/openrouter/collect.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { parseSize } from '../../../shared/spec/forms.ts'
import { acceptedSpecs, MODELS } from '../../support/shared/specs.ts'

/** The facts live beside the repository and don't come with it. */
const OPENAPI = join(import.meta.dirname, '../../../../shared/openrouter/openapi.json')
const hasFacts = existsSync(OPENAPI)
const absence = hasFacts ? '' : ' (skipped: ../shared/openrouter/openapi.json is not here)'
const SCHEMA = { '/chat/completions': 'ChatRequest', '/images': 'ImageGenerationRequest' } as const

const TYPE: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  svg: 'image/svg+xml',
}

describe.skipIf(!hasFacts)(`OpenRouter’s OpenAPI document${absence}`, () => {
  it('describes every request that Easel builds, for every model', () => {
    const check = validator()
    const seen = new Set<string>()
    const [{ id }] = MODELS as [(typeof MODELS)[number]]
    expect(check('ChatRequest', { model: id })).not.toEqual([])
    expect(check('ImageGenerationRequest', { model: id, prompt: 'x', resolution: '0.5K' })).not.toEqual([])
    fc.assert(
      fc.property(acceptedSpecs(), ({ spec, model }) => {
        const { path, body } = buildRequest(spec, model)
        seen.add(`${model.id} ${path}`)
        const sent: unknown = JSON.parse(JSON.stringify(body))
        expect(check(SCHEMA[path], sent)).toEqual([])
        expect(fieldsUnknownTo(SCHEMA[path], sent)).toEqual([])
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

function validator(): (schema: string, value: unknown) => unknown[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(JSON.parse(readFileSync(OPENAPI, 'utf8')) as object, 'openapi')
  return (schema, value) => {
    const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`)
    if (!validate) throw new Error(`the document has no ${schema}`)
    return validate(value) === true ? [] : (validate.errors ?? [])
  }
}

/** The document allows fields that it doesn't name; Easel sends none. */
function fieldsUnknownTo(schema: string, value: unknown): string[] {
  const document = JSON.parse(readFileSync(OPENAPI, 'utf8')) as {
    components: { schemas: Record<string, { properties: object }> }
  }
  const known = document.components.schemas[schema]?.properties ?? {}
  return Object.keys(value as object).filter((key) => !(key in known))
}
