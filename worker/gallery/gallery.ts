import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ByteRange } from '../delivery/conditions.ts'
import { type HeaderFields, imageHeaders, insteadHeaders, variantHeaders } from './image-headers.ts'
import type { ImageStore, StoredImage } from './image-store.ts'
import { isNothing, variantOf, type Wish } from './variant.ts'
import type { Variants } from './variant-store.ts'

/** An image, and what is to be made of it. */
export interface Wanted {
  readonly fingerprint: Fingerprint
  readonly index: number
  readonly wish: Wish
}

/** An image on its way out. `headers` are those of all of it, also when `body` is a part. */
export interface Shown {
  readonly headers: HeaderFields
  readonly body: ReadableStream<Uint8Array> | ArrayBuffer | null
}

/** Shows what is kept; never generates, but makes variants. */
export interface Gallery {
  /** What an image would be served with, or `undefined` when it isn't there. */
  head(wanted: Wanted): Promise<HeaderFields | undefined>
  /** @param range  of what `head` has told the length of; without it, the whole */
  get(wanted: Wanted, range?: ByteRange): Promise<Shown | undefined>
  /** Makes the edge forget an image. */
  forget(fingerprint: Fingerprint): Promise<void>
}

/** Straight from R2: behind the edge's cache, and where there is none, as on a developer's machine. */
export function createDirectGallery(store: ImageStore, variants: Variants): Gallery {
  return {
    async head({ fingerprint, index, wish }) {
      const original = await store.head(fingerprint, index)
      const variant = original && variantOf(original, wish)
      if (!variant) return original && imageHeaders(original)
      const record = await variants.head(original, variant)
      return 'reason' in record ? insteadHeaders(original, record) : variantHeaders(original, variant, record)
    },

    async get({ fingerprint, index, wish }, range) {
      const original = isNothing(wish) ? undefined : await store.head(fingerprint, index)
      const variant = original && variantOf(original, wish)
      const made = variant && (await variants.get(original, variant, range))
      if (made && 'body' in made) return { headers: variantHeaders(original, variant, made), body: made.body }

      const image = await store.get(fingerprint, index, range)
      if (!image) return undefined
      return { headers: made ? insteadHeaders(image, made) : imageHeaders(image), body: image.body }
    },

    async forget() {},
  }
}

/** Of an image that is at hand already, whatever is kept. It can be got once. */
export function createGalleryOfOne(image: StoredImage): Gallery {
  return {
    head: async () => imageHeaders(image),
    get: async () => ({ headers: imageHeaders(image), body: image.body }),
    async forget() {},
  }
}
