import { IMAGE_SIZE } from './forms.ts'
import type { ImageSpec } from './schema.ts'
import { parseSize } from './size.ts'

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

const SIDE_AT_1K = 1024

/** What the sides at 1K are multiplied by: 2 for `2K`. */
export type SideFactor = number

/** The smallest and largest resolution that OpenRouter documents. Smaller and larger sizes belong to them. */
const FACTOR_MIN = 0.5
const FACTOR_MAX = 4

/**
 * The factor of a resolution as a spec or OpenRouter spells it: `2K`, `2k`, or a side in pixels such as `512` or
 * `512px`; `undefined` for any other text.
 */
export function sideFactor(resolution: string): SideFactor | undefined {
  const match = /^(\d+(?:\.\d+)?)(k|px)?$/i.exec(resolution)
  const number = Number(match?.[1])
  if (!(number > 0)) return undefined
  return match?.[2]?.toLowerCase() === 'k' ? number : number / SIDE_AT_1K
}

/** The images API's word for a spec's `image_size`: below 1K, it writes the side in pixels. */
export function resolutionOf(imageSize: string): string {
  const factor = sideFactor(imageSize)
  return factor === undefined || factor >= 1 ? imageSize : String(factor * SIDE_AT_1K)
}

/** The reverse of {@link resolutionOf}. */
export function imageSizeOf(resolution: string): string {
  const factor = sideFactor(resolution)
  return factor === undefined || /k$/i.test(resolution) ? resolution : imageSizeFor(factor)
}

/**
 * The `image_size` for one of the images API's resolutions, which are 512 and less than a thousand pixels, or 1K and
 * more; `undefined` for any other text.
 */
export function tierOf(resolution: string): string | undefined {
  const imageSize = imageSizeOf(resolution)
  return IMAGE_SIZE.test(imageSize) && resolutionOf(imageSize) === resolution ? imageSize : undefined
}

/** `0.5K` for 0.5. */
export function imageSizeFor(factor: SideFactor): string {
  return `${factor}K`
}

/**
 * Pixels (width × height) of one image. Ratios without documented sizes (`auto`, `1:8`, …) count as 1:1, which has
 * the largest area of all documented ratios.
 *
 * @param factor  resolution of a spec without `size`
 * @see docs/openrouter.md#sizes
 */
export function outputPixels(spec: ImageSpec, factor: SideFactor): number {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (sides) return sides[0] * sides[1]
  const [width, height] = SIDES_AT_1K[spec.aspect_ratio ?? '1:1'] ?? [SIDE_AT_1K, SIDE_AT_1K]
  return width * height * factor ** 2
}

/** Whether the documentation says how many pixels a ratio has. */
export function hasDocumentedPixels(aspectRatio: string): boolean {
  return Object.hasOwn(SIDES_AT_1K, aspectRatio)
}

/** The resolution that an area in pixels counts as: the nearest power of two, measured as a factor. */
export function factorOfPixels(pixels: number): SideFactor {
  const nearest = 2 ** Math.round(Math.log2(Math.sqrt(pixels) / SIDE_AT_1K))
  return Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, nearest))
}

/**
 * Whether pixels and a resolution can be about the same image: the resolution is the one that they count as, or it
 * lies between two powers of two (`1.5K`) and is less than half a step away.
 */
export function agrees(pixels: number, factor: SideFactor): boolean {
  if (factorOfPixels(pixels) === factor) return true
  const steps = Math.log2(Math.sqrt(pixels) / SIDE_AT_1K) - Math.log2(factor)
  return !Number.isInteger(Math.log2(factor)) && Math.abs(steps) < 0.5
}
