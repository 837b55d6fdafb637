import type { UpstreamErrorCode } from '../errors.ts'
import type { InspectedImage } from '../media/inspect-image.ts'
import type { Description } from './response-parts.ts'

/** What a response brings, in the order in which it arrives. */
export type ResponseEvent =
  | { readonly type: 'text'; readonly text: string }
  | ImageEvent
  /** Last. At least one whole image came before it. */
  | ({ readonly type: 'done' } & ResponseSummary)

export type ImageEvent =
  /** The next bytes of the image that is arriving. The buffer is reused: valid until the next event is asked for. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The bytes since the last `image` or `discard` are a whole image. `index` counts whole images from 0. */
  | { readonly type: 'image'; readonly index: number; readonly image: InspectedImage }
  /** The bytes since the last `image` or `discard` are a preview, or a broken image: then `problem` says why. */
  | { readonly type: 'discard'; readonly problem?: string }

/** A model that was asked first, and did not serve. */
export interface FailedModel {
  readonly model: string
  readonly code: UpstreamErrorCode
  /** A sentence for people. */
  readonly message: string
}

/** What is known of a generation beside its images. */
export interface ResponseSummary extends Description {
  /** The models that were asked before the one that served, in order; absent when there was none. */
  readonly failedModels?: readonly FailedModel[]
  /** What was wrong with the response beside its whole images; a sentence each. */
  readonly problems: readonly string[]
}
