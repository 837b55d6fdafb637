import { imageUrl, srcSet } from '../../../shared/url/image-url.ts'
import { thumbhashToDataUrl } from '../../../shared/url/thumbhash.ts'
import { ask } from './api.ts'
import { config } from './config.ts'
import { h } from './dom.ts'

const SVG = 'image/svg+xml'

/** Pixels: of a tile on an ordinary screen twice over, rounded to what variants are made in. */
const THUMBNAIL_WIDTH = 320

/** Pixels: smaller ones would save too little to be worth a transformation each. */
const LARGE_MIN_WIDTH = 640

interface ShownImage {
  readonly url: string
  readonly width: number
  readonly height: number
  readonly media_type: string
  readonly thumbhash?: string
}

/**
 * Shows an image of the Worker. In `private` mode an `<img>` alone would be refused, so its bytes are fetched with the
 * token; `release` frees them.
 */
export function showImage(image: HTMLImageElement, path: string, srcset?: string): { release(): void } {
  if (config.mode !== 'private') {
    if (srcset) image.srcset = srcset
    image.src = path
    return { release: () => image.removeAttribute('src') }
  }
  let address: string | undefined
  const leaving = new AbortController()
  void load().catch(() => image.dispatchEvent(new Event('error')))
  return {
    release() {
      leaving.abort()
      if (address !== undefined) URL.revokeObjectURL(address)
    },
  }

  async function load(): Promise<void> {
    const response = await ask(path, { signal: leaving.signal })
    address = URL.createObjectURL(await response.blob())
    image.src = address
  }
}

/** The path of an image as a thumbnail, in the best format that the browser knows. */
export function thumbnailPath({
  url,
  media_type,
}: {
  readonly url: string
  readonly media_type: string
}): string {
  const { pathname } = new URL(url)
  return media_type === SVG ? pathname : imageUrl('', pathname, { w: THUMBNAIL_WIDTH, format: 'auto' })
}

/** A large image that sharpens on large screens. */
export function largeImage(
  { url, width, height, media_type, thumbhash }: ShownImage,
  alt: string,
): HTMLImageElement {
  const image = h('img', { alt, width, height, decoding: 'async', sizes: '(min-width: 62rem) 46rem, 100vw' })
  if (thumbhash) image.style.backgroundImage = `url("${thumbhashToDataUrl(thumbhash)}")`
  const { pathname } = new URL(url)
  const widths = config.widths.filter((one) => one >= LARGE_MIN_WIDTH && one < width)
  const candidates = [srcSet('', pathname, { widths, format: 'auto' }), `${pathname} ${width}w`]
  showImage(image, pathname, media_type === SVG ? undefined : candidates.filter(Boolean).join(', '))
  return image
}
