import type { ImageEndpoint, ImageModel, PriceLine } from '../catalogue/model.ts'
import { parseDataUrl } from '../media/data-url.ts'
import { HEADER_USUAL_BYTES, readHeader } from '../media/image.ts'
import { isDataUrl } from '../spec/forms.ts'
import {
  factorOfPixels,
  hasDocumentedPixels,
  outputPixels,
  type SideFactor,
  sideFactor,
} from '../spec/pixel-sizes.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { parseSize } from '../spec/size.ts'
import { inputImageTokens, outputTokens, promptTokens } from './tokens.ts'

/** How much of one billable a request takes, in each unit. A unit without a number can't be priced. */
type Amounts = Readonly<Partial<Record<PriceLine['unit'], number>> & { image: number }>

/** How much of everything a request takes. */
export type Quantities = Readonly<Record<PriceLine['billable'], Amounts>>

/** Base64 that holds an image's header; four characters are three bytes. */
const HEADER_CHARACTERS = Math.ceil(HEADER_USUAL_BYTES / 3) * 4

const INPUT_PIXELS = 1024 * 1024

/**
 * What a linked input image is reserved as: an assumption. No document says how many pixels of one are billed at
 * most; 4 megapixels is the largest image that FLUX.2 generates, the family that bills inputs by the megapixel.
 */
const INPUT_MAX_PIXELS = 4 * 1024 * 1024

/** Ratios without documented pixels: Google's 1:8 is 384×3072. */
const UNDOCUMENTED_AREA = 1.125

/** What one image takes, and one input image. */
interface Sizes {
  readonly outputTokens: number | undefined
  readonly outputMegapixels: number
  readonly inputTokens: number
  /** Of all input images together. */
  readonly inputMegapixels: number
  /** How often the inputs are billed. */
  readonly requests: number
}

/** How much `spec` takes at `endpoint`: probably, and at most. */
export function quantitiesOf(
  spec: ImageSpec,
  model: ImageModel,
  endpoint: ImageEndpoint,
): { readonly likely: Quantities; readonly most: Quantities } {
  const factor = factorAt(spec, endpoint)
  const pixels = outputPixels(spec, factor)
  const tokens = outputTokens(spec, model, endpoint, { factor, pixels })
  const inputTokens = inputImageTokens(model)
  const inputPixels = (spec.input_images ?? []).map(pixelsOf)
  return {
    likely: amounts(spec, endpoint, {
      outputTokens: tokens?.likely,
      outputMegapixels: pixels / 1e6,
      inputTokens: inputTokens.likely,
      inputMegapixels: sum(inputPixels, (known = INPUT_PIXELS) => known / 1e6),
      requests: 1,
    }),
    most: amounts(spec, endpoint, {
      outputTokens: tokens?.most,
      outputMegapixels: wholeMegapixels(isDocumented(spec) ? pixels : pixels * UNDOCUMENTED_AREA),
      inputTokens: inputTokens.most,
      inputMegapixels: sum(inputPixels, (known = INPUT_MAX_PIXELS) => wholeMegapixels(known)),
      // Some providers serve `n` with one request each.
      requests: spec.n ?? 1,
    }),
  }
}

function amounts(spec: ImageSpec, endpoint: ImageEndpoint, sizes: Sizes): Quantities {
  const { outputTokens: perImage, outputMegapixels, inputTokens, inputMegapixels, requests } = sizes
  const images = spec.n ?? 1
  const inputs = spec.input_images?.length ?? 0
  const hasInputPrice = endpoint.pricing.some(({ billable }) => billable === 'input_image')
  const textTokens = promptTokens(spec.prompt) + (hasInputPrice ? 0 : inputs * inputTokens)
  return {
    output_image: {
      request: 1,
      image: images,
      megapixel: images * outputMegapixels,
      ...(perImage !== undefined && { token: images * perImage }),
    },
    input_image: {
      request: 1,
      image: requests * inputs,
      megapixel: requests * inputMegapixels,
      token: requests * inputs * inputTokens,
    },
    // Without a price of their own, input images are part of the prompt.
    input_text: { request: 1, image: requests, token: requests * textTokens },
    input_font: { request: 1, image: requests * (spec.font_inputs?.length ?? 0) },
    input_reference: { request: 1, image: requests * (spec.super_resolution_references?.length ?? 0) },
  }
}

/** The resolution that an image will have: the spec's, else 1K, or the endpoint's largest if it has no 1K. */
export function factorAt(spec: ImageSpec, endpoint: ImageEndpoint): SideFactor {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (sides) return factorOfPixels(sides[0] * sides[1])
  if (spec.image_size) return sideFactor(spec.image_size) ?? 1
  const { resolution } = endpoint.supported_parameters
  if (resolution?.type !== 'enum') return 1
  const factors = resolution.values.map((value) => sideFactor(value) ?? 0)
  return factors.includes(1) ? 1 : Math.max(...factors)
}

/** Pixels of an input image whose first bytes are at hand. */
function pixelsOf(url: string): number | undefined {
  if (!isDataUrl(url)) return undefined
  const start = url.indexOf(',') + 1
  const data = parseDataUrl(url.slice(0, start + HEADER_CHARACTERS))
  const header = data && readHeader(data.bytes)
  return header && header.width * header.height
}

/** A size, or a ratio that has documented pixels. An open ratio may become any. */
function isDocumented({ size, aspect_ratio }: ImageSpec): boolean {
  return size !== undefined || aspect_ratio === undefined || hasDocumentedPixels(aspect_ratio)
}

/** A megapixel is 10⁶ or 1024² pixels, and some providers bill whole ones only. This is the most that any would bill. */
function wholeMegapixels(pixels: number): number {
  return Math.max(Math.ceil(pixels / 1024 ** 2), pixels / 1e6)
}

function sum<T>(values: readonly T[], amount: (value: T) => number): number {
  return values.reduce((total, value) => total + amount(value), 0)
}
