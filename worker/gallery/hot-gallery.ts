import { galleryUrl } from './cached-gallery.ts'
import type { Gallery, Shown, Wanted } from './gallery.ts'
import type { HeaderFields } from './image-headers.ts'

/** For how long an image is shown from memory, milliseconds: as long as it may be shown after it is purged. */
const KEEP_MS = 1000
/** Of larger ones the sending takes most of the time. */
const IMAGE_MAX_BYTES = 2 ** 18
/** Together with the above at most 16 MiB, of the 128 that an isolate has. */
const IMAGES_MAX = 64

/** An image that was asked for at least once in the last moment; with its bytes when it was twice. */
interface Hot {
  readonly until: number
  readonly headers?: HeaderFields
  readonly bytes?: ArrayBuffer
}

/**
 * Shows small images that many ask for at the same time from memory: the second one within a second is the
 * last that is read. It stands before the edge's cache, never behind, where a purged image could come back.
 *
 * @param now  milliseconds
 */
export function createHotGallery(gallery: Gallery, now: () => number): Gallery {
  const hot = new Map<string, Hot>()

  async function getAgain(wanted: Wanted, key: string): Promise<Shown | undefined> {
    const shown = await gallery.get(wanted)
    if (!shown?.body || !(Number(shown.headers['content-length']) <= IMAGE_MAX_BYTES)) return shown
    const bytes = await new Response(shown.body).arrayBuffer()
    hot.set(key, { until: now() + KEEP_MS, headers: shown.headers, bytes })
    return fromMemory(shown.headers, bytes)
  }

  return {
    head: (wanted) => gallery.head(wanted),

    async get(wanted, range) {
      if (range) return gallery.get(wanted, range)
      const key = galleryUrl(wanted)
      const known = hot.get(key)
      if (known && now() < known.until) {
        return known.headers && known.bytes ? fromMemory(known.headers, known.bytes) : getAgain(wanted, key)
      }
      const shown = await gallery.get(wanted)
      if (hot.size >= IMAGES_MAX) hot.clear()
      if (shown) hot.set(key, { until: now() + KEEP_MS })
      return shown
    },

    async forget(fingerprint) {
      for (const key of hot.keys()) if (key.includes(fingerprint)) hot.delete(key)
      await gallery.forget(fingerprint)
    },
  }
}

/** Everybody gets headers of their own: the last word about them differs. */
function fromMemory(headers: HeaderFields, bytes: ArrayBuffer): Shown {
  return { headers: { ...headers }, body: bytes }
}
