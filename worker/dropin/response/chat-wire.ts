import type { Manifest } from '../../gallery/manifest.ts'
import { toWireError } from './wire-error.ts'
import {
  createdAt,
  event,
  eventWithImages,
  generationId,
  jsonWithImages,
  usageOf,
  type Wire,
} from './wire.ts'

/** `POST /chat/completions`, as it answers. @see docs/openrouter.md#the-chat-api */
export const chatWire: Wire = {
  json: (result) =>
    jsonWithImages(result, (base64) => ({
      id: generationId(result.manifest),
      object: 'chat.completion',
      created: createdAt(result.manifest),
      model: result.manifest.model,
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: result.manifest.text ?? '',
            images: images(result.manifest, base64),
          },
        },
      ],
      usage: usageOf(result),
    })),

  async *events(result) {
    const { manifest } = result
    yield event(chunk(manifest, { role: 'assistant', content: manifest.text ?? '' }))
    yield* eventWithImages(result, (base64) =>
      chunk(manifest, { role: 'assistant', content: '', images: images(manifest, base64) }),
    )
    yield event({
      ...chunk(manifest, { role: 'assistant', content: '' }, 'stop'),
      usage: usageOf(result),
    })
  },

  errorEvent(error, { fingerprint, model }) {
    const envelope = { id: `gen-${fingerprint}`, created: Math.floor(Date.now() / 1000), model }
    return event({
      ...envelope,
      object: 'chat.completion.chunk',
      error: toWireError(error),
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    })
  },
}

function chunk(manifest: Manifest, delta: object, finishReason: 'stop' | null = null) {
  return {
    id: generationId(manifest),
    object: 'chat.completion.chunk',
    created: createdAt(manifest),
    model: manifest.model,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  }
}

function images(manifest: Manifest, base64: (index: number) => string) {
  return manifest.images.map(({ media_type }, index) => ({
    type: 'image_url',
    index,
    image_url: { url: `data:${media_type};base64,${base64(index)}` },
  }))
}
