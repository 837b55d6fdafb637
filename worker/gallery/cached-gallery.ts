import { isFingerprint } from '../../shared/fingerprint.ts'
import { EXTENSION, type ImageMediaType } from '../../shared/media/image.ts'
import type { ByteRange } from '../delivery/conditions.ts'
import { slice } from '../delivery/slice.ts'
import type { Gallery, Shown, Wanted } from './gallery.ts'
import type { HeaderFields } from './image-headers.ts'
import type { Wish } from './variant.ts'

/** The gallery's own entrypoint, which the edge's cache stands before. */
export interface CachedEntrypoint {
  fetch(url: string, init: { method: string; headers: Record<string, string> }): Promise<Response>
  forget(tag: string): Promise<void>
}

/**
 * Through an entrypoint behind the edge's cache: a hit there reads nothing. The cache goes by the address
 * alone, so everything that was decided about the delivery is in it, and of the client's own headers none is
 * sent on. It keeps whole answers and cuts ranges out of them.
 *
 * @param entrypoint  `ctx.exports.Gallery`
 */
export function createCachedGallery(entrypoint: CachedEntrypoint): Gallery {
  async function ask(wanted: Wanted, method: string, range?: ByteRange): Promise<Response | undefined> {
    const headers: Record<string, string> = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
    const response = await entrypoint.fetch(galleryUrl(wanted), { method, headers })
    if (response.ok) return response
    await response.body?.cancel()
    if (response.status === 404) return undefined
    throw new TypeError(`the gallery answered ${response.status}`)
  }

  return {
    async head(wanted) {
      const response = await ask(wanted, 'HEAD')
      return response && Object.fromEntries(response.headers)
    },

    async get(wanted, range) {
      const response = await ask(wanted, 'GET', range)
      if (!response) return undefined
      const headers = Object.fromEntries(response.headers)
      if (!range || !response.body) return { headers, body: response.body }
      // A cache that has not got it yet may pass on the whole.
      return response.status === 206
        ? part(response, headers)
        : { headers, body: slice(response.body, range) }
    },

    forget: (fingerprint) => entrypoint.forget(fingerprint),
  }
}

/** A 206 of the cache, under the headers that the whole has. */
function part({ body }: Response, { 'content-range': range = '', ...headers }: HeaderFields): Shown {
  const length = /\/(\d+)$/.exec(range)?.[1]
  return { headers: { ...headers, ...(length !== undefined && { 'content-length': length }) }, body }
}

/** The address that the cache goes by: one for each thing that can be shown. */
export function galleryUrl({ fingerprint, index, wish }: Wanted): string {
  const { width, format, keep, quality } = wish
  const query = [
    width !== undefined && `w=${width}`,
    format !== undefined && `format=${format}`,
    keep && `keep=${keep.map((type) => EXTENSION[type]).join('.')}`,
    quality !== undefined && `q=${quality}`,
  ].filter((parameter) => parameter !== undefined && parameter !== false)
  return `https://gallery/${fingerprint}/${index}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

/** What {@link galleryUrl} was made of; `undefined` for any other address. */
export function parseGalleryUrl(address: string): Wanted | undefined {
  const { pathname, searchParams } = new URL(address)
  const [, fingerprint = '', index = ''] = pathname.split('/')
  if (!isFingerprint(fingerprint) || !/^\d$/.test(index)) return undefined
  const [width, format, keep, quality] = ['w', 'format', 'keep', 'q'].map((name) => searchParams.get(name))
  const extensions = keep?.split('.') ?? []
  const types = Object.entries(EXTENSION).filter(([, extension]) => extensions.includes(extension))
  const wish: Wish = {
    ...(width && { width: Number(width) }),
    ...(format && { format: format as NonNullable<Wish['format']> }),
    ...(types.length > 0 && { keep: types.map(([type]) => type as ImageMediaType) }),
    ...(quality && { quality: Number(quality) }),
  }
  return { fingerprint, index: Number(index), wish }
}
