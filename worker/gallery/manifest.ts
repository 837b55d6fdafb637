import type { Fingerprint } from '../../shared/fingerprint.ts'
import { EXTENSION, type ImageMediaType } from '../../shared/media/image.ts'
import type { FailedModel } from '../../shared/response/response-events.ts'

/**
 * What a fingerprint stands for: the canonical spec or, where no spec can express it, OpenRouter's request.
 * Shown to tokens only, since a prompt may be private.
 */
export type Described =
  | { readonly spec: Readonly<Record<string, unknown>> }
  | {
      readonly request: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }
      /** All its words. */
      readonly prompt: string
    }

/** Everything known of one generation; in R2 as `images/<fingerprint>/manifest.json`. */
export type Manifest = Described & ManifestFacts

export interface ManifestFacts {
  readonly fingerprint: Fingerprint
  /** The model that served: where OpenRouter doesn't name it, the one asked for, or what that alias meant. */
  readonly model: string
  /** The models of the spec that were asked first, and why they didn't serve; absent when the first one did. */
  readonly failed_models?: readonly FailedModel[] | undefined
  readonly images: readonly ManifestImage[]
  /** Why images are missing, one sentence each; absent when none is. */
  readonly problems?: readonly string[] | undefined
  /** USD for all images together; absent when OpenRouter didn't report a cost. */
  readonly cost_usd?: number | undefined
  readonly generation_id?: string | undefined
  /** Absent when OpenRouter didn't report it. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | undefined
  /** What the model said beside the images. */
  readonly text?: string | undefined
  /** ISO 8601. */
  readonly created: string
}

export interface ManifestImage {
  /** Lower-case hex, of the bytes. */
  readonly sha256: string
  readonly media_type: ImageMediaType
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** Base64; absent until somebody has read the manifest. */
  readonly thumbhash?: string | undefined
}

/** Indexes of the images whose thumbhash isn't known. An SVG has none: it can't be transformed. */
export function missingThumbhashes({ images }: Manifest): readonly number[] {
  return images.flatMap(({ thumbhash, media_type }, index) =>
    thumbhash === undefined && media_type !== 'image/svg+xml' ? [index] : [],
  )
}

/** The part of a manifest that only tokens may see. */
export function describedIn(manifest: Manifest): Described {
  return 'spec' in manifest ? { spec: manifest.spec } : { request: manifest.request, prompt: manifest.prompt }
}

/** The words that a generation came from. */
export function promptOf(described: Described): string {
  return 'spec' in described ? String(described.spec['prompt']) : described.prompt
}

/** The path of an image by its fingerprint: `/i/<fingerprint>[.<index>].<extension>`. */
export function imagePath(fingerprint: Fingerprint, index: number, mediaType: ImageMediaType): string {
  return `/i/${fingerprint}${index > 0 ? `.${index}` : ''}.${EXTENSION[mediaType]}`
}
