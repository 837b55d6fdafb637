import { latin1Bytes } from '../../shared/media/bytes.ts'
import { identifyImage, type ImageHeader } from '../../shared/media/image.ts'
import {
  createdAt,
  event,
  eventWithImages,
  jsonWithImages,
  type Result,
  type Wire,
} from '../dropin/response/wire.ts'
import { describedIn, type Manifest } from '../gallery/manifest.ts'
import type { Addressed } from '../routes/image-address.ts'
import { toOpenAiError } from './error.ts'

/** Base64 characters that nearly always hold an image's type and size; a multiple of four. */
const HEAD_CHARACTERS = 2 ** 14

export interface OpenAiWireOptions {
  /** Names the events. */
  readonly kind: 'image_generation' | 'image_edit'
  /** How many previews the client wants. */
  readonly partialImages: number
  /** The address to answer with instead of base64, where the client wants one. */
  readonly urlOf?: ((image: Addressed) => Promise<string>) | undefined
}

/** OpenAI's images API, as it answers a request. */
export function openAiWire({ kind, partialImages, urlOf }: OpenAiWireOptions): Wire {
  async function imagesOf({ manifest }: Result) {
    const { fingerprint, images } = manifest
    const urls =
      urlOf &&
      (await Promise.all(
        images.map(({ media_type: mediaType }, index) => urlOf({ fingerprint, index, mediaType })),
      ))
    return (index: number, base64: (index: number) => string) =>
      urls ? { url: urls[index] } : { b64_json: base64(index) }
  }

  return {
    async *json(result) {
      const { manifest } = result
      const imageOf = await imagesOf(result)
      yield* jsonWithImages(result, (base64) => ({
        created: createdAt(manifest),
        data: manifest.images.map((_, index) => imageOf(index, base64)),
        ...formOf(manifest.images[0]),
        ...optionsOf(manifest),
        usage: usageOf(result),
      }))
    },

    async *events(result) {
      const { manifest } = result
      const imageOf = await imagesOf(result)
      for (const [index, image] of manifest.images.entries()) {
        const type = `${kind}.completed`
        yield `event: ${type}\n`
        yield* eventWithImages(result, (base64) => ({
          type,
          ...imageOf(index, base64),
          created_at: createdAt(manifest),
          ...formOf(image),
          ...UNKNOWN_OPTIONS,
          ...optionsOf(manifest),
          // Of several images, the last brings the bill.
          ...(index === manifest.images.length - 1 && { usage: usageOf(result) }),
        }))
      }
    },

    ...(partialImages > 0 && {
      previewEvent({ index, base64 }) {
        if (index >= partialImages) return ''
        const type = `${kind}.partial_image`
        const created = Math.floor(Date.now() / 1000)
        const form = { ...UNKNOWN_FORM, ...formOf(headerOf(base64)) }
        const preview = { type, partial_image_index: index, b64_json: base64, created_at: created }
        return `event: ${type}\n${event({ ...preview, ...form, ...UNKNOWN_OPTIONS })}`
      },
    }),

    errorEvent: (error) => `event: error\n${event({ type: 'error', error: toOpenAiError(error) })}`,
  }
}

/** What OpenAI's clients expect in events, where the request didn't say. */
const UNKNOWN_OPTIONS = { quality: 'auto', background: 'auto' } as const
const UNKNOWN_FORM = { output_format: 'png', size: 'auto' } as const

/** Of the file itself, whatever was asked for. */
function formOf(image: ImageHeader | Manifest['images'][number] | undefined) {
  if (!image) return {}
  const mediaType = 'mediaType' in image ? image.mediaType : image.media_type
  return {
    output_format: mediaType.slice('image/'.length).replace('+xml', ''),
    size: `${image.width}x${image.height}`,
  }
}

/** As they were asked for: a request has the fingerprint only if it asked for the same. */
function optionsOf(manifest: Manifest) {
  const described = describedIn(manifest)
  const { quality, background } = 'spec' in described ? described.spec : {}
  return { ...(quality !== undefined && { quality }), ...(background !== undefined && { background }) }
}

function headerOf(base64: string): ImageHeader | undefined {
  try {
    return identifyImage([latin1Bytes(atob(base64.slice(0, HEAD_CHARACTERS)))])
  } catch {
    // `atob` throws on malformed input only. The preview is passed on as it came.
    return undefined
  }
}

function usageOf({ manifest, costUsd }: Result) {
  const { prompt_tokens: input = 0, completion_tokens: output = 0 } = manifest.usage ?? {}
  const described = describedIn(manifest)
  const hasImages = 'spec' in described && described.spec['input_images'] !== undefined
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    // With input images, OpenRouter doesn't say which are which.
    ...(!hasImages && { input_tokens_details: { text_tokens: input, image_tokens: 0 } }),
    ...(costUsd !== undefined && { cost: costUsd }),
  }
}
