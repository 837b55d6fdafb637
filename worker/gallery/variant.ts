import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { VariantFormat } from '../../shared/delivery-parameters.ts'
import { EXTENSION, type ImageHeader, type ImageMediaType } from '../../shared/media/image.ts'
import type { Gravity } from '../../shared/url/delivery.ts'
import type { ImageRecord } from './image-store.ts'
import { variantsPrefix } from './keys.ts'

/**
 * The requested size and format, whatever the original is. All of it is part of the variant's key, so that finding a
 * variant takes one read.
 */
export interface Variant {
  /** Pixels. Nothing is enlarged: an original that is smaller keeps its size. */
  readonly width?: number
  readonly height?: number
  /** Which part stays when the image is cropped to the ratio of `width` and `height`; absent to fit all of it inside. */
  readonly crop?: Gravity
  readonly format?: VariantFormat
  /** Originals of these types are not converted to `format`. */
  readonly keep?: readonly ImageMediaType[]
  /** 50 to 100; of lossy formats. */
  readonly quality?: number
}

/** How to turn an original into a variant. */
export interface Transformation {
  readonly mediaType: ImageMediaType
  /** Pixels, fewer than the original has. Both when it is cropped, else one at most. */
  readonly width?: number
  readonly height?: number
  readonly crop?: Gravity
  /** 50 to 100. */
  readonly quality?: number
}

const MEDIA_TYPE = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  png: 'image/png',
} as const satisfies Record<VariantFormat, ImageMediaType>

/** Formats that have a quality. */
const LOSSY: ReadonlySet<ImageMediaType> = new Set(['image/avif', 'image/webp', 'image/jpeg'])

/** The image as it was generated. */
export const ORIGINAL: Variant = {}

export function isOriginal({ width, height, format, quality }: Variant): boolean {
  return width === undefined && height === undefined && format === undefined && quality === undefined
}

/**
 * How to make a variant of an original; `undefined` if the original is the variant. An SVG always is, and so is an
 * animation: most formats would keep one frame of it.
 */
export function transformationOf(original: ImageRecord, variant: Variant): Transformation | undefined {
  if (original.mediaType === 'image/svg+xml' || original.isAnimated) return undefined
  const isKept = variant.format === undefined || variant.keep?.includes(original.mediaType)
  const mediaType = isKept || !variant.format ? original.mediaType : MEDIA_TYPE[variant.format]
  const transformation: Transformation = {
    mediaType,
    ...resizing(original, variant),
    ...(variant.quality !== undefined && LOSSY.has(mediaType) && { quality: variant.quality }),
  }
  const isIdentity =
    mediaType === original.mediaType &&
    transformation.width === undefined &&
    transformation.height === undefined &&
    transformation.quality === undefined
  return isIdentity ? undefined : transformation
}

/** The variant in the size that it has when it is made of this original. */
export function sizedFor(original: ImageRecord, variant: Variant): Variant {
  const { width: _, height: __, crop: ___, ...rest } = variant
  return { ...rest, ...resizing(original, variant) }
}

/** What changes the original's size. Nothing is enlarged: a ratio is then kept with fewer pixels. */
function resizing(
  original: Pick<ImageHeader, 'width' | 'height'>,
  { width = Infinity, height = Infinity, crop }: Variant,
): Pick<Transformation, 'width' | 'height' | 'crop'> {
  const horizontal = width / original.width
  const vertical = height / original.height
  if (crop !== undefined) {
    const excess = Math.max(1, horizontal, vertical)
    const cropped = { width: pixels(width / excess), height: pixels(height / excess) }
    const isWhole = cropped.width === original.width && cropped.height === original.height
    return isWhole ? {} : { ...cropped, crop }
  }
  if (Math.min(horizontal, vertical) >= 1) return {}
  return horizontal <= vertical ? { width } : { height }
}

function pixels(length: number): number {
  return Math.max(1, Math.round(length))
}

/** Under the fingerprint's own prefix, so that purging finds all of them. */
export function variantKey(
  fingerprint: Fingerprint,
  index: number,
  { width, height, crop, format, keep, quality }: Variant,
): string {
  const size = `${width === undefined ? '' : `w${width}`}${height === undefined ? '' : `h${height}`}`
  const parts = [
    size || 'full',
    ...(crop === undefined ? [] : [`crop-${crop}`]),
    ...(quality === undefined ? [] : [`q${quality}`]),
    ...(keep ? [`keep-${keep.map((type) => EXTENSION[type]).join('-')}`] : []),
  ]
  return `${variantsPrefix(fingerprint)}${index}/${parts.join('.')}${format ? `.${format}` : ''}`
}

/** The variant as a query: what `Content-Location` names. */
export function variantQuery({ mediaType, width, height, crop, quality }: Transformation): string {
  const format = Object.entries(MEDIA_TYPE).find(([, type]) => type === mediaType)?.[0]
  const parts = [
    width !== undefined && `w=${width}`,
    height !== undefined && `h=${height}`,
    crop !== undefined && crop !== 'center' && `gravity=${crop}`,
    format !== undefined && `format=${format}`,
    quality !== undefined && `q=${quality}`,
  ]
  return parts.filter((part) => part !== false).join('&')
}

/** The value of `v` in a URL: enough of an ETag to be unique. */
export function pinOf(etag: string): string {
  return etag.slice(0, 16)
}
