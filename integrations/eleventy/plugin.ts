import { withWorkerUrls, type WorkerUrlOptions } from '../../action/markdown/worker-urls.ts'
import { type Delivery, imageUrl, srcSet, type UrlSpec } from '../../shared/url/index.ts'

/** As much of Eleventy's config as the plugin touches. */
export interface EleventyConfig {
  addShortcode(
    name: string,
    render: (source: string, alt?: string, sizes?: string, options?: ShortcodeOptions) => string,
  ): void
  addFilter(name: string, filter: (source: string, delivery?: Delivery) => string): void
  addPreprocessor(
    name: string,
    extensions: string,
    process: (data: { readonly page: { readonly inputPath: string } }, content: string) => string,
  ): void
}

/** The last argument of the shortcode, where the template language has objects. */
export interface ShortcodeOptions {
  /** Any field of a spec that fits into a URL, for a prompt. */
  readonly spec?: UrlSpec | undefined
  readonly delivery?: Delivery | undefined
  /** Pixels, one for each candidate of the `srcset`. */
  readonly widths?: readonly number[] | undefined
  /** Further attributes of the `<img>`, such as `width` and `height`. */
  readonly attributes?: Readonly<Record<string, string | number>> | undefined
}

/**
 * An Eleventy plugin. It adds the shortcode `{% easel source, alt, sizes %}`, which writes an `<img>`, and the filter
 * `easel_url`; and images in Markdown that an `easel` comment describes get their Worker's URL.
 */
export default function easelPlugin(config: EleventyConfig, options: WorkerUrlOptions): void {
  const { base, delivery: shared } = options
  const auto: Delivery = { format: 'auto', ...shared }
  config.addFilter('easel_url', (source, delivery) => imageUrl(base, source, { ...auto, ...delivery }))
  config.addShortcode(
    'easel',
    (source, alt, sizes = '100vw', { spec, delivery, widths, attributes } = {}) => {
      if (alt === undefined)
        throw new TypeError(`{% easel "${source}" %} has no alt text: write "" for a decorative image.`)
      const image = spec ? { prompt: source, ...spec } : source
      const all = { ...auto, ...delivery }
      return tag({
        src: imageUrl(base, image, all),
        srcset: srcSet(base, image, { ...all, widths }),
        sizes,
        alt,
        loading: 'lazy',
        decoding: 'async',
        ...attributes,
      })
    },
  )
  config.addPreprocessor('easel', 'md', ({ page }, content) =>
    withWorkerUrls(content, page.inputPath, options),
  )
}

function tag(attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return `<img ${written.join(' ')}>`
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
