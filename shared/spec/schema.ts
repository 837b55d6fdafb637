import * as z from 'zod'
import { DEFAULT_MODEL } from '../default-model.ts'
import { withAuthor } from './model-author.ts'
import { isRepeated } from '../url/query-values.ts'
import { colour, httpsUrl, IMAGE_SIZE, imageUrl, json, text } from './forms.ts'
import { parseSize } from './size.ts'
import { provider, sorting } from './provider.ts'

const PROMPT_MAX_CHARACTERS = 32_000

/** Of one spec. */
export const INPUT_IMAGES_MAX = 16

/** Shortest and longest side of `size`, pixels. */
const SIDE_MIN_PX = 64
const SIDE_MAX_PX = 8192

const MODEL_MAX_CHARACTERS = 200

/** Of `user` and `session_id`: OpenRouter's own limit for the latter. */
const ID_MAX_CHARACTERS = 256

const ASPECT_RATIO = /^(auto|[1-9]\d{0,3}(\.\d{0,2}[1-9])?:[1-9]\d{0,3}(\.\d{0,2}[1-9])?)$/

const prompt = text
  .refine(
    (value) => value.trim() !== '' && characters(value) <= PROMPT_MAX_CHARACTERS,
    'must be 1 to 32,000 characters, not only spaces',
  )
  .meta({
    minLength: 1,
    maxLength: PROMPT_MAX_CHARACTERS,
    description: 'What the image should show, in words. Not only spaces.',
    examples: ['A lighthouse at dusk'],
  })

const modelId = z
  .string()
  .max(MODEL_MAX_CHARACTERS)
  .regex(/^~?\w[\w.-]*\/\w[\w.-]*(:\w[\w.-]*)?$/, {
    error: ({ input }) => `must be an OpenRouter model such as ${withAuthor(String(input)) ?? DEFAULT_MODEL}`,
  })
  .meta({ minLength: 1 })

const model = modelId.meta({
  description:
    'OpenRouter model: `author/slug`, with an optional `:variant`, or an alias such as `~author/family-latest`.',
  examples: [DEFAULT_MODEL],
})

/** A value that the model's catalogue entry decides about, so that a new one works without a release. */
const word = z
  .string()
  .max(64)
  .regex(/^[a-z0-9-]+$/, 'must be lower-case letters, digits or dashes')
  .meta({ minLength: 1 })

const size = z
  .string()
  .refine((value) => {
    const sides = parseSize(value)
    return sides !== undefined && sides.every((side) => side >= SIDE_MIN_PX && side <= SIDE_MAX_PX)
  }, `must be WIDTHxHEIGHT in pixels, each ${SIDE_MIN_PX} to ${SIDE_MAX_PX}, such as 1344x768`)
  .meta({
    pattern: '^[1-9][0-9]*x[1-9][0-9]*$',
    description: `Exact size as \`WIDTHxHEIGHT\`, each side ${SIDE_MIN_PX} to ${SIDE_MAX_PX} pixels. Images API only. Must agree with \`aspect_ratio\` and \`image_size\` where they are set too.`,
    examples: ['1344x768'],
  })

const point = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)])

const fontInput = z.strictObject({
  font_url: httpsUrl.meta({ format: 'uri', description: 'https URL of the font file.' }),
  text: text.min(1).meta({ description: 'The text to set in this font. Repeat it in the prompt.' }),
})

const textBox = z.strictObject({
  text: text.min(1).meta({ description: 'The text to place.' }),
  bbox: z.tuple([point, point, point, point]).meta({
    description: 'Four corners, each `[x, y]` from 0 to 1 of the width and height.',
  }),
})

/** Every field that a description of an image may hold. The reference, JSON Schema and OpenAPI are built from it. */
const fields = {
  prompt,
  model,
  models: z
    .array(modelId)
    .min(2)
    .max(5)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a model twice')
    .meta({
      description:
        'Models to try in this order, instead of `model`. Easel asks the next one only if the one before was certainly not billed.',
      examples: [[DEFAULT_MODEL, 'bytedance-seed/seedream-4.5']],
    }),
  aspect_ratio: z
    .string()
    .regex(ASPECT_RATIO, 'must be WIDTH:HEIGHT such as 16:9, or auto')
    .meta({
      description: 'Ratio of width to height. `auto` lets the model choose.',
      examples: ['16:9'],
    }),
  image_size: z
    .string()
    .regex(IMAGE_SIZE, 'must be a number and K, such as 2K')
    .meta({
      description:
        'Resolution: `1K`, the default of most models, is about one megapixel. Other numbers multiply the sides: `2K` doubles them, `0.5K` halves them.',
      examples: ['2K'],
    }),
  size,
  n: z
    .int()
    .min(1)
    .max(10)
    .meta({
      description: 'How many images to generate in one request. They share one fingerprint.',
      default: 1,
      examples: [2],
    }),
  seed: z
    .int()
    .min(0)
    .meta({
      description:
        'Seed for the model’s random numbers. With the same seed, a model that supports it generates a similar image.',
      examples: [7],
    }),
  quality: word.meta({
    description: 'How much work the model puts in. Higher quality costs more.',
    examples: ['high'],
  }),
  background: word.meta({
    description:
      'Whether the background is `transparent` or `opaque`. `transparent` works only with `output_format` `png` or `webp`, or without one.',
    examples: ['transparent'],
  }),
  output_format: word.meta({
    description: 'File format to ask the model for, such as `png`, `jpeg`, `webp`, `gif` or `svg`.',
    examples: ['webp'],
  }),
  output_compression: z
    .int()
    .min(0)
    .max(100)
    .meta({
      description: 'Compression level of the file, in percent. Needs `output_format` `jpeg` or `webp`.',
      examples: [80],
    }),
  input_images: z
    .array(imageUrl)
    .min(1)
    .max(INPUT_IMAGES_MAX)
    .meta({
      description: 'Images to start from, in order: https URLs or `data:` URLs.',
      examples: [['https://example.com/logo.png']],
    }),
  font_inputs: z
    .array(fontInput)
    .min(1)
    .max(2)
    .meta({
      description: 'Fonts for text in the image. Each costs extra.',
      examples: [[{ font_url: 'https://example.com/inter.ttf', text: 'Open late' }]],
    }),
  super_resolution_references: z
    .array(imageUrl)
    .min(1)
    .max(4)
    .meta({
      description:
        'References for sharpening the input image, whose size the result has. Needs `input_images`. Each costs extra.',
      examples: [['https://example.com/detail.png']],
    }),
  style: text.min(1).meta({
    description: 'Name of one of the model’s styles.',
    examples: ['Photorealism'],
  }),
  strength: z
    .number()
    .min(0)
    .max(1)
    .meta({
      description:
        'How far the result may move away from the input image: with 0 it is almost identical, with 1 it has little in common. Needs `input_images`.',
      examples: [0.35],
    }),
  rgb_colors: z
    .array(colour)
    .min(1)
    .meta({
      description: 'Colours to prefer, each `[red, green, blue]` from 0 to 255.',
      examples: [[[200, 30, 30]]],
    }),
  background_rgb_color: colour.meta({
    description: 'Colour of the background: `[red, green, blue]` from 0 to 255.',
    examples: [[255, 255, 255]],
  }),
  text_layout: z
    .array(textBox)
    .min(1)
    .meta({
      description: 'Text to place in the image, each with the corners of its box.',
      examples: [
        [
          {
            text: 'OPEN',
            bbox: [
              [0.3, 0.4],
              [0.7, 0.4],
              [0.7, 0.6],
              [0.3, 0.6],
            ],
          },
        ],
      ],
    }),
  provider,
  // OpenRouter's schema allows no nested objects here.
  image_config: z
    .record(
      text,
      z.union(
        [text, z.number(), z.array(json)],
        'must be a string, a number, or a list of at most 16 levels',
      ),
    )
    .meta({
      description:
        'Further provider fields, in the provider’s own words. A field that has a name of its own in the spec must not be repeated here.',
      examples: [{ guidance: 3.5 }],
    }),
  preset: text.min(1).meta({
    description: 'Name of a preset in `easel.yml`. Its fields apply where the spec leaves them out.',
    examples: ['line-art'],
  }),
  take: z
    .int()
    .min(1)
    .meta({
      description: 'Which of several images of the same description this is: 2, 3, … generate further ones.',
      default: 1,
      examples: [2],
    }),
  api: z.enum(['auto', 'chat', 'images']).meta({
    description:
      'Which of OpenRouter’s two image APIs to use. `auto` picks one that supports all fields of the spec.',
    default: 'auto',
    examples: ['images'],
  }),
  user: text
    .min(1)
    .max(ID_MAX_CHARACTERS)
    .meta({
      description:
        'Who the image is for, in your own words. OpenRouter uses it to detect abuse. It does not change the image.',
      examples: ['user-7'],
    }),
  session_id: text
    .min(1)
    .max(ID_MAX_CHARACTERS)
    .meta({
      description: 'Groups requests in OpenRouter’s activity log. It does not change the image.',
      examples: ['session-7'],
    }),
  trace: z.record(text, json).meta({
    description: 'Labels for OpenRouter’s tracing integrations. They do not change the image.',
    examples: [{ trace_name: 'hero image' }],
  }),
} as const

const anyFields = z.strictObject(fields).partial()

/**
 * One image as a person describes it, in OpenRouter's names. Unknown fields are refused. `prompt` and `model` may
 * be absent because a preset or a default can supply them.
 */
export const imageSpecInputSchema = anyFields.meta({
  id: 'ImageSpec',
  description: 'The description of one image.',
})

/** A partial spec with a name, for `preset` to refer to. Its prompt may hold `{prompt}`. */
export const presetSchema = anyFields.omit({ preset: true })

/**
 * {@link imageSpecInputSchema} once preset and defaults are applied: nothing is left to fill in. With `models`, `model`
 * is the first of them.
 */
export const imageSpecSchema = anyFields.extend({ prompt, model }).omit({ preset: true })

export type ImageSpecInput = Readonly<z.infer<typeof imageSpecInputSchema>>
export type ImageSpec = Readonly<z.infer<typeof imageSpecSchema>>
export type Preset = Readonly<z.infer<typeof presetSchema>>
export type SpecField = keyof typeof fields

export const SPEC_FIELDS: ReadonlySet<string> = new Set(Object.keys(fields))

/** The fields of the objects inside a spec, by the name of the field that holds them. */
export const NESTED_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    font_inputs: fontInput,
    text_layout: textBox,
    provider,
    sort: sorting,
  }).map(([name, schema]) => [name, Object.keys(schema.shape)]),
)

/** How a field is written in a URL's query. `json`: it does not fit into a URL. */
export type QueryForm = 'text' | 'number' | 'repeated' | 'json'

/** The query form of every field, derived from its schema. */
export const QUERY_FORMS: ReadonlyMap<string, QueryForm> = new Map(
  Object.entries(fields).map(([name, schema]) => [name, queryForm(name, schema)]),
)

function queryForm(name: string, { type }: z.ZodType): QueryForm {
  if (isRepeated(name)) return 'repeated'
  if (type === 'number') return 'number'
  return type === 'string' || type === 'enum' ? 'text' : 'json'
}

/** Unicode code points, which is what people and JSON Schema's `maxLength` count. */
function characters(value: string): number {
  return value.length <= PROMPT_MAX_CHARACTERS ? value.length : Array.from(value).length
}
