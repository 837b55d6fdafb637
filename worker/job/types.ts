import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { UpstreamRequest } from '../../shared/openrouter/request.ts'
import type { Caller } from '../access/access.ts'
import type { ImageRecord, StoredImage } from '../gallery/image-store.ts'
import type { Described, Manifest } from '../gallery/manifest.ts'
import type { Failure } from './failure.ts'

/** What is to be generated, checked and estimated, and who asks. */
export interface Order {
  readonly fingerprint: Fingerprint
  /** Ready to be sent: a job knows nothing of specs. */
  readonly request: UpstreamRequest
  /** What the fingerprint is made of; kept beside the images. */
  readonly described: Described
  /** As it was asked for. */
  readonly model: string
  /** For the log, where it is wanted there. */
  readonly prompt: string
  /** USD to set aside. */
  readonly reserveUsd: number
  readonly caller: Caller
  /** Generate it although it is there. */
  readonly refresh: boolean
}

/**
 * How far a generation is; survives the object it runs in.
 *
 * - `queued`: money is reserved, OpenRouter not asked
 * - `started`: OpenRouter is being asked; found after a restart, nobody knows how it ended
 * - `storing`: the images are here and paid for, and R2 doesn't take them yet
 * - `failed`: told to everybody until `until`
 */
export type JobState =
  | { readonly phase: 'queued'; readonly attempt: string }
  | { readonly phase: 'started'; readonly attempt: string; readonly startedAt: number }
  | { readonly phase: 'storing'; readonly records: readonly ImageRecord[]; readonly manifest: Manifest }
  | { readonly phase: 'failed'; readonly failure: Failure; readonly until: number }

/** How an attempt ended. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly failure: Failure }

/**
 * What somebody who asks for an image is told. `joined`: it was being generated for somebody else already.
 * `generated`: the image itself, for who had it generated and wanted it at once; without, it is stored.
 */
export type GenerateResult =
  | { readonly ok: true; readonly cache: 'miss' | 'joined'; readonly generated?: StoredImage | undefined }
  | { readonly ok: false; readonly failure: Failure }
