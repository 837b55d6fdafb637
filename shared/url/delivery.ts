/** How an image is delivered. None of it changes which image it is. */
export interface Delivery {
  /** Width in pixels, 1 to 8192. Rounded up to the next width that the Worker has configured; never enlarges. */
  readonly w?: number | undefined
  /** Height in pixels, 1 to 8192. Together with `w` it is a ratio, which is kept when `w` is rounded. */
  readonly h?: number | undefined
  /**
   * With `w` and `h`: `cover` crops the image to their ratio (the default); `contain` and `scale-down` fit all of the
   * image inside.
   */
  readonly fit?: Fit | undefined
  /** With `cover`: which part stays. `auto` finds what matters; the default is `center`. */
  readonly gravity?: Gravity | undefined
  /** `auto` picks AVIF or WebP if the browser accepts it. */
  readonly format?: Format | undefined
  /** Quality of lossy formats, 1 to 100. Rounded up to the next of 50, 65, 75, 85, 95, 100. */
  readonly q?: number | undefined
  /** Which image of a generation with `n`, from 0. */
  readonly index?: number | undefined
  /** The first 16 hex digits of the image's ETag: pins the bytes, so browsers may cache them for a year. */
  readonly v?: string | undefined
}

export type Fit = (typeof FITS)[number]
export type Gravity = (typeof GRAVITIES)[number]
export type Format = (typeof FORMATS)[number]

export const FITS = ['cover', 'contain', 'scale-down'] as const
export const GRAVITIES = ['auto', 'center', 'top', 'bottom', 'left', 'right'] as const
export const FORMATS = ['auto', 'avif', 'webp', 'jpeg', 'png'] as const

/**
 * Pixels, ascending: the widths that a Worker makes variants in, unless `EASEL_WIDTHS` names others. From half of a
 * small phone's page to all of a large screen, each at most half as large again as the one before.
 */
export const DEFAULT_WIDTHS = [320, 480, 640, 768, 960, 1200, 1600, 1920, 2560] as const

/** The height that keeps the ratio of `h` to `w` at another width. Pixels, at least 1. */
export function scaledHeight(h: number, w: number, width: number): number {
  return Math.max(1, Math.round((h * width) / w))
}
