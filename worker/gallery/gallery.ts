import type { Fingerprint } from '../../shared/fingerprint.ts'
import { type ByteRange, slice } from './byte-range.ts'
import {
  fallbackHeaders,
  type HeaderFields,
  imageHeaders,
  unchangedHeaders,
  variantHeaders,
} from './image-headers.ts'
import type { ImageRecord, ImageStore } from './image-store.ts'
import { isOriginal, sizedFor, transformationOf, type Variant } from './variant.ts'
import type { MadeVariant, StoredVariant, Variants, VariantUnavailable } from './variant-store.ts'

/** An image, and the size and format it is wanted in. */
export interface Wanted {
  readonly fingerprint: Fingerprint
  readonly index: number
  readonly variant: Variant
  /** Whom the rate limit counts a variant for; asked only when one has to be made. */
  readonly limitKey?: () => Promise<string>
}

/** An image ready to be sent. `headers` describe the whole, also when `body` is a range of it. */
export interface ServedImage {
  readonly headers: HeaderFields
  readonly body: ReadableStream<Uint8Array> | ArrayBuffer | null
}

/** Serves stored images. Never generates, but makes variants. */
export interface Gallery {
  /** The headers that `get` would serve, or `undefined` when there is no image. Makes no variant. */
  head(wanted: Wanted): Promise<HeaderFields | undefined>
  /** @param range  of the length that `head` gave; without it, the whole image */
  get(wanted: Wanted, range?: ByteRange): Promise<ServedImage | undefined>
}

/** Straight from R2: behind the edge's cache, and where there is none, as on a developer's machine. */
export function createDirectGallery(store: ImageStore, variants: Variants | undefined): Gallery {
  async function original(
    { fingerprint, index, variant }: Wanted,
    range?: ByteRange,
    instead?: VariantUnavailable,
  ): Promise<ServedImage | undefined> {
    const image = await store.get(fingerprint, index, range)
    if (!image) return undefined
    if (instead) return { headers: fallbackHeaders(image, instead), body: image.body }
    return { headers: headersOf(image, variant), body: image.body }
  }

  async function make(wanted: Wanted, { make: makeVariant }: Variants, range?: ByteRange) {
    const { fingerprint, index, variant, limitKey } = wanted
    const image = await store.get(fingerprint, index)
    if (!image) return undefined
    const transformation = transformationOf(image, variant)
    if (!transformation) {
      if (!range) return { headers: headersOf(image, variant), body: image.body }
      await image.body.cancel()
      return original(wanted, range)
    }
    const made = await makeVariant(image, variant, transformation, (await limitKey?.()) ?? 'unknown')
    if ('reason' in made) return original(wanted, range, made)
    return servedFromMemory(wanted, made, range) ?? stored(wanted, range)
  }

  async function stored(wanted: Wanted, range?: ByteRange): Promise<ServedImage | undefined> {
    const found = await variants?.get(wanted.fingerprint, wanted.index, wanted.variant, range)
    return found ? servedVariant(wanted, found) : original(wanted, range)
  }

  /** The variant in the size that it will have, so that two requests for the same size make one: each is paid for. */
  async function sized(wanted: Wanted): Promise<Wanted> {
    if (wanted.variant.height === undefined) return wanted
    const image = await store.head(wanted.fingerprint, wanted.index)
    return image ? { ...wanted, variant: sizedFor(image, wanted.variant) } : wanted
  }

  return {
    async head(requested) {
      const { fingerprint, index, variant } = await sized(requested)
      const found = isOriginal(variant) ? undefined : await variants?.head(fingerprint, index, variant)
      if (found) return variantHeaders(fingerprint, index, found)
      const image = await store.head(fingerprint, index)
      if (!image) return undefined
      if (!transformationOf(image, variant)) return headersOf(image, requested.variant)
      return fallbackHeaders(image, { reason: variants ? 'not-made-yet' : 'no-images-binding' })
    },

    async get(requested, range) {
      const wanted = await sized(requested)
      const { fingerprint, index, variant } = wanted
      if (isOriginal(variant)) return original(requested, range)
      if (!variants) return original(wanted, range, { reason: 'no-images-binding' })
      const found = await variants.get(fingerprint, index, variant, range)
      return found ? servedVariant(wanted, found) : make(wanted, variants, range)
    },
  }
}

/** The headers of an original that is what was requested. */
function headersOf(image: ImageRecord, variant: Variant): HeaderFields {
  return isOriginal(variant) ? imageHeaders(image) : unchangedHeaders(image)
}

function servedVariant({ fingerprint, index }: Wanted, variant: StoredVariant): ServedImage {
  return { headers: variantHeaders(fingerprint, index, variant), body: variant.body }
}

function servedFromMemory(
  { fingerprint, index }: Wanted,
  made: MadeVariant,
  range?: ByteRange,
): ServedImage | undefined {
  if (!made.bytes) return undefined
  const whole = { headers: variantHeaders(fingerprint, index, made), body: made.bytes }
  return range ? cut(whole, range) : whole
}

/** A range of a served image whose source could only give the whole. */
export function cut({ headers, body }: ServedImage, range: ByteRange): ServedImage {
  if (body === null) return { headers, body }
  return {
    headers,
    body: body instanceof ArrayBuffer ? body.slice(range.start, range.end + 1) : slice(body, range),
  }
}
