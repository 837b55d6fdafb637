import { isFingerprint } from '../../shared/fingerprint.ts'
import type { ByteRange } from './byte-range.ts'
import { cut, type Gallery, type ServedImage, type Wanted } from './gallery.ts'
import type { HeaderFields } from './image-headers.ts'
import { storageFailed } from './storage-error.ts'
import { isOriginal, ORIGINAL, type Variant } from './variant.ts'

/** Carries {@link Wanted.limitKey} past the cache, which doesn't look at it. */
const LIMIT_KEY_HEADER = 'X-Easel-Limit-Key'

/** The gallery's own entrypoint, which has the edge's cache in front of it. */
export interface CachedEntrypoint {
  fetch(url: string, init: { method: string; headers: Record<string, string> }): Promise<Response>
}

/**
 * Through an entrypoint behind the edge's cache: a hit there reads nothing. The cache goes by the URL alone, so
 * the URL holds everything that was decided about the delivery, and none of the client's headers is sent on.
 * The cache stores whole images and cuts ranges out of them.
 *
 * @param entrypoint  `ctx.exports.Gallery`
 */
export function createCachedGallery(entrypoint: CachedEntrypoint): Gallery {
  async function request(wanted: Wanted, method: string, range?: ByteRange): Promise<Response | undefined> {
    const limitKey = await wanted.limitKey?.()
    const headers = {
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
      ...(limitKey !== undefined && { [LIMIT_KEY_HEADER]: limitKey }),
    }
    const response = await entrypoint.fetch(galleryUrl(wanted), { method, headers })
    if (response.ok) return response
    await response.body?.cancel()
    if (response.status === 404) return undefined
    throw storageFailed(`The image can’t be read right now (${response.status}). Try again in a few seconds.`)
  }

  return {
    async head(wanted) {
      const response = await request(wanted, 'HEAD')
      return response && Object.fromEntries(response.headers)
    },

    async get(wanted, range) {
      const response = await request(wanted, 'GET', range)
      if (!response) return undefined
      const headers = Object.fromEntries(response.headers)
      if (!range) return { headers, body: response.body }
      // A cache that doesn't have the image yet may pass on the whole.
      return response.status === 206
        ? partial(response, headers)
        : cut({ headers, body: response.body }, range)
    },
  }
}

/** A 206 of the cache, with the headers of the whole. */
function partial({ body }: Response, { 'content-range': range = '', ...headers }: HeaderFields): ServedImage {
  const length = /\/(\d+)$/.exec(range)?.[1]
  return { headers: { ...headers, ...(length !== undefined && { 'content-length': length }) }, body }
}

/** The URL that the cache goes by: one for each thing that can be served. */
function galleryUrl({ fingerprint, index, variant }: Wanted): string {
  const query = isOriginal(variant) ? '' : `?${encodeURIComponent(JSON.stringify(variant))}`
  return `https://gallery/${fingerprint}/${index}${query}`
}

/** The image that {@link createCachedGallery} requests; `undefined` for any other request. */
export function parseGalleryRequest({ url, headers }: Request): Wanted | undefined {
  const { pathname, search } = new URL(url)
  const [, fingerprint = '', index = ''] = pathname.split('/')
  if (!isFingerprint(fingerprint) || !/^\d$/.test(index)) return undefined
  const variant = search ? (JSON.parse(decodeURIComponent(search.slice(1))) as Variant) : ORIGINAL
  const limitKey = headers.get(LIMIT_KEY_HEADER)
  return {
    fingerprint,
    index: Number(index),
    variant,
    ...(limitKey !== null && { limitKey: async () => limitKey }),
  }
}
