import type { ApiError } from './errors.ts'
import type { Fault } from './faults.ts'
import type { ParsedRequest } from './parsed-request.ts'
import type { Bill } from './prices.ts'
import type { EncodedImage } from './studio.ts'

/** What is known of a generation before its images: a stream begins with it. */
export interface StartedGeneration {
  readonly id: string
  /** Unix seconds. */
  readonly created: number
  readonly request: ParsedRequest
  /** What the model writes beside the images; `null` for nothing. */
  readonly text: string | null
  readonly fault: Fault
}

/** A generation that both wires serialise. */
export interface Generation extends StartedGeneration {
  readonly images: readonly EncodedImage[]
  readonly bill: Bill
  /** What went wrong after the images. */
  readonly error: ApiError | undefined
}

/** What a generation turned out to be. */
export interface Outcome {
  readonly generation: Generation
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly streamed: boolean
  readonly referer: string | null
  readonly billed: boolean
}
