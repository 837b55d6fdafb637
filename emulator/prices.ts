import type { Order } from './parsed-request.ts'

export interface Bill {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly imageTokens: number
  /** USD. */
  readonly promptCost: number
  /** USD. */
  readonly completionCost: number
  /** USD, all of it. */
  readonly cost: number
}

/** Gemini's image tokens by resolution, "about", from OpenRouter's endpoints documentation. */
const GEMINI_TOKENS: Readonly<Record<string, Readonly<Record<Order['tier'], number>>>> = {
  'google/gemini-2.5-flash-image': { '512': 1290, '1K': 1290, '2K': 1290, '4K': 1290 },
  'google/gemini-2.5-flash-image-preview': { '512': 1290, '1K': 1290, '2K': 1290, '4K': 1290 },
  'google/gemini-3-pro-image': { '512': 1120, '1K': 1120, '2K': 1120, '4K': 2000 },
  'google/gemini-3.1-flash-image': { '512': 747, '1K': 1120, '2K': 1680, '4K': 2520 },
}

/** GPT Image's tokens by quality: square, upright, wide (OpenAI's published table; `auto` counted as medium). */
const OPENAI_TOKENS = {
  auto: [1056, 1584, 1568],
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
} as const satisfies Record<Order['quality'], readonly [number, number, number]>

/** What models billed per image or megapixel report (the documentation's own example). */
const OTHER_TOKENS = 4175

/** English averages four characters a token; each input image counts as one Gemini tile. */
const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_INPUT_IMAGE = 258

/**
 * What the order costs, from the model's price lines.
 *
 * @param images     how many were made; none is free
 * @param inputSizes pixels of the input images, for models that bill them by the megapixel
 */
export function bill(
  order: Order,
  images: number,
  inputSizes: readonly { width: number; height: number }[],
): Bill {
  const textTokens = Math.max(1, Math.ceil(order.prompt.length / CHARACTERS_PER_TOKEN))
  const promptTokens = textTokens + TOKENS_PER_INPUT_IMAGE * inputSizes.length
  const imageTokens = images * tokensPerImage(order)
  // The documentation's examples count only the image, even beside a sentence.
  const completionTokens = imageTokens === 0 ? 8 : imageTokens
  const megapixels = (order.width * order.height) / 1e6
  const inputMegapixels = inputSizes.reduce((sum, size) => sum + (size.width * size.height) / 1e6, 0)

  const promptCost = round(
    charge(order, 'input_text', { token: promptTokens, image: 0, megapixel: 0 }) +
      charge(order, 'input_image', { token: 0, image: inputSizes.length, megapixel: inputMegapixels }) +
      charge(order, 'input_font', { token: 0, image: order.fonts.length, megapixel: 0 }) +
      charge(order, 'input_reference', { token: 0, image: order.references.length, megapixel: 0 }),
  )
  const completionCost = round(
    charge(order, 'output_image', { token: imageTokens, image: images, megapixel: images * megapixels }),
  )
  return {
    promptTokens,
    completionTokens,
    imageTokens,
    promptCost,
    completionCost,
    cost: round(promptCost + completionCost),
  }
}

type Amounts = Readonly<Record<'token' | 'image' | 'megapixel', number>>

function charge(order: Order, billable: string, amounts: Amounts): number {
  const lines = order.model.provider.pricing.filter((line) => line.billable === billable)
  const line =
    lines.find((entry) => entry.variant === order.tier.toLowerCase()) ??
    lines.find((entry) => entry.variant === undefined) ??
    lines[0]
  return line === undefined ? 0 : line.cost_usd * amounts[line.unit]
}

function tokensPerImage(order: Order): number {
  const gemini = GEMINI_TOKENS[order.model.id]
  if (gemini !== undefined) return gemini[order.tier]
  if (!order.model.id.startsWith('openai/')) return OTHER_TOKENS
  const [square, upright, wide] = OPENAI_TOKENS[order.quality]
  if (order.width === order.height) return square
  return order.width < order.height ? upright : wide
}

/** Away with 0.30000000000000004. */
function round(usd: number): number {
  return Math.round(usd * 1e10) / 1e10
}
