import * as z from 'zod'
import { json, text } from './forms.ts'

const SORT_KEYS = ['price', 'throughput', 'latency', 'exacto'] as const

const QUANTIZATIONS = [
  'int4',
  'int8',
  'fp4',
  'mxfp4',
  'nvfp4',
  'fp6',
  'fp8',
  'mxfp8',
  'fp16',
  'bf16',
  'fp32',
  'unknown',
] as const

const names = z.array(text)

export const sorting = z
  .strictObject({
    by: z.enum(SORT_KEYS).meta({ description: 'What to sort providers by.' }),
    partition: z.enum(['model', 'none']).meta({
      description: '`model` sorts the providers of each model separately, `none` all of them together.',
    }),
  })
  .partial()

const percentiles = z
  .strictObject({
    p50: cutoff(50),
    p75: cutoff(75),
    p90: cutoff(90),
    p99: cutoff(99),
  })
  .partial()

const threshold = z.union(
  [z.number().min(0), percentiles],
  'must be a number, or numbers under p50, p75, p90, p99',
)

const maxPrice = z
  .strictObject({
    prompt: usd('Most to pay for a million prompt tokens.'),
    completion: usd('Most to pay for a million output tokens.'),
    image: usd('Most to pay for one image.'),
    audio: usd('Most to pay for one unit of audio.'),
    request: usd('Most to pay for one request.'),
  })
  .partial()

/**
 * Provider routing: OpenRouter's own object, without its nulls, which mean the same as absent. The images API
 * takes only `order`, `only`, `ignore`, `allow_fallbacks`, `sort` and `options`; the chat API takes everything
 * but `options`.
 */
export const provider = z
  .strictObject({
    order: names.meta({ description: 'Providers to try first, in this order.' }),
    only: names.meta({ description: 'The only providers that may be used.' }),
    ignore: names.meta({ description: 'Providers that must not be used.' }),
    allow_fallbacks: z
      .boolean()
      .meta({ description: 'Whether other providers may be used when those in `order` fail.' }),
    sort: z
      .union(
        [z.enum(SORT_KEYS), sorting],
        'accepted are price, throughput, latency, exacto, or an object of by and partition',
      )
      .meta({ description: 'How to rank providers, instead of OpenRouter’s load balancing.' }),
    data_collection: z
      .enum(['allow', 'deny'])
      .meta({ description: 'Whether providers that store prompts may be used. Chat API only.' }),
    zdr: z.boolean().meta({ description: 'Use only providers with zero data retention. Chat API only.' }),
    require_parameters: z
      .boolean()
      .meta({ description: 'Use only providers that support every parameter sent. Chat API only.' }),
    max_price: maxPrice.meta({
      description: 'Highest prices to accept, in US dollars. Chat API only.',
    }),
    quantizations: z
      .array(z.enum(QUANTIZATIONS))
      .meta({ description: 'Accepted precisions of the model’s weights. Chat API only.' }),
    preferred_max_latency: threshold.meta({
      description: 'Prefer providers up to this latency, in seconds. Chat API only.',
    }),
    preferred_min_throughput: threshold.meta({
      description: 'Prefer providers from this throughput on, in tokens per second. Chat API only.',
    }),
    enforce_distillable_text: z
      .boolean()
      .meta({ description: 'Use only models whose authors allow text distillation. Chat API only.' }),
    options: z.record(text, z.record(text, json)).meta({
      description:
        'Fields for one provider, under its slug, in that provider’s own words. Images API only: on the chat API, use `image_config`.',
    }),
  })
  .partial()
  .meta({
    description: 'Which of a model’s providers OpenRouter may use. The object is passed on unchanged.',
    examples: [{ sort: 'price' }],
  })

function cutoff(percentile: number) {
  return z
    .number()
    .min(0)
    .meta({ description: `Threshold for the ${percentile}th percentile.` })
}

function usd(description: string) {
  return text
    .regex(/^\d+(\.\d+)?$/, 'must be US dollars as decimal digits in quotes, such as "0.05"')
    .meta({ description: `${description} US dollars in quotes, such as "0.05".` })
}
