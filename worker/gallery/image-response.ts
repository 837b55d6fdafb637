import type { ImageRecord, StoredImage } from './image-store.ts'
import { imagePath } from './manifest.ts'

/** A day from caches, a week longer while they ask again: the bytes under an address hardly ever change. */
const CACHE_CONTROL = 'public, max-age=86400, stale-while-revalidate=604800'

/** SVG is a document: nothing in it may run, load or look like the site that serves it. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/**
 * The response for a picture: 200 with its bytes, or 304 when the client has them.
 *
 * @param image  with a `body`, unless the request is HEAD
 */
export async function imageResponse(request: Request, image: ImageRecord | StoredImage): Promise<Response> {
  const headers = imageHeaders(image)
  const body = 'body' in image ? image.body : null
  if (matches(request.headers.get('If-None-Match'), image.sha256)) {
    await body?.cancel()
    headers.delete('Content-Length')
    return new Response(null, { status: 304, headers })
  }
  return new Response(body, { headers })
}

function imageHeaders(image: ImageRecord): Headers {
  const headers = new Headers({
    'Content-Type': image.mediaType,
    'Content-Length': String(image.byteLength),
    'Content-Location': imagePath(image.fingerprint, image.index, image.mediaType),
    ETag: `"${image.sha256}"`,
    'Last-Modified': image.created.toUTCString(),
    'Cache-Control': CACHE_CONTROL,
    // What the edge's cache purges by.
    'Cache-Tag': image.fingerprint,
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Cache-Status, Content-Location, ETag, Server-Timing, X-Easel-Cost-Usd',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
  // Of the generation; the gateway says 0 where this request did not pay for it.
  if (image.costUsd !== undefined) headers.set('X-Easel-Cost-Usd', String(image.costUsd))
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
