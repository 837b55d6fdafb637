import type { LockEntry } from '../lock/schema.ts'
import type { FileFormat } from '../config/file-format.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Pruned } from './prune.ts'

/** What became of one image. */
export type ImageResult = { readonly planned: PlannedImage } & (
  | {
      readonly outcome: 'generated'
      readonly entry: LockEntry
      readonly convertedFrom?: FileFormat
      readonly note?: string
      /** Milliseconds that it took. */
      readonly ms: number
    }
  /** Nothing to do, or left alone although it drifted. */
  | { readonly outcome: 'kept' }
  | {
      readonly outcome: 'failed'
      /** An `EaselErrorCode`, or `not_saved`, `drifted`, `aborted`. */
      readonly code: string
      readonly message: string
      /** Where an image is that could not be put into its place. */
      readonly rescuedTo?: string
      /** USD that was billed all the same. */
      readonly costUsd?: number
    }
  /** The run ended before its turn. */
  | { readonly outcome: 'not-tried' }
)

/** How a run went. */
export interface RunResult {
  /** In the order of the plan. */
  readonly images: readonly ImageResult[]
  /** What `prune` removed. */
  readonly pruned: readonly Pruned[]
  /** Why the run ended early; absent when it didn't. */
  readonly stoppedBy?: string
}

/** What happens while a run is under way. */
export type ProgressEvent =
  | { readonly type: 'begin'; readonly total: number; readonly estimateUsd: number | undefined }
  | { readonly type: 'start'; readonly path: string }
  | { readonly type: 'finish'; readonly result: ImageResult }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end' }

export type Report = (event: ProgressEvent) => void

/** USD that a run has cost, as far as the answers said. */
export function costOf(result: RunResult): number {
  const costs = result.images.map((image) => {
    if (image.outcome === 'generated') return image.entry.cost_usd ?? 0
    return image.outcome === 'failed' ? (image.costUsd ?? 0) : 0
  })
  // Millionths, so that floating point adds no digits.
  return Math.round(costs.reduce((sum, cost) => sum + cost, 0) * 1e6) / 1e6
}

export function hasFailed(result: RunResult): boolean {
  return result.images.some(({ outcome }) => outcome === 'failed' || outcome === 'not-tried')
}
