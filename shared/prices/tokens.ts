import type { ImageEndpoint, ImageModel } from '../catalogue/model.ts'
import type { SideFactor } from '../spec/pixel-sizes.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { parseSize } from '../spec/size.ts'

/** A number of tokens as it probably is, and the most that it can be. */
export interface Tokens {
  readonly likely: number
  readonly most: number
}

/**
 * Output tokens of one Gemini image, by the largest resolution that has that many. A family without numbers of its own
 * counts as the most expensive one.
 *
 * @see docs/openrouter.md#tokens-of-an-image
 */
const GEMINI_TOKENS: readonly { family: RegExp; upTo: readonly (readonly [SideFactor, number])[] }[] = [
  { family: /gemini-2\.5-flash/, upTo: [[Infinity, 1290]] },
  {
    family: /gemini-3-pro/,
    upTo: [
      [2, 1120],
      [Infinity, 2000],
    ],
  },
  {
    family: /gemini-3\.1-flash/,
    upTo: [
      [0.5, 747],
      [1, 1120],
      [2, 1680],
      [Infinity, 2520],
    ],
  },
  {
    family: /gemini/,
    upTo: [
      [1, 1290],
      [2, 1680],
      [Infinity, 2520],
    ],
  },
]

/**
 * Output tokens of one GPT Image image: 1024×1024, 1024×1536 and 1536×1024, from OpenAI's image generation guide.
 * It has no numbers for `xhigh` and `max`, which count as twice and four times `high`.
 */
const OPENAI_TOKENS: Readonly<Record<string, readonly [square: number, upright: number, wide: number]>> = {
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
  xhigh: [8320, 12_480, 12_416],
  max: [16_640, 24_960, 24_832],
}

/** OpenRouter's own example of one image has a few more than OpenAI's table. */
const OPENAI_ROUNDING = 4175 / 4160

/** The area that OpenAI's larger numbers are for. Newer models go beyond it. */
const OPENAI_LARGE_PIXELS = 1024 * 1536

/** Google bills 258 for each tile of 768 pixels. */
const TILE_TOKENS = 258

/** A large photo has six tiles; Gemini 3 bills at most 1,120. */
const GEMINI_INPUT_MAX_TOKENS = 6 * TILE_TOKENS

/** OpenAI at high input fidelity: 6,240 for an image that isn't square, and 65 + 129 for each tile of 512 pixels. */
const OPENAI_INPUT_MAX_TOKENS = 7000

/** English has about four characters a token, other scripts nearly one. */
const ASCII_CHARACTERS_PER_TOKEN = 4

/** The output tokens of one image; `undefined` when the model has no documented number. */
export function outputTokens(
  spec: ImageSpec,
  model: ImageModel,
  endpoint: ImageEndpoint,
  { factor, pixels }: { readonly factor: SideFactor; readonly pixels: number },
): Tokens | undefined {
  if (/^~?google\//.test(model.id)) {
    const family = GEMINI_TOKENS.find((one) => one.family.test(servedId(model)))
    const tokens = family?.upTo.find(([max]) => factor <= max)?.[1]
    return tokens === undefined ? undefined : { likely: tokens, most: tokens }
  }
  if (!/^~?openai\//.test(model.id)) return undefined
  return openAiTokens(spec, endpoint, pixels)
}

/** An open quality is probably `medium`, and may be the best that the endpoint has; an open ratio any. */
function openAiTokens(spec: ImageSpec, endpoint: ImageEndpoint, pixels: number): Tokens | undefined {
  const { quality = 'auto' } = spec
  const isOpen = quality === 'auto'
  const row = OPENAI_TOKENS[isOpen ? 'medium' : quality]
  const rows = isOpen ? openQualities(endpoint).map((name) => OPENAI_TOKENS[name]) : [row]
  if (!row || rows.some((one) => one === undefined)) return undefined
  const shape = shapeOf(spec)
  const most = Math.max(
    ...rows.flatMap(
      (one) => (shape === undefined || pixels > OPENAI_LARGE_PIXELS ? one : one?.[shape]) ?? [],
    ),
  )
  return {
    likely: row[shape ?? 0],
    most: Math.ceil(most * OPENAI_ROUNDING * Math.max(1, pixels / OPENAI_LARGE_PIXELS)),
  }
}

/** Of an alias, the model that it means. */
function servedId({ id, alias_target }: ImageModel): string {
  return alias_target?.slug ?? id
}

function openQualities({ supported_parameters: { quality } }: ImageEndpoint): readonly string[] {
  const named = quality?.type === 'enum' ? quality.values.filter((value) => value !== 'auto') : []
  return named.length > 0 ? named : ['high']
}

/** The column of {@link OPENAI_TOKENS}; `undefined` while the model may choose. */
function shapeOf({ size, aspect_ratio = 'auto' }: ImageSpec): 0 | 1 | 2 | undefined {
  const [width, height] = (size && parseSize(size)) || aspect_ratio.split(':').map(Number)
  if (width === undefined || height === undefined) return undefined
  if (width === height) return 0
  return width < height ? 1 : 2
}

/** Input tokens of the prompt. */
export function promptTokens(prompt: string): number {
  const ascii = prompt.replaceAll(/[^\p{ASCII}]/gu, '').length
  return Math.ceil(ascii / ASCII_CHARACTERS_PER_TOKEN) + (prompt.length - ascii)
}

/** Input tokens of one input image: how large it is isn't known. */
export function inputImageTokens(model: ImageModel): Tokens {
  const isGemini = /^~?google\//.test(model.id)
  return { likely: TILE_TOKENS, most: isGemini ? GEMINI_INPUT_MAX_TOKENS : OPENAI_INPUT_MAX_TOKENS }
}
