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
  json: (kept) =>
    jsonWithImages(kept, (base64) => ({
      id: generationId(kept.manifest),
      object: 'chat.completion',
      created: createdAt(kept.manifest),
      model: kept.manifest.model,
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: kept.manifest.text ?? '',
            images: images(kept.manifest, base64),
          },
        },
      ],
      usage: usageOf(kept),
    })),

  async *events(kept) {
    const { manifest } = kept
    yield event(chunk(manifest, { role: 'assistant', content: manifest.text ?? '' }))
    yield* eventWithImages(kept, (base64) =>
      chunk(manifest, { role: 'assistant', content: '', images: images(manifest, base64) }),
    )
    yield event({
      ...chunk(manifest, { role: 'assistant', content: '' }, 'stop'),
      usage: usageOf(kept),
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
