import { imageSize } from 'image-size'

export type ImageMediaType =
  | 'image/png'
  | 'image/jpeg'
  | 'image/webp'
  | 'image/gif'
  | 'image/avif'
  | 'image/svg+xml'

/** What the bytes themselves say about an image. */
export interface ImageHeader {
  readonly mediaType: ImageMediaType
  /** Pixels; of an SVG, its user units. */
  readonly width: number
  readonly height: number
  /** Of a GIF, and of a WebP that says so of itself. */
  readonly isAnimated?: true
}

/** An image in memory. Its bytes stay in the pieces that they came in: joining them would take the memory twice. */
export interface DecodedImage extends ImageHeader {
  readonly segments: readonly Uint8Array<ArrayBuffer>[]
  readonly byteLength: number
}

/** File name extension of each type that Easel stores. */
export const EXTENSION = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/svg+xml': 'svg',
} as const satisfies Record<ImageMediaType, string>

/** How far into a file its size may come: JPEG puts metadata, colour profiles and thumbnails before it. */
export const HEADER_MAX_BYTES = 1024 ** 2
export const HEADER_USUAL_BYTES = 2 ** 14

/**
 * Goes by the bytes, not by what anyone claims they are.
 *
 * @returns the image, or `undefined` when the bytes are none of Easel's types, or their header is broken
 */
export function identifyImage(segments: readonly Uint8Array<ArrayBuffer>[]): DecodedImage | undefined {
  // The first bytes nearly always suffice, and copying a megabyte takes as long as decoding it.
  const header =
    readHeader(leadingBytes(segments, HEADER_USUAL_BYTES)) ??
    readHeader(leadingBytes(segments, HEADER_MAX_BYTES))
  if (!header) return undefined
  return { ...header, segments, byteLength: segments.reduce((sum, segment) => sum + segment.byteLength, 0) }
}

/** The image's bytes in one piece: a second copy of them. */
export function joinSegments(segments: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only, ...rest] = segments
  if (only && rest.length === 0) return only
  return leadingBytes(segments, Infinity)
}

/** What the first bytes of a file say; `undefined` when they are of none of Easel's types, or too few. */
export function readHeader(bytes: Uint8Array<ArrayBuffer>): ImageHeader | undefined {
  try {
    const { type, width, height } = imageSize(bytes)
    const mediaType = MEDIA_TYPE[type ?? '']
    if (!mediaType || !(width > 0 && height > 0)) return undefined
    return { mediaType, width, height, ...(isAnimated(mediaType, bytes) && { isAnimated: true }) }
  } catch {
    // image-size throws for types it doesn't know, and for headers that end too early.
    return undefined
  }
}

/** Whoever wants a still image gets another type than GIF: nobody has to count its frames. */
function isAnimated(mediaType: ImageMediaType, bytes: Uint8Array): boolean {
  if (mediaType !== 'image/webp') return mediaType === 'image/gif'
  const isExtended = String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X'
  return isExtended && ((bytes[WEBP_FLAGS_AT] ?? 0) & WEBP_ANIMATION) !== 0
}

/** In the header of an extended WebP (RFC 9649). */
const WEBP_FLAGS_AT = 20
const WEBP_ANIMATION = 0x02

/** By image-size's names. A HEIC photograph doesn't count as AVIF: no browser shows it. */
const MEDIA_TYPE: Readonly<Record<string, ImageMediaType>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  svg: 'image/svg+xml',
}

function leadingBytes(segments: readonly Uint8Array<ArrayBuffer>[], limit: number): Uint8Array<ArrayBuffer> {
  const total = segments.reduce((sum, segment) => sum + segment.byteLength, 0)
  const bytes = new Uint8Array(Math.min(total, limit))
  let at = 0
  for (const segment of segments) {
    if (at === bytes.byteLength) break
    const part = segment.subarray(0, bytes.byteLength - at)
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
