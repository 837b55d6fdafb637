import { imageUrl } from '../../shared/url/index.ts'
import { deliveryOf, type Operations } from '../operations.ts'

/** What Astro passes to an image service. */
export interface ImageTransform extends Operations {
  /** A prompt, an image's path or URL at the Worker, or an imported file. */
  readonly src: string | { readonly src: string; readonly width: number; readonly height: number }
  readonly widths?: readonly number[] | undefined
  readonly densities?: readonly (number | string)[] | undefined
  /** Which part stays when the image is cropped: `top`, `left` and so on. */
  readonly position?: string | undefined
  readonly [attribute: string]: unknown
}

interface ImageConfig {
  readonly service: { readonly config: { readonly base?: string } }
}

interface Candidate {
  readonly transform: ImageTransform
  readonly descriptor: string
}

/** An external image service: Astro writes URLs, and the Worker serves them. */
const service = {
  getURL(transform: ImageTransform, config: ImageConfig): string {
    const { src, width, height, quality, format, fit, position } = transform
    if (typeof src !== 'string') return src.src
    const delivery = deliveryOf({ width, height, quality, format, fit, gravity: position })
    return imageUrl(config.service.config.base ?? '', src, delivery)
  },

  getSrcSet(transform: ImageTransform): Candidate[] {
    const { src, widths, densities, width } = transform
    // There is one size of a file that isn't the Worker's.
    if (typeof src !== 'string') return []
    if (widths) return widths.map((candidate) => sized(transform, candidate, `${candidate}w`))
    if (!densities || width === undefined) return []
    return densities.map((density) => {
      const factor = Number.parseFloat(String(density))
      return sized(transform, Math.round(Number(width) * factor), `${factor}x`)
    })
  },

  /** Everything that isn't about the image's URL, and the size, so that the page doesn't shift. */
  getHTMLAttributes(transform: ImageTransform): Record<string, unknown> {
    const { src, width, height, ...attributes } = transform
    const own = typeof src === 'string' ? undefined : src
    return {
      ...Object.fromEntries(Object.entries(attributes).filter(([name]) => !OPTIONS.has(name))),
      width: width ?? own?.width,
      height: height ?? own?.height,
      loading: attributes['loading'] ?? 'lazy',
      decoding: attributes['decoding'] ?? 'async',
    }
  },
}

export default service

/** Astro's options that are no attributes. */
const OPTIONS: ReadonlySet<string> = new Set([
  'background',
  'densities',
  'fit',
  'format',
  'formats',
  'gravity',
  'layout',
  'position',
  'priority',
  'quality',
  'widths',
])

function sized(transform: ImageTransform, width: number, descriptor: string): Candidate {
  const { width: w, height: h } = transform
  const height = w && h ? { height: Math.round((Number(h) * width) / Number(w)) } : {}
  return { transform: { ...transform, width, ...height }, descriptor }
}
