import type { Fingerprint } from '../../shared/fingerprint.ts'
import { EXTENSION, type ImageMediaType } from '../../shared/media/picture.ts'

/** All that is known of one generation; in R2 as `images/<fingerprint>/manifest.json`, and shown as it is. */
export interface Manifest {
  readonly fingerprint: Fingerprint
  readonly model: string
  readonly images: readonly ManifestImage[]
  /** Absent when OpenRouter did not say. */
  readonly cost_usd?: number | undefined
  readonly generation_id?: string | undefined
  /** What the model said beside the pictures. */
  readonly text?: string | undefined
  /** ISO 8601. */
  readonly created: string
  /** The spec as it is hashed; shown to tokens only, for a prompt may be private. */
  readonly spec: Readonly<Record<string, unknown>>
}

export interface ManifestImage {
  readonly sha256: string
  readonly media_type: ImageMediaType
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** Where a picture stands under its own name: `/i/<fingerprint>[.<index>].<extension>`. */
export function imagePath(fingerprint: Fingerprint, index: number, mediaType: ImageMediaType): string {
  return `/i/${fingerprint}${index > 0 ? `.${index}` : ''}.${EXTENSION[mediaType]}`
}
