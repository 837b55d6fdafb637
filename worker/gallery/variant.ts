import { EXTENSION, type ImageMediaType } from '../../shared/media/image.ts'
import { negotiate } from '../delivery/negotiate.ts'
import type { DeliveryParameters, VariantFormat } from '../delivery/parameters.ts'
import type { ImageRecord } from './image-store.ts'

/** What is to be made of an image, whatever it turns out to be; the same for everybody who gets the same. */
export interface Wish {
  /** Pixels; an image that is no wider keeps its width. */
  readonly width?: number
  readonly format?: VariantFormat
  /** Types that stay although `format` is another. */
  readonly keep?: readonly ImageMediaType[]
  readonly quality?: number
}

/** What is made of one image. */
export interface Variant {
  readonly mediaType: ImageMediaType
  /** Pixels, less than the image has; absent to keep its size. */
  readonly width?: number
  /** 1 to 100. */
  readonly quality?: number
}

const MEDIA_TYPE = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  png: 'image/png',
} as const satisfies Record<VariantFormat, ImageMediaType>

/** Of the others there is only one quality, so that asking for another makes nothing new. */
const LOSSY: ReadonlySet<ImageMediaType> = new Set(['image/avif', 'image/webp', 'image/jpeg'])

/** @param headers  of the client; `Accept` is looked at when the format is `auto` */
export function wishOf({ width, format, quality }: DeliveryParameters, headers: Headers): Wish {
  if (format === undefined && width === undefined && quality === undefined) return NOTHING
  const chosen = format === 'auto' ? negotiate(headers.get('Accept')) : { format, keep: [] }
  return {
    ...(width !== undefined && { width }),
    ...(chosen.format && { format: chosen.format }),
    ...(chosen.keep.length > 0 && { keep: chosen.keep }),
    ...(quality !== undefined && { quality }),
  }
}

/** The image as it is. */
export const NOTHING: Wish = {}

export function isNothing(wish: Wish): boolean {
  return wish.width === undefined && wish.format === undefined && wish.quality === undefined
}

/** What a wish comes to for one image; `undefined` when that is the image itself, as SVG always is. */
export function variantOf(original: ImageRecord, wish: Wish): Variant | undefined {
  if (original.mediaType === 'image/svg+xml') return undefined
  const isKept = wish.format === undefined || wish.keep?.includes(original.mediaType)
  const mediaType = isKept || !wish.format ? original.mediaType : MEDIA_TYPE[wish.format]
  const variant: Variant = {
    mediaType,
    ...(wish.width !== undefined && wish.width < original.width && { width: wish.width }),
    ...(wish.quality !== undefined && LOSSY.has(mediaType) && { quality: wish.quality }),
  }
  const isOriginal =
    mediaType === original.mediaType && variant.width === undefined && variant.quality === undefined
  return isOriginal ? undefined : variant
}

/** As in an address: what was asked of the image, and never how it was negotiated. */
export function variantQuery({ mediaType, width, quality }: Variant): string {
  const format = Object.entries(MEDIA_TYPE).find(([, type]) => type === mediaType)?.[0]
  const parts = [
    width !== undefined && `w=${width}`,
    format !== undefined && `format=${format}`,
    quality !== undefined && `q=${quality}`,
  ]
  return parts.filter((part) => part !== false).join('&')
}

/** The first digits of the image's hash are in it: an image that is regenerated has no old variants. */
export function variantKey(
  { fingerprint, index, sha256 }: ImageRecord,
  { mediaType, width, quality }: Variant,
): string {
  const size = width === undefined ? 'full' : `w${width}`
  const grade = quality === undefined ? '' : `-q${quality}`
  return `variants/${fingerprint}/${index}/${pinOf(sha256)}/${size}${grade}.${EXTENSION[mediaType]}`
}

/** What `v` in an address is: enough of the hash that nobody meets two images with the same. */
export function pinOf(sha256: string): string {
  return sha256.slice(0, 16)
}
