import type { ImageHeader } from '../../shared/media/image.ts'
import type { Manifest } from '../gallery/manifest.ts'

/** R2's smallest part. All parts of an image have this size, the last one may be smaller. */
export const PART_BYTES = 5 * 2 ** 20

/** Up to {@link PART_BYTES} of an image, and where they are. */
export type Piece =
  | { readonly at: 'memory'; readonly bytes: ArrayBuffer }
  /** Uploaded as a part, whose number is the piece's position plus one. */
  | { readonly at: 'r2'; readonly part: R2UploadedPart }
  /** In the object's own storage. */
  | { readonly at: 'storage' }

/** A whole image that isn't visible yet. */
export interface PendingImage {
  readonly index: number
  readonly header: ImageHeader
  readonly byteLength: number
  /** Lower-case hex. */
  readonly sha256: string
  /** Absent while no piece was uploaded. */
  readonly uploadId?: string | undefined
  readonly pieces: readonly Piece[]
}

/** Whole images that aren't visible yet. */
export interface PendingGeneration {
  readonly images: readonly PendingImage[]
  readonly manifest: Manifest
  /** Whether an older generation is replaced: completely, its variants and its entry in the list included. */
  readonly replaces: boolean
}
