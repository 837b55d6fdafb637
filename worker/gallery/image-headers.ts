import type { ImageRecord } from './image-store.ts'
import { imagePath } from './manifest.ts'
import { pinOf, type Variant, variantQuery } from './variant.ts'
import type { Unmade, VariantRecord } from './variant-store.ts'

/** A day from caches, a week longer while they ask again: the bytes under an address hardly ever change. */
const CACHE_CONTROL = 'public, max-age=86400, stale-while-revalidate=604800'

/** What could not be made now may be made in a minute. */
const CACHE_CONTROL_UNMADE = 'public, max-age=60'

/** SVG is a document: nothing in it may run, load or look like the site that serves it. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Headers by their names in lower case. No `Headers` until they are sent: each of its calls costs. */
export type HeaderFields = Record<string, string>

/** What an image is served with: of a 200, whole. */
export function imageHeaders(image: ImageRecord): HeaderFields {
  return headersOf(image, image, imagePath(image.fingerprint, image.index, image.mediaType))
}

/** What a variant is served with. */
export function variantHeaders(original: ImageRecord, variant: Variant, record: VariantRecord): HeaderFields {
  const path = imagePath(original.fingerprint, original.index, original.mediaType)
  const headers = headersOf(original, record, `${path}?${variantQuery(variant)}`)
  const { mediaType, width, height } = record
  const pin = pinOf(original.sha256)
  headers['x-easel-variant'] = `${mediaType}; width=${width}; height=${height}; original="${pin}"`
  return headers
}

/** What an image is served with instead of a variant that there can't be. */
export function insteadHeaders(original: ImageRecord, { reason }: Unmade): HeaderFields {
  const headers = imageHeaders(original)
  headers['x-easel-variant'] = `original; reason=${reason}`
  if (reason !== 'no-images-binding') headers['cache-control'] = CACHE_CONTROL_UNMADE
  return headers
}

/** The beginning of the original's hash, whatever was made of it. */
export function originalPin(headers: HeaderFields): string {
  const ofVariant = /original="([0-9a-f]{16})"/.exec(headers['x-easel-variant'] ?? '')?.[1]
  return ofVariant ?? pinOf(headers['etag']?.slice(1) ?? '')
}

function headersOf(original: ImageRecord, served: VariantRecord, location: string): HeaderFields {
  return {
    'content-type': served.mediaType,
    'content-length': String(served.byteLength),
    'content-location': location,
    etag: `"${served.sha256}"`,
    'last-modified': served.created.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': CACHE_CONTROL,
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
    // The star means nothing to requests with cookies, and no page needs any here.
    'access-control-expose-headers': '*',
    'cross-origin-resource-policy': 'cross-origin',
    // Of the generation; the gateway says 0 where this request did not pay for it.
    ...(original.costUsd !== undefined && { 'x-easel-cost-usd': String(original.costUsd) }),
    ...(served.mediaType === 'image/svg+xml' && { 'content-security-policy': SVG_POLICY }),
  }
}
