import type { Tier } from './parsed-request.ts'

export interface Size {
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** The documented sizes at 1K. */
const AT_1K: Readonly<Record<string, readonly [width: number, height: number]>> = {
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
  // Gemini 3.1 Flash Image's extended ratios; OpenRouter's page names them without pixels, Google's has these.
  '1:4': [512, 2048],
  '4:1': [2048, 512],
  '1:8': [384, 3072],
  '8:1': [3072, 384],
}

/** 2K and 4K double and quadruple the sides; 0.5K halves them. */
const FACTOR = { '512': 0.5, '1K': 1, '1.5K': 1.5, '2K': 2, '4K': 4 } as const satisfies Record<Tier, number>

/** The documentation gives no pixels for the others; like the ten usual ones, about 1 MP in steps of 32. */
const MEGAPIXEL = 1024 * 1024

/** @param ratio  one of the documented values; `auto` is the default, `1:1` */
export function sizeOf(ratio: string, tier: Tier): Size {
  const [width, height] = AT_1K[ratio] ?? derived(ratio)
  return { width: width * FACTOR[tier], height: height * FACTOR[tier] }
}

/** The tier that a size in pixels belongs to, by its area. */
export function tierOf({ width, height }: Size): Tier {
  const side = Math.sqrt(width * height)
  if (side < 724) return '512'
  if (side < 1448) return '1K'
  return side < 2896 ? '2K' : '4K'
}

/** The documented sizes are up to 2.5 % off their names (1344×768 is "16:9"), so is what counts as a match. */
export function matchesRatio({ width, height }: Size, ratio: string): boolean {
  if (ratio === 'auto') return true
  const [w, h] = ratio.split(':').map(Number)
  if (w === undefined || h === undefined) return false
  return Math.abs(width / height / (w / h) - 1) <= 0.03
}

function derived(ratio: string): readonly [number, number] {
  const [w, h] = ratio.split(':').map(Number)
  if (w === undefined || h === undefined || !(w / h > 0)) return [1024, 1024]
  const [width, height] = [Math.sqrt(MEGAPIXEL * (w / h)), Math.sqrt(MEGAPIXEL * (h / w))]
  return [Math.round(width / 32) * 32, Math.round(height / 32) * 32]
}
