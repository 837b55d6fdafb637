import { imageUrl } from '../../../shared/url/image-url.ts'
import { thumbhashToDataUrl } from '../../../shared/url/thumbhash.ts'
import { ask } from './api.ts'
import { config } from './config.ts'
import { h } from './dom.ts'

/** Pixels: of a tile on an ordinary screen twice over, rounded to what variants are made in. */
const THUMBNAIL_WIDTH = 320

/** Pixels: of a large screen. */
const LARGE_WIDTH = 1600

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
export function showImage(image: HTMLImageElement, path: string): { release(): void } {
  if (config.mode !== 'private') {
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

/** The path of an image as a thumbnail. WebP: AVIF takes seconds to make, and a gallery shows many. */
export function thumbnailPath(image: Pick<ShownImage, 'url' | 'media_type'>): string {
  return variantPath(image, THUMBNAIL_WIDTH)
}

/** A large image: as it was generated, unless that is far larger than a screen. */
export function largeImage(image: ShownImage, alt: string): HTMLImageElement {
  const { url, width, height, thumbhash } = image
  const element = h('img', { alt, width, height, decoding: 'async' })
  if (thumbhash) element.style.backgroundImage = `url("${thumbhashToDataUrl(thumbhash)}")`
  showImage(element, width > LARGE_WIDTH ? variantPath(image, LARGE_WIDTH) : new URL(url).pathname)
  return element
}

function variantPath({ url, media_type }: Pick<ShownImage, 'url' | 'media_type'>, width: number): string {
  const { pathname } = new URL(url)
  return media_type === 'image/svg+xml' ? pathname : imageUrl('', pathname, { w: width, format: 'webp' })
}
