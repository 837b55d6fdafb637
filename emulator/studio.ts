import { createHash } from 'node:crypto'
import type { AttachedImage, illustrate } from './illustrator/illustrate.ts'
import { noisePng } from './noise-png.ts'
import type { ParsedRequest } from './parsed-request.ts'
import { previewsOf } from './previews.ts'

/** An image file, ready to be sent. */
export interface EncodedImage {
  readonly bytes: Buffer
  /** The base64 text of the bytes, as ASCII. */
  readonly base64: Buffer
  readonly mediaType: string
  /** The markup, when the image is SVG. */
  readonly svg?: string
}

/** The images that the request refers to, loaded. */
export interface LoadedImages {
  readonly inputs: readonly AttachedImage[]
  readonly references: readonly AttachedImage[]
}

/** Has images made, and caches them: a second request for the same image costs no time. */
export interface Studio {
  /** @param index  which of the request's images, from 0 */
  image(request: ParsedRequest, index: number, loaded: LoadedImages): Promise<EncodedImage>
  /** Two steps on the way to the image, as base64. */
  previews(image: EncodedImage): Promise<readonly Buffer[]>
  /** A valid PNG of about that many bytes. */
  noise(bytes: number): Promise<EncodedImage>
}

/** Bytes of finished images in the cache, base64 included. */
const CACHE_BYTES = 128_000_000

interface CacheEntry {
  readonly image: Promise<EncodedImage>
  /** 0 until the image is finished. */
  bytes: number
}

export function createStudio(make: typeof illustrate): Studio {
  const cache = new Map<string, CacheEntry>()
  const measure = async (key: string, entry: CacheEntry): Promise<void> => {
    try {
      const { bytes, base64 } = await entry.image
      entry.bytes = bytes.length + base64.length
      evictOldest(cache)
    } catch {
      cache.delete(key) // the request for the image gets the error
    }
  }
  const cached = (key: string, generate: () => Promise<EncodedImage>): Promise<EncodedImage> => {
    const known = cache.get(key)
    if (known !== undefined) return known.image
    const entry = { image: generate(), bytes: 0 }
    cache.set(key, entry)
    void measure(key, entry)
    return entry.image
  }

  return {
    image(request, index, loaded) {
      const key = fingerprint(request, index, loaded)
      return cached(key, async () => {
        const { bytes, mediaType, svg } = await make({ ...request, ...loaded, seed: key })
        return { ...encodedImage(bytes, mediaType), ...(svg === undefined ? {} : { svg }) }
      })
    },
    previews: async (image) => (await previewsOf(image.bytes)).map(base64Of),
    noise: (bytes) => cached(`noise ${bytes}`, async () => encodedImage(noisePng(bytes), 'image/png')),
  }
}

export function encodedImage(bytes: Buffer, mediaType: string): EncodedImage {
  return { bytes, base64: base64Of(bytes), mediaType }
}

function base64Of(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64'), 'latin1')
}

/** Of everything that may change the pixels. */
function fingerprint(request: ParsedRequest, index: number, { inputs, references }: LoadedImages): string {
  const hash = createHash('sha256')
  const {
    model,
    api: _api,
    stream: _stream,
    wantsText: _wantsText,
    count: _count,
    inputs: _inputs,
    references: _references,
    ...rest
  } = request
  hash.update(JSON.stringify([model.id, index, rest]))
  for (const { bytes } of [...inputs, ...references]) hash.update(createHash('sha256').update(bytes).digest())
  return hash.digest('hex')
}

function evictOldest(cache: Map<string, CacheEntry>): void {
  let total = 0
  for (const { bytes } of cache.values()) total += bytes
  for (const [key, { bytes }] of cache) {
    if (total <= CACHE_BYTES || cache.size === 1) return
    cache.delete(key)
    total -= bytes
  }
}
