import * as z from 'zod'
import { ApiError } from '../errors.ts'
import type { Quality } from '../parsed-request.ts'

/** `{type: "image_url", image_url: {url}}`, the same in messages and in `input_references`. */
export const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({
    url: z.string().min(1),
    detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
  }),
})

export const QUALITIES = [
  'auto',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly Quality[]

const names = z.array(z.string()).nullish()
const sortKey = z.enum(['price', 'throughput', 'latency', 'exacto'])

const routing = {
  allow_fallbacks: z.boolean().nullish(),
  ignore: names,
  only: names,
  order: names,
  sort: z
    .union([
      sortKey,
      z.strictObject({ by: sortKey.nullish(), partition: z.enum(['model', 'none']).nullish() }),
    ])
    .nullish(),
}

/** `provider` of the images API. */
export const imageProvider = z.strictObject({
  ...routing,
  options: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})

const limits = z.union([z.number(), z.record(z.string(), z.number().nullable())]).nullish()

/** `provider` of the chat API: no `options`, but more about routing. */
export const chatProvider = z.strictObject({
  ...routing,
  data_collection: z.enum(['allow', 'deny']).nullish(),
  enforce_distillable_text: z.boolean().nullish(),
  max_price: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  preferred_max_latency: limits,
  preferred_min_throughput: limits,
  quantizations: z.array(z.string()).nullish(),
  require_parameters: z.boolean().nullish(),
  zdr: z.boolean().nullish(),
})

export type Routing = z.infer<typeof imageProvider> | z.infer<typeof chatProvider>

export const fontInputs = z
  .array(z.strictObject({ font_url: z.url({ protocol: /^https?$/ }), text: z.string().min(1) }))
  .min(1)
  .max(2)

export const references = z.array(z.url()).min(1).max(4)

export const rgb = z.array(z.int().min(0).max(255)).length(3)

/** JSON as the schema wants it. @throws {ApiError} 400 naming the first field that is wrong */
export function parseBody<T extends z.ZodType>(schema: T, text: string): z.infer<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ApiError(400, { message: 'Invalid JSON in the request body' })
  }
  return parse(schema, json, '')
}

/** @param path  where `value` stands in the body, for the message */
export function parse<T extends z.ZodType>(schema: T, value: unknown, path: string): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = [path, ...(issue?.path ?? [])].filter((part) => part !== '').join('.')
  throw new ApiError(400, { message: `${field === '' ? 'body' : field}: ${issue?.message ?? 'invalid'}` })
}
