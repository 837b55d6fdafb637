import { toWireError } from './wire-error.ts'
import { createdAt, event, eventWithImages, jsonWithImages, usageOf, type Wire } from './wire.ts'

/** `POST /images`, as it answers. @see docs/openrouter.md#the-images-api */
export const imagesWire: Wire = {
  json: (result) =>
    jsonWithImages(result, (base64) => ({
      created: createdAt(result.manifest),
      data: result.manifest.images.map(({ media_type }, index) => ({ b64_json: base64(index), media_type })),
      usage: usageOf(result),
    })),

  async *events(result) {
    const { images } = result.manifest
    for (const [index, { media_type }] of images.entries()) {
      yield* eventWithImages(result, (base64) => ({
        type: 'image_generation.completed',
        b64_json: base64(index),
        media_type,
        created: createdAt(result.manifest),
        // Of several images, the last brings the bill.
        ...(index === images.length - 1 && { usage: usageOf(result) }),
      }))
    }
  },

  previewEvent: ({ index, base64 }) =>
    event({ type: 'image_generation.partial_image', partial_image_index: index, b64_json: base64 }),

  errorEvent(error) {
    const { code, message, metadata } = toWireError(error)
    return event({
      type: 'error',
      error: { message, code: String(code), type: metadata.error_type, param: null },
    })
  },
}
