import { resolver } from 'hono-openapi'
import * as z from 'zod'
import type { EaselErrorCode } from '../../shared/errors.ts'
import { statusOf, titleOf } from '../../shared/problem.ts'
import { imageSpecInputSchema, QUERY_FORMS } from '../../shared/spec/schema.ts'
import { openRouterError, problem } from './schemas.ts'

/** One parameter of a request, with the value that the examples hold. */
export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: object
  readonly example?: string | number
}

export function jsonBody(schema: z.ZodType, example: object) {
  return { required: true, content: { 'application/json': { schema: resolver(schema), example } } }
}

export function jsonAnswer(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema: resolver(schema) } } }
}

/** The responses for the errors that an operation may end in, by status. */
export function problems(...codes: readonly EaselErrorCode[]) {
  const everywhere: readonly EaselErrorCode[] = ['misconfigured', 'internal']
  const byStatus = Map.groupBy([...codes, ...everywhere], statusOf)
  return Object.fromEntries(
    Array.from(byStatus, ([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(' '),
        content: { 'application/problem+json': { schema: resolver(problem) } },
      },
    ]),
  )
}

/** The errors of OpenRouter's API. */
export function openRouterErrors() {
  const error = jsonAnswer('An error, as OpenRouter words it.', openRouterError)
  return Object.fromEntries([400, 401, 402, 404, 429, 502].map((status) => [status, error]))
}

/** What generating may end in. */
export const DRAWING_ERRORS = [
  'invalid_spec',
  'unsupported_by_model',
  'unauthorized',
  'forbidden',
  'model_not_found',
  'refused',
  'budget_exhausted',
  'rate_limited',
  'credits_exhausted',
  'upstream_unauthorized',
  'no_image',
  'upstream_invalid',
  'upstream_failed',
  'upstream_timeout',
  'storage_failed',
] as const satisfies readonly EaselErrorCode[]

/** The fields of a spec that fit into a URL, as the parser takes them. */
export function specParameters(examples: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(imageSpecInputSchema.shape)
    .filter(([name]) => QUERY_FORMS.get(name) !== 'json')
    .map(([name, field]) => queryParameter(name, field, examples[name]))
}

function queryParameter(name: string, field: z.ZodType, example: string | undefined): Parameter {
  const { $schema: _, description, ...schema } = z.toJSONSchema(field)
  return {
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    ...(QUERY_FORMS.get(name) === 'repeated' && { style: 'form', explode: true }),
    schema,
    ...(example !== undefined && { example }),
  }
}

/** How an image is delivered; none of it changes what the image shows. */
export const deliveryParameters: readonly Parameter[] = [
  {
    name: 'w',
    in: 'query',
    description: 'Width in pixels; one of the configured ones. Never enlarges.',
    schema: { type: 'integer' },
  },
  {
    name: 'format',
    in: 'query',
    description: '`auto` is what the client’s `Accept` likes best.',
    schema: { enum: ['auto', 'avif', 'webp', 'jpeg', 'png'] },
  },
  { name: 'q', in: 'query', description: 'Quality.', schema: { type: 'integer', minimum: 1, maximum: 100 } },
  {
    name: 'index',
    in: 'query',
    description: 'Which image of a generation, from 0.',
    schema: { type: 'integer', minimum: 0, maximum: 9 },
  },
  {
    name: 'v',
    in: 'query',
    description: 'First 16 hex digits of the image’s SHA-256: makes the address immutable.',
    schema: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  },
]

/** An image's bytes. */
export const imageAnswer = {
  description: 'The image.',
  headers: {
    ETag: { schema: { type: 'string' as const }, description: 'SHA-256 of the bytes.' },
    'Content-Location': { schema: { type: 'string' as const }, description: 'The image’s own address.' },
    'Cache-Status': {
      schema: { type: 'string' as const },
      description: 'RFC 9211: hit, generated, or joined.',
    },
    'X-Easel-Cost-Usd': { schema: { type: 'string' as const }, description: 'USD that this request cost.' },
  },
  content: { 'image/*': {} },
}
