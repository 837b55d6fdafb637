import * as z from 'zod'
import { isPlainJson, JSON_MAX_DEPTH } from './plain-json.ts'

/** The ratios that OpenRouter documents. A model takes only those that its catalogue entry lists. */
export const ASPECT_RATIOS = [
  '1:1',
  '1:2',
  '1:4',
  '1:8',
  '2:1',
  '2:3',
  '3:2',
  '3:4',
  '4:1',
  '4:3',
  '4:5',
  '5:4',
  '8:1',
  '9:16',
  '16:9',
  '9:19.5',
  '19.5:9',
  '9:20',
  '20:9',
  '9:21',
  '21:9',
  'auto',
] as const

export const IMAGE_SIZES = ['0.5K', '1K', '2K', '4K'] as const

export const PROMPT_MAX_CHARACTERS = 32_000

/** Sides of `size`, pixels. */
const SIDE_MIN_PX = 64
const SIDE_MAX_PX = 8192

/** Text that survives UTF-8: a lone surrogate would be sent, and hashed, as something else. */
const text = z.string().refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

const prompt = text
  .refine(
    (value) => value.trim() !== '' && characters(value) <= PROMPT_MAX_CHARACTERS,
    'must be 1 to 32,000 characters, not only spaces',
  )
  .meta({ minLength: 1, maxLength: PROMPT_MAX_CHARACTERS, description: 'What to generate, in words.' })

const model = z
  .string()
  .regex(
    /^\w[\w.-]*\/\w[\w.-]*(:\w[\w.-]*)?$/,
    'must be an OpenRouter model such as google/gemini-2.5-flash-image',
  )
  .meta({ description: 'OpenRouter model, `author/slug` with an optional `:variant`.' })

const size = z
  .string()
  .refine((value) => {
    const sides = parseSize(value)
    return sides !== undefined && sides.every((side) => side >= SIDE_MIN_PX && side <= SIDE_MAX_PX)
  }, `must be WIDTHxHEIGHT in pixels, each ${SIDE_MIN_PX} to ${SIDE_MAX_PX}, such as 1344x768`)
  .meta({ pattern: '^[1-9][0-9]*x[1-9][0-9]*$', description: 'Exact size in pixels; images API only.' })

/** `https:` or `data:`. What else a browser knows (`http:`, `blob:`, `file:`) no provider can fetch. */
const httpsUrl = text.refine(isHttpsUrl, 'must be an https URL')
const imageUrl = text.refine(
  (value) => isDataUrl(value) || isHttpsUrl(value),
  'must be an https URL or a data: URL of an image',
)

const colour = z
  .tuple([channel(), channel(), channel()])
  .meta({ description: '[red, green, blue], each 0 to 255.' })

const point = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)])

const fontInput = z.strictObject({
  font_url: httpsUrl,
  text: text.min(1).meta({ description: 'What to set in this font; best repeated in the prompt.' }),
})

const textBox = z.strictObject({
  text: text.min(1),
  bbox: z.tuple([point, point, point, point]).meta({ description: 'Four corners, each [x, y] from 0 to 1.' }),
})

/** What a provider takes that Easel doesn't know: any JSON that can be hashed and sent as it is. */
const json = z
  .unknown()
  .refine(isPlainJson, `must be JSON, at most ${JSON_MAX_DEPTH} levels deep, in well-formed Unicode`)

const names = z.array(text)
const sortKey = z.enum(['price', 'throughput', 'latency', 'exacto'])
const sorting = z.strictObject({ by: sortKey, partition: z.enum(['model', 'none']) }).partial()
const atLeastZero = z.number().min(0)
const percentiles = z
  .strictObject({ p50: atLeastZero, p75: atLeastZero, p90: atLeastZero, p99: atLeastZero })
  .partial()
const cutoff = z.union([atLeastZero, percentiles], 'must be a number, or numbers under p50, p75, p90, p99')
const usd = text.regex(/^\d+(\.\d+)?$/, 'must be US dollars as decimal digits in quotes, such as "0.05"')

/**
 * Provider routing: OpenRouter's own object, without its nulls, which stand for absent. The images API knows
 * only `order`, `only`, `ignore`, `allow_fallbacks`, `sort` and, alone of the two, `options`.
 */
const provider = z
  .strictObject({
    order: names,
    only: names,
    ignore: names,
    allow_fallbacks: z.boolean(),
    sort: z.union(
      [sortKey, sorting],
      'accepted are price, throughput, latency, exacto, or an object of by and partition',
    ),
    data_collection: z.enum(['allow', 'deny']),
    zdr: z.boolean(),
    require_parameters: z.boolean(),
    max_price: z
      .strictObject({ prompt: usd, completion: usd, image: usd, audio: usd, request: usd })
      .partial(),
    quantizations: z.array(
      z.enum([
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
      ]),
    ),
    preferred_max_latency: cutoff,
    preferred_min_throughput: cutoff,
    enforce_distillable_text: z.boolean(),
    options: z.record(text, z.record(text, json)),
  })
  .partial()
  .meta({ description: 'Provider routing, as OpenRouter takes it.' })

/** The fields that an image's description may hold, each as a person writes it. */
const fields = {
  prompt,
  model,
  aspect_ratio: z.enum(ASPECT_RATIOS),
  image_size: z.enum(IMAGE_SIZES).meta({ description: 'Resolution tier; 1K where absent.' }),
  size,
  n: z.int().min(1).max(10).meta({ description: 'How many images at once.' }),
  seed: z.int().min(0),
  quality: z.enum(['auto', 'low', 'medium', 'high']),
  background: z.enum(['auto', 'transparent', 'opaque']),
  output_format: z.enum(['png', 'jpeg', 'webp', 'svg']),
  output_compression: z.int().min(0).max(100),
  input_images: z.array(imageUrl).min(1).max(16).meta({ description: 'Images to start from.' }),
  font_inputs: z.array(fontInput).min(1).max(2),
  super_resolution_references: z.array(imageUrl).min(1).max(4),
  style: text.min(1),
  strength: z.number().min(0).max(1),
  rgb_colors: z.array(colour).min(1),
  background_rgb_color: colour,
  text_layout: z.array(textBox).min(1),
  provider,
  // What OpenRouter's schema allows there: no nested objects.
  image_config: z.record(
    text,
    z.union([text, z.number(), z.array(json)], 'must be a text, a number, or a list of at most 16 levels'),
  ),
  preset: text.min(1).meta({ description: 'A named partial spec, applied before anything else.' }),
  take: z.int().min(1).meta({ description: 'Another image for the same words: 2, 3, …' }),
  api: z
    .enum(['auto', 'chat', 'images'])
    .meta({ description: 'Which of OpenRouter’s two image APIs to use.' }),
} as const

/**
 * One image, described as a person writes it: OpenRouter's names in snake_case. Unknown fields are refused.
 * `prompt` and `model` may be absent here, because a preset or a default can give them.
 */
export const imageSpecInputSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'ImageSpec', description: 'One image, described.' })

/** A partial spec under a name: what `preset` refers to. Its prompt may hold `{prompt}`. */
export const presetSchema = z.strictObject(fields).partial().omit({ preset: true })

/** {@link imageSpecInputSchema} once preset and defaults are applied: nothing left to fill in. */
export const imageSpecSchema = z
  .strictObject(fields)
  .partial()
  .extend({ prompt, model })
  .omit({ preset: true })

export type ImageSpecInput = Readonly<z.infer<typeof imageSpecInputSchema>>
export type ImageSpec = Readonly<z.infer<typeof imageSpecSchema>>
export type Preset = Readonly<z.infer<typeof presetSchema>>
export type SpecField = keyof typeof fields

export const SPEC_FIELDS: ReadonlySet<string> = new Set(Object.keys(fields))

/** The fields of the objects inside a spec, by the name they stand under. */
export const NESTED_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    font_inputs: fontInput,
    text_layout: textBox,
    provider,
    sort: sorting,
  }).map(([name, schema]) => [name, Object.keys(schema.shape)]),
)

/** `[width, height]` in pixels of a `WxH` string, or `undefined` when it isn't one. */
export function parseSize(value: string): readonly [number, number] | undefined {
  const match = /^([1-9]\d*)x([1-9]\d*)$/.exec(value)
  return match ? [Number(match[1]), Number(match[2])] : undefined
}

export function isDataUrl(value: string): boolean {
  return value.startsWith('data:')
}

function isHttpsUrl(value: string): boolean {
  return value.startsWith('https://') && URL.canParse(value)
}

function channel(): z.ZodInt {
  return z.int().min(0).max(255)
}

/** Unicode code points, which is what JSON Schema's `maxLength` and people count. */
function characters(value: string): number {
  return value.length <= PROMPT_MAX_CHARACTERS ? value.length : Array.from(value).length
}
