import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { VariantFormat } from '../../shared/delivery-parameters.ts'
import { EXTENSION, type ImageMediaType } from '../../shared/media/image.ts'
import type { ImageRecord } from './image-store.ts'
import { variantsPrefix } from './keys.ts'

/**
 * The requested size and format, whatever the original is. All of it is part of the variant's key, so that finding a
 * variant takes one read.
 */
export interface Variant {
  /** Pixels; a narrower original keeps its width. */
  readonly width?: number
  readonly format?: VariantFormat
  /** Originals of these types are not converted to `format`. */
  readonly keep?: readonly ImageMediaType[]
  /** 50 to 100; of lossy formats. */
  readonly quality?: number
}

/** How to turn an original into a variant. */
export interface Transformation {
  readonly mediaType: ImageMediaType
  /** Pixels, fewer than the original has; absent to keep its size. */
  readonly width?: number
  /** 50 to 100. */
  readonly quality?: number
}

const MEDIA_TYPE = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  png: 'image/png',
} as const satisfies Record<VariantFormat, ImageMediaType>

/** Formats that have a quality. Asking for one of the others makes no other variant. */
const LOSSY: ReadonlySet<ImageMediaType> = new Set(['image/avif', 'image/webp', 'image/jpeg'])

/** The image as it was generated. */
export const ORIGINAL: Variant = {}

export function isOriginal({ width, format, quality }: Variant): boolean {
  return width === undefined && format === undefined && quality === undefined
}

/** The variant of an original of this type, without a quality that would change nothing. */
export function withoutUselessQuality(variant: Variant, original: ImageMediaType): Variant {
  const isKept = variant.format === undefined || variant.keep?.includes(original)
  if (!isKept || LOSSY.has(original)) return variant
  const { quality: _, ...rest } = variant
  return rest
}

/** How to make a variant of an original; `undefined` if the original is the variant, as an SVG always is. */
export function transformationOf(original: ImageRecord, variant: Variant): Transformation | undefined {
  if (original.mediaType === 'image/svg+xml') return undefined
  const isKept = variant.format === undefined || variant.keep?.includes(original.mediaType)
  const mediaType = isKept || !variant.format ? original.mediaType : MEDIA_TYPE[variant.format]
  const transformation: Transformation = {
    mediaType,
    ...(variant.width !== undefined && variant.width < original.width && { width: variant.width }),
    ...(variant.quality !== undefined && LOSSY.has(mediaType) && { quality: variant.quality }),
  }
  const isIdentity =
    mediaType === original.mediaType &&
    transformation.width === undefined &&
    transformation.quality === undefined
  return isIdentity ? undefined : transformation
}

/** Under the fingerprint's own prefix, so that purging finds all of them. */
export function variantKey(
  fingerprint: Fingerprint,
  index: number,
  { width, format, keep, quality }: Variant,
): string {
  const parts = [
    width === undefined ? 'full' : `w${width}`,
    ...(quality === undefined ? [] : [`q${quality}`]),
    ...(keep ? [`keep-${keep.map((type) => EXTENSION[type]).join('-')}`] : []),
  ]
  return `${variantsPrefix(fingerprint)}${index}/${parts.join('.')}${format ? `.${format}` : ''}`
}

/** The variant as a query: what `Content-Location` names. */
export function variantQuery({ mediaType, width, quality }: Transformation): string {
  const format = Object.entries(MEDIA_TYPE).find(([, type]) => type === mediaType)?.[0]
  const parts = [
    width !== undefined && `w=${width}`,
    format !== undefined && `format=${format}`,
    quality !== undefined && `q=${quality}`,
  ]
  return parts.filter((part) => part !== false).join('&')
}

/** The value of `v` in a URL: enough of an ETag to be unique. */
export function pinOf(etag: string): string {
  return etag.slice(0, 16)
}
