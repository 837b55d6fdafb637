import { parseSize } from './forms.ts'
import { IMAGE_SIZES, type ImageSpec } from './schema.ts'

export type ImageSize = (typeof IMAGE_SIZES)[number]

/** Documented width and height at 1K. The other ratios have no documented size. */
const SIDES_AT_1K: Readonly<Record<string, readonly [number, number]>> = {
  '1:1': [1024, 1024],
  '2:3': [832, 1248],
  '3:2': [1248, 832],
  '3:4': [864, 1184],
  '4:3': [1184, 864],
  '4:5': [896, 1152],
  '5:4': [1152, 896],
  '9:16': [768, 1344],
  '16:9': [1344, 768],
  '21:9': [1536, 672],
}

/** 2K and 4K double and quadruple the sides, 0.5K halves them. */
const SIDE_FACTOR = { '0.5K': 0.5, '1K': 1, '2K': 2, '4K': 4 } as const satisfies Record<ImageSize, number>

/**
 * Pixels (width × height) of one image. Ratios without documented sizes (`auto`, `1:8`, …) count as 1:1, which has
 * the largest area of all documented ratios.
 *
 * @param tier  resolution of a spec without `size`
 * @see docs/openrouter.md#sizes
 */
export function outputPixels(spec: ImageSpec, tier: ImageSize): number {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (sides) return sides[0] * sides[1]
  const [width, height] = SIDES_AT_1K[spec.aspect_ratio ?? '1:1'] ?? [1024, 1024]
  return width * height * SIDE_FACTOR[tier] ** 2
}

/** The tier that is nearest to an area in pixels, measured as a factor. */
export function tierOfPixels(pixels: number): ImageSize {
  const sideFactor = Math.sqrt(pixels) / 1024
  return IMAGE_SIZES.find((tier) => sideFactor < SIDE_FACTOR[tier] * Math.SQRT2) ?? '4K'
}
