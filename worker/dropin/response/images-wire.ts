import { toWireError } from './wire-error.ts'
import { createdAt, event, eventWithImages, jsonWithImages, usageOf, type Wire } from './wire.ts'

/** `POST /images`, as it answers. @see docs/openrouter.md#the-images-api */
export const imagesWire: Wire = {
  json: (kept) =>
    jsonWithImages(kept, (base64) => ({
      created: createdAt(kept.manifest),
      data: kept.manifest.images.map(({ media_type }, index) => ({ b64_json: base64(index), media_type })),
      usage: usageOf(kept),
    })),

  async *events(kept) {
    const { images } = kept.manifest
    for (const [index, { media_type }] of images.entries()) {
      yield* eventWithImages(kept, (base64) => ({
        type: 'image_generation.completed',
        b64_json: base64(index),
        media_type,
        created: createdAt(kept.manifest),
        // Of several images, the last brings the bill.
        ...(index === images.length - 1 && { usage: usageOf(kept) }),
      }))
    }
  },

  errorEvent(error) {
    const { code, message, metadata } = toWireError(error)
    return event({
      type: 'error',
      error: { message, code: String(code), type: metadata.error_type, param: null },
    })
  },
}
