import type { ImageEndpoint, ImageModel, PriceLine } from '../catalogue/model.ts'
import { type ImageSize, outputPixels, tierOfPixels } from '../spec/pixel-sizes.ts'
import { parseSize } from '../spec/forms.ts'
import { IMAGE_SIZES, type ImageSpec } from '../spec/schema.ts'
import { inputImageTokens, outputTokens, promptTokens } from './tokens.ts'

/** How much of one billable an image takes, in each unit. A unit without a number can't be priced. */
type Quantities = Readonly<Partial<Record<PriceLine['unit'], number>> & { image: number }>

/** What an input image counts as: its size isn't known. */
const INPUT_IMAGE_PIXELS = 1024 * 1024

/** How much one image of `spec` takes at `endpoint`. */
export function quantitiesOf(
  spec: ImageSpec,
  model: ImageModel,
  endpoint: ImageEndpoint,
): Readonly<Record<PriceLine['billable'], Quantities>> {
  const tier = tierAt(spec, endpoint)
  const pixels = outputPixels(spec, tier)
  const tokens = outputTokens(spec, model, { tier, pixels })
  const inputs = spec.input_images?.length ?? 0
  const inputTokens = inputs * inputImageTokens(model)
  const hasInputPrice = endpoint.pricing.some(({ billable }) => billable === 'input_image')
  return {
    output_image: {
      image: 1,
      megapixel: megapixels(pixels),
      ...(tokens !== undefined && { token: tokens }),
    },
    input_image: { image: inputs, megapixel: inputs * megapixels(INPUT_IMAGE_PIXELS), token: inputTokens },
    // Without a price of their own, input images are part of the prompt.
    input_text: { image: 1, token: promptTokens(spec.prompt) + (hasInputPrice ? 0 : inputTokens) },
    input_font: { image: spec.font_inputs?.length ?? 0 },
    input_reference: { image: spec.super_resolution_references?.length ?? 0 },
  }
}

/** The resolution that an image will have: the spec's, else 1K, or the endpoint's largest if it has no 1K. */
export function tierAt(spec: ImageSpec, endpoint: ImageEndpoint): ImageSize {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (sides) return tierOfPixels(sides[0] * sides[1])
  if (spec.image_size) return spec.image_size
  const { resolution } = endpoint.supported_parameters
  if (resolution?.type !== 'enum' || resolution.values.includes('1K')) return '1K'
  return IMAGE_SIZES.findLast((tier) => resolution.values.includes(tier)) ?? '1K'
}

/** A megapixel is 10⁶ or 1024² pixels, and some providers bill whole ones only. This is the most that any would bill. */
function megapixels(pixels: number): number {
  return Math.max(Math.ceil(pixels / 1024 ** 2), pixels / 1e6)
}
