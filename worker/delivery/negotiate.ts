import type { ImageMediaType } from '../../shared/media/image.ts'

/** The format to send a client, whatever type the image was generated in. */
export interface Negotiated {
  /** Absent when no image is converted. */
  readonly format?: 'avif' | 'webp'
  /** Types that aren't converted to `format`, because the client prefers them. */
  readonly keep: readonly ImageMediaType[]
}

/** Types that images are generated in, besides those that are negotiated. */
const ORIGINALS = ['image/gif', 'image/jpeg', 'image/png'] as const

/**
 * Chooses by `Accept` (RFC 9110, 12.5.1): AVIF, else WebP, else the image's own type, unless q-values say otherwise.
 * AVIF and WebP must be named: a client that only sends a wildcard may be too old for them.
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

/** q-values by media range, in lower case. Malformed entries are left out. */
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
