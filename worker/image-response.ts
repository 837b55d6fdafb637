import { EXTENSION } from '../shared/media/picture.ts'
import type { ImageRecord, StoredImage } from './image-store.ts'

/** A day from caches, a week longer while they ask again: the bytes under an address hardly ever change. */
const CACHE_CONTROL = 'public, max-age=86400, stale-while-revalidate=604800'

/** SVG is a document: nothing in it may run, load or look like the site that serves it. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Whether the picture was there (`hit`) or was drawn for this request (`miss`). */
export type CacheOutcome = 'hit' | 'miss'

/**
 * The response for a picture: 200 with its bytes, or 304 when the client has them.
 *
 * @param image  with a `body`, unless the request is HEAD
 */
export async function imageResponse(
  request: Request,
  image: ImageRecord | StoredImage,
  outcome: CacheOutcome,
): Promise<Response> {
  const headers = imageHeaders(image, outcome)
  const body = 'body' in image ? image.body : null
  if (matches(request.headers.get('If-None-Match'), image.sha256)) {
    await body?.cancel()
    headers.delete('Content-Length')
    return new Response(null, { status: 304, headers })
  }
  return new Response(body, { headers })
}

/** Where the picture stands under its own name: `/i/<fingerprint>[.<index>].<extension>`. */
export function imagePath({ fingerprint, index, mediaType }: ImageRecord): string {
  return `/i/${fingerprint}${index > 0 ? `.${index}` : ''}.${EXTENSION[mediaType]}`
}

function imageHeaders(image: ImageRecord, outcome: CacheOutcome): Headers {
  const headers = new Headers({
    'Content-Type': image.mediaType,
    'Content-Length': String(image.byteLength),
    'Content-Location': imagePath(image),
    ETag: `"${image.sha256}"`,
    'Last-Modified': image.created.toUTCString(),
    'Cache-Control': CACHE_CONTROL,
    'Cache-Status': outcome === 'hit' ? 'Easel; hit' : 'Easel; fwd=uri-miss; stored',
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
  // What this request cost, which is nothing when the picture was there.
  const cost = outcome === 'hit' ? 0 : image.costUsd
  if (cost !== undefined) headers.set('X-Easel-Cost-Usd', String(cost))
  if (image.mediaType === 'image/svg+xml') headers.set('Content-Security-Policy', SVG_POLICY)
  return headers
}

/** `If-None-Match`: a list of tags or `*`, compared weakly (RFC 9110, 13.1.2). */
function matches(ifNoneMatch: string | null, sha256: string): boolean {
  if (ifNoneMatch === null) return false
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === `"${sha256}"`)
}
