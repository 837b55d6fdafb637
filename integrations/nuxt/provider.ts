import { type ImageSource, imageUrl, type UrlSpec } from '../../shared/url/index.ts'
import { deliveryOf, type Operations } from '../operations.ts'

/** What Nuxt Image passes to a provider. */
export interface ProviderOptions {
  /** The Worker's address, such as `https://img.example.com`; empty for the page's own origin. */
  readonly baseURL?: string | undefined
  /** Nuxt's, and also `gravity` and, for a prompt, any field of a spec that fits into a URL. */
  readonly modifiers?: (Operations & UrlSpec) | undefined
}

export interface Provider {
  getImage(src: string, options: ProviderOptions): { readonly url: string }
}

const provider: Provider = {
  getImage(src, { baseURL = '', modifiers = {} }) {
    const { width, height, quality, format, fit, gravity, ...spec } = modifiers
    const delivery = deliveryOf({ width, height, format, fit, gravity, quality })
    return { url: imageUrl(baseURL, sourceOf(src, spec), delivery) }
  },
}

/** A provider for Nuxt Image 2, which calls it once. */
export default (): Provider => provider

/** Nuxt puts a slash before everything that isn't a URL: before a prompt, too. */
function sourceOf(src: string, spec: UrlSpec): ImageSource {
  const isAddress = /^(https?|data|blob):|^\/(i|named)\/|^\/image\?|^\/\S+\.\w+$/i.test(src)
  return isAddress ? src : { prompt: src.replace(/^\//, ''), ...spec }
}
