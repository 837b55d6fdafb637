import type { ImageModel } from '../catalogue/model.ts'
import type { ImageSize } from '../spec/pixel-sizes.ts'
import type { ImageSpec } from '../spec/schema.ts'

/**
 * Output tokens of one Gemini image. A Gemini model without an entry counts as the most expensive one that has one.
 *
 * @see docs/openrouter.md#tokens-of-an-image
 */
const GEMINI_TOKENS: readonly { family: RegExp; tokens: Readonly<Record<ImageSize, number>> }[] = [
  { family: /gemini-2\.5-flash/, tokens: { '0.5K': 1290, '1K': 1290, '2K': 1290, '4K': 1290 } },
  { family: /gemini-3-pro/, tokens: { '0.5K': 1120, '1K': 1120, '2K': 1120, '4K': 2000 } },
  { family: /gemini-3\.1-flash/, tokens: { '0.5K': 747, '1K': 1120, '2K': 1680, '4K': 2520 } },
  { family: /gemini/, tokens: { '0.5K': 1290, '1K': 1290, '2K': 1680, '4K': 2520 } },
]

/**
 * Output tokens of one GPT Image image: 1024×1024, and the larger of 1024×1536 and 1536×1024. From OpenAI's image
 * generation guide; 4,175 instead of its 4,160 because OpenRouter's own example shows that many.
 */
const OPENAI_TOKENS = {
  low: { square: 272, other: 408 },
  medium: { square: 1056, other: 1584 },
  high: { square: 4175, other: 6240 },
} as const

/** The area that OpenAI's larger numbers stand for; newer models go beyond it. */
const OPENAI_LARGE_PIXELS = 1024 * 1536

/** Google: 258 a tile of 768 pixels, and six tiles for a large photo; Gemini 3 bills at most 1,120. */
const GEMINI_INPUT_TOKENS = 6 * 258

/** OpenAI, high input fidelity: 6,240 for an image that isn't square, and 65 + 129 a tile of 512 pixels. */
const OPENAI_INPUT_TOKENS = 7000

/** English has about four characters a token; other scripts come near one. */
const ASCII_CHARACTERS_PER_TOKEN = 4

/**
 * Most tokens that one image is documented to take, or `undefined` when nothing is documented for the model.
 *
 * @param tier    resolution of the image
 * @param pixels  width × height
 */
export function outputTokens(
  spec: ImageSpec,
  model: ImageModel,
  { tier, pixels }: { readonly tier: ImageSize; readonly pixels: number },
): number | undefined {
  if (model.id.startsWith('google/')) {
    return GEMINI_TOKENS.find(({ family }) => family.test(model.id))?.tokens[tier]
  }
  if (!model.id.startsWith('openai/')) return undefined
  // `auto`, the default, may turn out to be high.
  const quality = spec.quality === undefined || spec.quality === 'auto' ? 'high' : spec.quality
  const { square, other } = OPENAI_TOKENS[quality]
  const isSquare = spec.aspect_ratio === '1:1' || spec.size === '1024x1024'
  const tokens = isSquare && tier === '1K' ? square : other
  return Math.ceil(tokens * Math.max(1, pixels / OPENAI_LARGE_PIXELS))
}

/** Tokens that the prompt is read as. */
export function promptTokens(prompt: string): number {
  const ascii = prompt.replaceAll(/[^\p{ASCII}]/gu, '').length
  return Math.ceil(ascii / ASCII_CHARACTERS_PER_TOKEN) + (prompt.length - ascii)
}

/** Most tokens that one input image is read as; its size isn't known. */
export function inputImageTokens(model: ImageModel): number {
  return model.id.startsWith('google/') ? GEMINI_INPUT_TOKENS : OPENAI_INPUT_TOKENS
}
