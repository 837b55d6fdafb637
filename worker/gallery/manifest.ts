import type { Fingerprint } from '../../shared/fingerprint.ts'
import { EXTENSION, type ImageMediaType } from '../../shared/media/image.ts'

/**
 * What a fingerprint is made of: a spec as it is hashed or, where no spec can express it, OpenRouter's request.
 * Shown to tokens only, for a prompt may be private.
 */
export type Described =
  | { readonly spec: Readonly<Record<string, unknown>> }
  | {
      readonly request: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }
    }

/** All that is known of one generation; in R2 as `images/<fingerprint>/manifest.json`, and shown as it is. */
export type Manifest = Described & ManifestFacts

interface ManifestFacts {
  readonly fingerprint: Fingerprint
  readonly model: string
  readonly images: readonly ManifestImage[]
  /** Absent when OpenRouter did not say. */
  readonly cost_usd?: number | undefined
  readonly generation_id?: string | undefined
  /** Absent when OpenRouter did not say. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | undefined
  /** What the model said beside the images. */
  readonly text?: string | undefined
  /** ISO 8601. */
  readonly created: string
}

/** The part of a manifest that only those with a token may see. */
export function describedIn(manifest: Manifest): Described {
  return 'spec' in manifest ? { spec: manifest.spec } : { request: manifest.request }
}

export interface ManifestImage {
  readonly sha256: string
  readonly media_type: ImageMediaType
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** Where an image stands under its own name: `/i/<fingerprint>[.<index>].<extension>`. */
export function imagePath(fingerprint: Fingerprint, index: number, mediaType: ImageMediaType): string {
  return `/i/${fingerprint}${index > 0 ? `.${index}` : ''}.${EXTENSION[mediaType]}`
}
