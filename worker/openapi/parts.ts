import { resolver } from 'hono-openapi'
import * as z from 'zod'
import { MAX_WIDTH } from '../../shared/delivery-parameters.ts'
import type { EaselErrorCode } from '../../shared/errors.ts'
import { statusOf, titleOf } from '../../shared/problem.ts'
import { imageSpecInputSchema, QUERY_FORMS } from '../../shared/spec/schema.ts'
import { FITS, FORMATS, GRAVITIES } from '../../shared/url/delivery.ts'
import { openAiError } from './openai-schemas.ts'
import { openRouterError, problem } from './schemas.ts'

/** One parameter of a request, with the value used in examples. */
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

export function formBody(schema: z.ZodType) {
  return { required: true, content: { 'multipart/form-data': { schema: resolver(schema) } } }
}

export function jsonResponse(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema: resolver(schema) } } }
}

/** The error responses of an operation, by status. */
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
  const error = jsonResponse('An error in OpenRouter’s shape.', openRouterError)
  return Object.fromEntries([400, 401, 402, 404, 424, 429, 502, 503].map((status) => [status, error]))
}

/** The errors of OpenAI's API. */
export function openAiErrors() {
  const error = jsonResponse('An error in OpenAI’s shape.', openAiError)
  const statuses = [400, 401, 402, 403, 404, 413, 415, 422, 424, 429, 502, 503]
  return Object.fromEntries(statuses.map((status) => [status, error]))
}

/** A response that is either JSON or server-sent events. */
export const eventsResponse = {
  description: 'A message, as JSON or as server-sent events.',
  content: { 'text/event-stream': {} },
}

export const textResponse = { description: 'Plain text.', content: { 'text/plain': {} } }

/** Errors of routes that generate. */
export const GENERATION_ERRORS = [
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
  'billing_unknown',
  'purged',
  'no_image',
  'upstream_invalid',
  'upstream_failed',
  'upstream_timeout',
  'storage_failed',
] as const satisfies readonly EaselErrorCode[]

/** The fields of a spec that fit into a URL. */
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

/** Size and format of the delivery; no part of the spec. */
export const deliveryParameters: readonly Parameter[] = [
  {
    name: 'w',
    in: 'query',
    description: 'Width in pixels, rounded up to the next configured width. Never enlarges.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_WIDTH },
  },
  {
    name: 'h',
    in: 'query',
    description:
      'Height in pixels. With `w` it is a ratio, kept when `w` is rounded; alone, it is rounded like `w`.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_WIDTH },
  },
  {
    name: 'fit',
    in: 'query',
    description:
      'With `w` and `h`: `cover` crops to their ratio; `contain` and `scale-down` fit the image inside. Never enlarges.',
    schema: { enum: FITS, default: 'cover' },
  },
  {
    name: 'gravity',
    in: 'query',
    description: 'With `cover`: which part stays.',
    schema: { enum: GRAVITIES, default: 'center' },
  },
  {
    name: 'format',
    in: 'query',
    description: '`auto` follows the client’s `Accept`.',
    schema: { enum: FORMATS },
  },
  {
    name: 'q',
    in: 'query',
    description: 'Quality of lossy formats, rounded up to the next of 50, 65, 75, 85, 95 and 100.',
    schema: { type: 'integer', minimum: 1, maximum: 100 },
  },
  {
    name: 'index',
    in: 'query',
    description: 'Which image of a generation, from 0.',
    schema: { type: 'integer', minimum: 0, maximum: 9 },
  },
  {
    name: 'v',
    in: 'query',
    description: 'First 16 characters of the image’s ETag: makes the URL immutable.',
    schema: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  },
]

/** The response with an image's bytes. */
export const imageResponse = {
  description: 'The image.',
  headers: {
    ETag: { schema: { type: 'string' as const }, description: 'Changes with the bytes.' },
    'Content-Location': { schema: { type: 'string' as const }, description: 'The image’s permanent URL.' },
    'Cache-Status': {
      schema: { type: 'string' as const },
      description: 'RFC 9211: a hit, a miss, or collapsed into a generation in flight.',
    },
    'X-Easel-Cost-Usd': { schema: { type: 'string' as const }, description: 'USD that this request cost.' },
    'X-Easel-Thumbhash': {
      schema: { type: 'string' as const },
      description: 'Placeholder, base64; once it is known.',
    },
    'X-Easel-Model': { schema: { type: 'string' as const }, description: 'The model that generated it.' },
  },
  content: { 'image/*': {} },
}
