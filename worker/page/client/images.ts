import { ask } from './api.ts'
import { config } from './config.ts'
import { h } from './dom.ts'

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

/** The path of an image at a width, in the best format that the browser knows. */
export function variantPath(url: string, width: number): string {
  return `${new URL(url).pathname}?w=${width}&format=auto`
}

/** A large image that sharpens on large screens. */
export function largeImage(
  url: string,
  { width, height }: { readonly width: number; readonly height: number },
  alt: string,
): HTMLImageElement {
  const image = h('img', { alt, width, height, decoding: 'async', sizes: '(min-width: 62rem) 46rem, 100vw' })
  const widths = config.widths.filter((one) => one >= 480 && one < width).slice(0, 5)
  const srcset = [
    ...widths.map((one) => `${variantPath(url, one)} ${one}w`),
    `${new URL(url).pathname} ${width}w`,
  ]
  showImage(image, new URL(url).pathname, srcset.join(', '))
  return image
}
