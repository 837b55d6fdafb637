import type { ParsedRequest } from './parsed-request.ts'

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
const GEMINI_TOKENS: Readonly<Record<string, Readonly<Record<ParsedRequest['tier'], number>>>> = {
  'google/gemini-2.5-flash-image': { '512': 1290, '1K': 1290, '1.5K': 1290, '2K': 1290, '4K': 1290 },
  'google/gemini-2.5-flash-image-preview': { '512': 1290, '1K': 1290, '1.5K': 1290, '2K': 1290, '4K': 1290 },
  'google/gemini-3-pro-image': { '512': 1120, '1K': 1120, '1.5K': 1120, '2K': 1120, '4K': 2000 },
  'google/gemini-3.1-flash-image': { '512': 747, '1K': 1120, '1.5K': 1680, '2K': 1680, '4K': 2520 },
}

/** GPT Image's tokens by quality: square, upright, wide (OpenAI's published table; `auto` counted as medium). */
const OPENAI_TOKENS = {
  auto: [1056, 1584, 1568],
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
  // Newer than the table: twice and four times as much, to have a number.
  xhigh: [8320, 12_480, 12_416],
  max: [16_640, 24_960, 24_832],
} as const satisfies Record<ParsedRequest['quality'], readonly [number, number, number]>

/** What models billed per image or megapixel report (the documentation's own example). */
const OTHER_TOKENS = 4175

/** English averages four characters a token; each input image counts as one Gemini tile. */
const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_INPUT_IMAGE = 258

/**
 * What the request costs, from the model's price lines.
 *
 * @param images     how many it yields; none costs only its text
 * @param inputSizes pixels of the input images, for models that bill them by the megapixel
 */
export function bill(
  request: ParsedRequest,
  images: number,
  inputSizes: readonly { width: number; height: number }[],
): Bill {
  const textTokens = Math.max(1, Math.ceil(request.prompt.length / CHARACTERS_PER_TOKEN))
  const promptTokens = textTokens + TOKENS_PER_INPUT_IMAGE * inputSizes.length
  const imageTokens = images * tokensPerImage(request)
  // The documentation's examples count only the image, even beside a sentence.
  const completionTokens = imageTokens === 0 ? 8 : imageTokens
  const megapixels = (request.width * request.height) / 1e6
  const inputMegapixels = inputSizes.reduce((sum, size) => sum + (size.width * size.height) / 1e6, 0)

  const promptCost = round(
    charge(request, 'input_text', { token: promptTokens, image: 0, megapixel: 0 }) +
      charge(request, 'input_image', { token: 0, image: inputSizes.length, megapixel: inputMegapixels }) +
      charge(request, 'input_font', { token: 0, image: request.fonts.length, megapixel: 0 }) +
      charge(request, 'input_reference', { token: 0, image: request.references.length, megapixel: 0 }),
  )
  const completionCost = round(
    charge(request, 'output_image', { token: imageTokens, image: images, megapixel: images * megapixels }),
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

/** A price per request is charged once, whatever the amounts. */
type Amounts = Readonly<Record<'token' | 'image' | 'megapixel', number>>

function charge(request: ParsedRequest, billable: string, amounts: Amounts): number {
  const lines = request.model.provider.pricing.filter((line) => line.billable === billable)
  const line =
    lines.find((entry) => entry.variant === request.tier.toLowerCase()) ??
    lines.find((entry) => entry.variant === undefined) ??
    lines[0]
  if (line === undefined) return 0
  return line.cost_usd * (line.unit === 'request' ? 1 : amounts[line.unit])
}

function tokensPerImage(request: ParsedRequest): number {
  const gemini = GEMINI_TOKENS[request.model.id]
  if (gemini !== undefined) return gemini[request.tier]
  if (!request.model.id.startsWith('openai/')) return OTHER_TOKENS
  const [square, upright, wide] = OPENAI_TOKENS[request.quality]
  if (request.width === request.height) return square
  return request.width < request.height ? upright : wide
}

/** OpenRouter's fee for requests with the user's own provider key. */
const BYOK_FEE = 0.05

/** Who charges what: OpenRouter, and with the user's own provider key (BYOK) the provider. */
export interface Charges {
  /** USD, to OpenRouter. */
  readonly costUsd: number
  /** USD, to the provider; filled in without `isByok` too when the fault says so, and then no part of the bill. */
  readonly upstreamUsd: number | null
  readonly isByok: boolean
}

/** `Bill.cost` is what both charge together. */
export function chargesOf({ cost }: Bill, fault: { readonly byok?: boolean | undefined }): Charges {
  if (fault.byok !== true)
    return { costUsd: cost, upstreamUsd: fault.byok === false ? cost : null, isByok: false }
  const upstreamUsd = round(cost / (1 + BYOK_FEE))
  return { costUsd: round(cost - upstreamUsd), upstreamUsd, isByok: true }
}

/** Without the noise of binary fractions. */
function round(usd: number): number {
  return Math.round(usd * 1e10) / 1e10
}
