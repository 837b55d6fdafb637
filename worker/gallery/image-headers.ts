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

const EXPOSED =
  'Accept-Ranges, Cache-Status, Content-Length, Content-Location, Content-Range, ETag, Server-Timing, X-Easel-Cost-Usd, X-Easel-Variant'

/** What a picture is served with: of a 200, whole. */
export function imageHeaders(image: ImageRecord): Headers {
  return headersOf(image, image, imagePath(image.fingerprint, image.index, image.mediaType))
}

/** What a variant is served with. */
export function variantHeaders(original: ImageRecord, variant: Variant, record: VariantRecord): Headers {
  const path = imagePath(original.fingerprint, original.index, original.mediaType)
  const headers = headersOf(original, record, `${path}?${variantQuery(variant)}`)
  const { mediaType, width, height } = record
  const pin = pinOf(original.sha256)
  headers.set('X-Easel-Variant', `${mediaType}; width=${width}; height=${height}; original="${pin}"`)
  return headers
}

/** What a picture is served with instead of a variant that there can't be. */
export function insteadHeaders(original: ImageRecord, { reason }: Unmade): Headers {
  const headers = imageHeaders(original)
  headers.set('X-Easel-Variant', `original; reason=${reason}`)
  if (reason !== 'no-images-binding') headers.set('Cache-Control', CACHE_CONTROL_UNMADE)
  return headers
}

/** The beginning of the original's hash, whatever was made of it. */
export function originalPin(headers: Headers): string {
  const ofVariant = /original="([0-9a-f]{16})"/.exec(headers.get('X-Easel-Variant') ?? '')?.[1]
  return ofVariant ?? pinOf(headers.get('ETag')?.slice(1) ?? '')
}

function headersOf(original: ImageRecord, served: VariantRecord, location: string): Headers {
  const headers = new Headers({
    'Content-Type': served.mediaType,
    'Content-Length': String(served.byteLength),
    'Content-Location': location,
    ETag: `"${served.sha256}"`,
    'Last-Modified': served.created.toUTCString(),
    'Accept-Ranges': 'bytes',
    'Cache-Control': CACHE_CONTROL,
    // What the edge's cache purges by.
    'Cache-Tag': original.fingerprint,
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': EXPOSED,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
  // Of the generation; the gateway says 0 where this request did not pay for it.
  if (original.costUsd !== undefined) headers.set('X-Easel-Cost-Usd', String(original.costUsd))
  if (served.mediaType === 'image/svg+xml') headers.set('Content-Security-Policy', SVG_POLICY)
  return headers
}
