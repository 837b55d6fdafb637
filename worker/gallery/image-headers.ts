import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageMediaType } from '../../shared/media/image.ts'
import type { ImageRecord } from './image-store.ts'
import { imagePath } from './manifest.ts'
import { pinOf, variantQuery } from './variant.ts'
import type { VariantRecord, VariantUnavailable } from './variant-store.ts'

/** A day from caches, a week longer while they revalidate: the bytes of a URL hardly ever change. */
const CACHE_CONTROL = 'public, max-age=86400, stale-while-revalidate=604800'

/** A variant that can't be made now may be made in a minute. */
const CACHE_CONTROL_FALLBACK = 'public, max-age=60'

/** One requester's rate limit is nobody else's, so no shared cache may serve what came of it. */
const CACHE_CONTROL_RATE_LIMIT = 'private, max-age=60'

/** SVG is a document: nothing in it may run, load or look like the site that serves it. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** From the gallery to the routes, through the edge's cache; {@link takeImageCost} takes it off before it is sent. */
const IMAGE_COST = 'x-easel-image-cost-usd'

/** Headers by their names in lower case. No `Headers` until they are sent: each of its calls costs. */
export type HeaderFields = Record<string, string>

interface Served {
  readonly mediaType: ImageMediaType
  readonly byteLength: number
  readonly etag: string
  readonly created: Date
}

/** The headers of a whole image, with status 200. */
export function imageHeaders(image: ImageRecord): HeaderFields {
  const headers = headersOf(image, imagePath(image.fingerprint, image.index, image.mediaType))
  headers['x-easel-model'] = image.model
  if (image.thumbhash !== undefined) headers['x-easel-thumbhash'] = image.thumbhash
  if (image.costUsd !== undefined) headers[IMAGE_COST] = String(image.costUsd)
  return headers
}

/** The headers of a whole variant. */
export function variantHeaders(fingerprint: Fingerprint, index: number, record: VariantRecord): HeaderFields {
  const { mediaType, width, height, original, transformation } = record
  const path = imagePath(fingerprint, index, original.mediaType)
  const headers = headersOf(record, `${path}?${variantQuery(transformation)}`)
  const { crop, quality } = transformation
  const facts = [
    `width=${width}`,
    `height=${height}`,
    ...(crop === undefined ? [] : [`fit=cover`, `gravity=${crop}`]),
    ...(quality === undefined ? [] : [`q=${quality}`]),
  ]
  headers['x-easel-variant'] = `${mediaType}; ${facts.join('; ')}; original="${pinOf(original.etag)}"`
  if (record.thumbhash !== undefined) headers['x-easel-thumbhash'] = record.thumbhash
  if (record.costUsd !== undefined) headers[IMAGE_COST] = String(record.costUsd)
  return headers
}

/** The headers of an original that is itself the variant: narrow enough, and in the right format. */
export function unchangedHeaders(original: ImageRecord): HeaderFields {
  const { mediaType, width, height, etag } = original
  const headers = imageHeaders(original)
  headers['x-easel-variant'] = `${mediaType}; width=${width}; height=${height}; original="${pinOf(etag)}"`
  return headers
}

/** The headers of an original that is served in the place of a variant. */
export function fallbackHeaders(original: ImageRecord, { reason }: VariantUnavailable): HeaderFields {
  const headers = imageHeaders(original)
  headers['x-easel-variant'] = `original; reason=${reason}`
  if (reason === 'rate-limit') headers['cache-control'] = CACHE_CONTROL_RATE_LIMIT
  else if (reason !== 'no-images-binding') headers['cache-control'] = CACHE_CONTROL_FALLBACK
  return headers
}

/** Takes what generating the image had cost off its headers, USD; `undefined` if that isn't known. */
export function takeImageCost(headers: HeaderFields): number | undefined {
  const cost = headers[IMAGE_COST]
  if (cost === undefined) return undefined
  delete headers[IMAGE_COST]
  return Number(cost)
}

/** Whether an original is served in the place of a variant. */
export function isFallback(headers: HeaderFields): boolean {
  return headers['x-easel-variant']?.startsWith('original') ?? false
}

/** Whether only `GET` would make the variant. */
export function isNotMadeYet(headers: HeaderFields): boolean {
  return headers['x-easel-variant'] === 'original; reason=not-made-yet'
}

/** The start of the original's ETag, of an original and of a variant alike. */
export function originalPin(headers: HeaderFields): string {
  const ofVariant = /original="([^"]+)"/.exec(headers['x-easel-variant'] ?? '')?.[1]
  return ofVariant ?? pinOf(headers['etag']?.slice(1, -1) ?? '')
}

function headersOf({ mediaType, byteLength, etag, created }: Served, location: string): HeaderFields {
  return {
    'content-type': mediaType,
    'content-length': String(byteLength),
    'content-location': location,
    etag: `"${etag}"`,
    'last-modified': created.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': CACHE_CONTROL,
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
    // The star means nothing to requests with cookies, and no page needs any here.
    'access-control-expose-headers': '*',
    'cross-origin-resource-policy': 'cross-origin',
    ...(mediaType === 'image/svg+xml' && { 'content-security-policy': SVG_POLICY }),
  }
}
