import type { FileFormat } from '../config/file-format.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import type { Doubt } from './doubts.ts'
import type { Pruned } from './prune.ts'

/** What a run did about one image. */
export type ImageResult = { readonly planned: PlannedImage } & (
  | {
      readonly outcome: 'generated'
      readonly entry: LockEntry
      readonly convertedFrom?: FileFormat
      /** How long it took, in milliseconds. */
      readonly ms: number
    }
  /** Its bytes existed, so it cost nothing. */
  | { readonly outcome: 'adopted'; readonly entry: LockEntry }
  /** Up to date, or edited by hand and not overwritten. */
  | { readonly outcome: 'unchanged' }
  | FailedImage
  /** The run ended first. */
  | { readonly outcome: 'not-tried' }
)

/** An image whose file and lock entry are written. */
export type SavedImage = Extract<ImageResult, { readonly outcome: 'generated' | 'adopted' }>

export type FailedResult = Extract<ImageResult, { readonly outcome: 'failed' }>

interface FailedImage {
  readonly outcome: 'failed'
  /** An `EaselErrorCode`, or `not_saved`, `drifted`, `aborted`. */
  readonly code: string
  readonly message: string
  /** Where the image is, when it could not be written to its path. */
  readonly rescuedTo?: string
  /** USD that was billed although no image is at its path. */
  readonly costUsd?: number
  /** The request may have been billed, and nobody can tell. */
  readonly mayHaveBeenBilled?: true
}

/** How a run went. */
export interface RunResult {
  /** In the order of the plan. */
  readonly images: readonly ImageResult[]
  /** What `prune` removed. */
  readonly pruned: readonly Pruned[]
  /** What was in flight when an earlier run died. */
  readonly doubts: readonly Doubt[]
  /** Why the run ended early; absent when it didn't. */
  readonly stoppedBy?: string
}

/** What happens during a run. */
export type ProgressEvent =
  | {
      readonly type: 'begin'
      readonly total: number
      readonly estimateUsd: number | undefined
      readonly doubts: readonly Doubt[]
    }
  | { readonly type: 'start'; readonly path: string }
  | { readonly type: 'finish'; readonly result: ImageResult }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end' }

export type OnProgress = (event: ProgressEvent) => void

/** USD that was billed for a run, as far as the responses said. Leaves out what only may have been billed. */
export function costOf(result: RunResult): number {
  return sumUsd(
    result.images.map((image) => {
      if (image.outcome === 'generated') return image.entry.cost_usd ?? 0
      return image.outcome === 'failed' ? (image.costUsd ?? 0) : 0
    }),
  )
}

/** Images whose requests may have been billed, although no image arrived. */
export function possiblyBilled(result: RunResult): readonly PlannedImage[] {
  return result.images.flatMap((image) =>
    image.outcome === 'failed' && image.mayHaveBeenBilled ? [image.planned] : [],
  )
}

/** The estimate for all images in USD; `undefined` when one of the prices is unknown. */
export function totalEstimate(images: readonly PlannedImage[]): number | undefined {
  const estimates = images.map(({ image }) => image.estimate.usd)
  const known = estimates.filter((usd) => usd !== undefined)
  return known.length === estimates.length ? sumUsd(known) : undefined
}

export function hasFailed({ images, stoppedBy }: RunResult): boolean {
  return (
    stoppedBy !== undefined || images.some(({ outcome }) => outcome === 'failed' || outcome === 'not-tried')
  )
}

/** Of a run with nothing to do. */
export function unchanged({ images }: Plan): RunResult {
  return {
    images: images.map((planned) => ({ planned, outcome: 'unchanged' })),
    pruned: [],
    doubts: [],
  }
}

export function failed(planned: PlannedImage, code: string, message: string): FailedResult {
  return { planned, outcome: 'failed', code, message }
}

/** Rounded to millionths, so that floating point adds no digits. */
function sumUsd(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((sum, usd) => sum + usd, 0) * 1e6) / 1e6
}
