import { DEFAULT_WIDTHS, type Delivery, scaledHeight } from './delivery.ts'
import { specToQuery, type UrlSpec } from './spec-query.ts'

/**
 * An image: its spec or, as a string, its prompt or its address. Addresses are paths of the Worker (`/i/…`, `/named/…`,
 * `/image?…`) and URLs below its base.
 */
export type ImageSource = UrlSpec | string

export interface SrcSetOptions extends Delivery {
  /** Pixels, one for each candidate; the Worker's default widths if absent. */
  readonly widths?: readonly number[] | undefined
}

/** What is an address, and not a prompt. */
const ADDRESS = /^(\.{0,2}\/|(https?|data|blob):)/i

/** The paths that serve images. */
const IMAGE_PATH = /^\/(i|named)\/.|^\/image\?/

/**
 * The URL of an image at a Worker. Whoever opens it generates the image, if the Worker lets them and it isn't cached.
 *
 * A signed URL stays as it is, because a change would invalidate it, and so does an address elsewhere.
 *
 * @param base  the Worker's address, such as `https://img.example.com`; empty for the page's own origin
 * @throws {TypeError} when `base` is not an address, or naming a field that does not fit into a URL
 */
export function imageUrl(base: string | URL, source: ImageSource, delivery: Delivery = {}): string {
  const root = String(base).replace(/\/+$/, '')
  if (root !== '' && !ADDRESS.test(root)) throw new TypeError(`${root} is not a URL: add https://.`)
  if (typeof source !== 'string') return withQuery(`${root}/image`, specToQuery(source), delivery)

  const path = source.startsWith(`${root}/`) ? source.slice(root.length) : source
  if (!ADDRESS.test(path)) return imageUrl(root, { prompt: source }, delivery)
  if (!IMAGE_PATH.test(path)) return source
  const [pathname = '', search] = path.split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  return query.has('sig') ? root + path : withQuery(root + pathname, query, delivery)
}

/**
 * The `srcset` of an image: a URL for each width. With `w` and `h`, every candidate has their ratio.
 *
 * @throws as {@link imageUrl}
 */
export function srcSet(
  base: string | URL,
  source: ImageSource,
  { widths = DEFAULT_WIDTHS, ...delivery }: SrcSetOptions = {},
): string {
  const { w, h } = delivery
  return widths
    .map((width) => {
      const height = w !== undefined && h !== undefined ? scaledHeight(h, w, width) : h
      return `${imageUrl(base, source, { ...delivery, w: width, h: height })} ${width}w`
    })
    .join(', ')
}

function withQuery(address: string, query: URLSearchParams, delivery: Delivery): string {
  for (const [name, value] of Object.entries(delivery)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? address : `${address}?${text}`
}
