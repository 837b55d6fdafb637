import type { ImageMediaType } from '../../shared/media/image.ts'

/** What becomes of an image of any type, for a client with one `Accept`. */
export interface Negotiated {
  /** Absent when every image stays as it is. */
  readonly format?: 'avif' | 'webp'
  /** Types that stay although others are turned into `format`: the client likes them better. */
  readonly keep: readonly ImageMediaType[]
}

/** Types that an image may have been generated in, beside those that are negotiated. */
const ORIGINALS = ['image/gif', 'image/jpeg', 'image/png'] as const

/**
 * Chooses by `Accept` (RFC 9110, 12.5.1): AVIF, else WebP, else the image's own type, but for what the
 * q-values say. AVIF and WebP count only when they are named: a client that merely sends a wildcard may be
 * older than they are.
 */
export function negotiate(accept: string | null): Negotiated {
  const ranges = parseAccept(accept ?? '')
  const avif = ranges.get('image/avif') ?? 0
  const webp = ranges.get('image/webp') ?? 0
  const best = Math.max(avif, webp)
  if (best === 0) return { keep: [] }
  const anything = ranges.get('image/*') ?? ranges.get('*/*') ?? 0
  return {
    format: avif === best ? 'avif' : 'webp',
    keep: ORIGINALS.filter((type) => (ranges.get(type) ?? anything) > best),
  }
}

/** q-value by media range, in lower case; what can't be read is left out. */
function parseAccept(accept: string): ReadonlyMap<string, number> {
  const ranges = new Map<string, number>()
  for (const element of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = element.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    if (weight === undefined || /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight)) {
      ranges.set(range, weight === undefined ? 1 : Number(weight))
    }
  }
  return ranges
}
