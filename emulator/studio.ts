import { createHash } from 'node:crypto'
import type { InputImage } from './inputs.ts'
import type { Order } from './parsed-request.ts'
import { compose } from './illustrator/compose.ts'
import { drawGiven } from './illustrator/given.ts'
import { encode, outlined, partials, rasterise, thumbnail } from './illustrator/raster.ts'
import { heavyPng } from './noise-png.ts'

export interface DecodedImage {
  readonly bytes: Buffer
  /** The base64 text of the bytes, as ASCII. */
  readonly base64: Buffer
  readonly mediaType: string
  /** The markup, when the image is SVG. */
  readonly svg?: string
}

export interface Given {
  readonly inputs: readonly InputImage[]
  readonly references: readonly InputImage[]
}

/** Draws what orders ask for, and remembers what it drew. */
export interface Studio {
  /** @param index  which of the order's images, from 0 */
  draw(order: Order, index: number, given: Given): Promise<DecodedImage>
  /** Two steps on the way to the image, as base64. */
  partials(image: DecodedImage): Promise<readonly Buffer[]>
  /** A valid PNG of about that many bytes, noise. */
  heavy(bytes: number): DecodedImage
  notAnImage(): DecodedImage
}

/** Bytes of finished images kept in memory. */
const CACHE_BYTES = 128_000_000

export function createStudio(): Studio {
  const kept = new Map<string, { image: Promise<DecodedImage>; bytes: number }>()
  const settle = async (
    key: string,
    entry: { image: Promise<DecodedImage>; bytes: number },
  ): Promise<void> => {
    try {
      const { bytes, base64 } = await entry.image
      entry.bytes = bytes.length + base64.length
      forgetOldest(kept)
    } catch {
      kept.delete(key) // who asked for the image gets the error
    }
  }
  const remember = (key: string, make: () => Promise<DecodedImage>): Promise<DecodedImage> => {
    const known = kept.get(key)
    if (known !== undefined) return known.image
    const entry = { image: make(), bytes: 0 }
    kept.set(key, entry)
    void settle(key, entry)
    return entry.image
  }
  const heavy = new Map<number, DecodedImage>()

  return {
    draw(order, index, given) {
      const key = fingerprint(order, index, given)
      return remember(key, () => paint(order, key, given))
    },
    partials: (image) => partials(image.bytes),
    heavy(bytes) {
      const known = heavy.get(bytes) ?? imageOf(heavyPng(bytes), 'image/png')
      heavy.set(bytes, known)
      return known
    },
    notAnImage: () =>
      imageOf(Buffer.from('These bytes are no image at all, whatever the media type says.\n'), 'image/png'),
  }
}

/** Of all that may change the pixels. */
function fingerprint(order: Order, index: number, { inputs, references }: Given): string {
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
  } = order
  hash.update(JSON.stringify([model.id, index, rest]))
  for (const { bytes } of [...inputs, ...references]) hash.update(createHash('sha256').update(bytes).digest())
  return hash.digest('hex')
}

async function paint(order: Order, seed: string, { inputs, references }: Given): Promise<DecodedImage> {
  const { prompt, width, height, transparent, colours, backgroundColour, style, format } = order
  const thumbnails = await Promise.all(inputs.map(thumbnail))
  const swatches = await Promise.all(references.map(thumbnail))
  const composed = compose(
    { prompt, seed, width, height, transparent, colours, backgroundColour, style },
    (stage) => drawGiven(stage, { thumbnails, swatches, fonts: order.fonts }),
  )
  if (format === 'svg') {
    const svg = outlined(composed.svg)
    return { ...imageOf(Buffer.from(svg), 'image/svg+xml'), svg }
  }
  const pixels = await rasterise(composed, { width, height, transparent })
  return imageOf(await encode(pixels, format, order.compression), `image/${format}`)
}

function imageOf(bytes: Buffer, mediaType: string): DecodedImage {
  return { bytes, base64: Buffer.from(bytes.toString('base64'), 'latin1'), mediaType }
}

function forgetOldest(kept: Map<string, { bytes: number }>): void {
  let total = 0
  for (const { bytes } of kept.values()) total += bytes
  for (const [key, { bytes }] of kept) {
    if (total <= CACHE_BYTES || kept.size === 1) return
    kept.delete(key)
    total -= bytes
  }
}
