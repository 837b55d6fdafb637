import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import type { Caller } from '../access/access.ts'
import type { Settlement } from '../budget/types.ts'
import type { ImageRecord } from '../gallery/image-store.ts'
import type { Described, Manifest } from '../gallery/manifest.ts'
import type { Failure } from './failure.ts'

/** What a job generates: checked, priced, and ready to be sent. A job knows nothing of specs. */
export interface JobRequest {
  readonly fingerprint: Fingerprint
  /** The models to ask, in order. */
  readonly candidates: Candidates
  /** What the fingerprint stands for; goes into the manifest. */
  readonly described: Described
  /** The first, as it was asked for. */
  readonly model: string
  /** For the log, where `EASEL_LOG_PROMPTS` allows it. */
  readonly prompt: string
  /** USD: what people see, and what counts when the bill stays unknown. */
  readonly estimateUsd: number
  /** USD: the most that the request can cost. */
  readonly reserveUsd: number
  readonly caller: Caller
  /** Generate although the image is cached, and replace it. */
  readonly refresh: boolean
  /** Milliseconds since the epoch: when the caller saw that the image isn't cached. */
  readonly lookedAt: number
}

/** A {@link JobRequest} on its way to its job, which reads only these fields of it before it reserves the money. */
export interface SentRequest extends Pick<
  JobRequest,
  'fingerprint' | 'model' | 'reserveUsd' | 'caller' | 'refresh' | 'lookedAt'
> {
  readonly packed: PackedRequest
}

/** JSON in UTF-8; a stream where it is large. */
export type PackedRequest = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

/** What an attempt cost, for the ledger. */
export interface Bill extends Settlement {
  readonly attempt: string
}

/** How a generation ended. */
export type Outcome = Stored | Refusal

export interface Stored {
  readonly ok: true
  /** Absent when the image turned out to be stored already. */
  readonly manifest?: Manifest | undefined
  /** What was small enough to be held in memory until it was stored. */
  readonly held?: readonly HeldImage[]
}

export interface Refusal {
  readonly ok: false
  readonly failure: Failure
  /** Whether another caller may be admitted all the same. */
  readonly isCallers?: boolean
}

export interface HeldImage {
  readonly record: ImageRecord
  readonly bytes: ArrayBuffer
}

/** `collapsed`: the image was being generated, or had just been, for somebody else. */
export type JobResult =
  | {
      readonly ok: true
      readonly cache: 'miss' | 'collapsed'
      readonly manifest?: Manifest | undefined
      /** The image that was asked for, where it is at hand. */
      readonly image?: HeldImage | undefined
    }
  | Refusal

/** A generation that requests wait for, or join. */
export interface Flight {
  /** An outcome: it ended before it began. */
  readonly admission: Promise<Run | Outcome>
  readonly finished: Promise<Outcome>
  /** Whether one more request that joined may be sent the image: what they are sent is limited. */
  takeBytes(image: HeldImage | undefined): boolean
}

/** A run that has begun, or will soon. Wrapped, since a promise of a promise is only its end. */
export interface Run {
  readonly run: Promise<Outcome>
}
