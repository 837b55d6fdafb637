import type { Diagnostic } from '../config/diagnostic.ts'
import type { Doubt } from '../generate/doubts.ts'
import {
  costOf,
  type ImageResult,
  possiblyBilled,
  type RunResult,
  totalEstimate,
} from '../generate/results.ts'
import type { LockEntry } from '../lock/schema.ts'
import type { AliasChange } from '../plan/alias-change.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import type { PlannedProject } from '../plan/plan-project.ts'

/** One image of a report. Fields have the names that `easel.yml` and the lock use. */
export interface ImageReport {
  readonly path: string
  readonly id?: string
  readonly alt?: string
  readonly status: PlannedImage['status']
  /** What a run does, or did, with it. */
  readonly action: PlannedImage['action']
  readonly changes: PlannedImage['changes']
  readonly model: string
  readonly aspect_ratio?: string
  readonly image_size?: string
  readonly size?: string
  readonly format: string
  readonly prompt: string
  readonly fingerprint: string
  /** `null`: unknown. */
  readonly estimate_usd: number | null
  readonly estimate_basis: string
  /** Set when the model is an alias that now means another model than when the image was generated. */
  readonly alias_change?: AliasChange
  /** The current lock entry. */
  readonly file?: Omit<LockEntry, 'spec' | 'fingerprint'>
  /** The lock entry before the run, if the run replaced it. */
  readonly previous?: Omit<LockEntry, 'spec'>
  readonly outcome?: ImageResult['outcome']
  readonly error?: { readonly code: string; readonly message: string }
  readonly rescued_to?: string
  readonly cost_usd?: number
  /** The request may have been billed, and nobody can tell; `estimate_usd` is what it may have cost. */
  readonly may_have_been_billed?: true
  readonly seconds?: number
}

/** Everything about a plan, and about its run. */
export interface Report {
  readonly config: string
  readonly lock: string
  /** Whether models and prices are OpenRouter's current ones, or come from the snapshot. */
  readonly prices: 'live' | 'snapshot'
  readonly images: readonly ImageReport[]
  readonly orphans: readonly { readonly path: string; readonly file?: string; readonly why?: string }[]
  readonly totals: {
    readonly images: number
    /** To generate. */
    readonly planned: number
    /** To adopt: their bytes exist, so they cost nothing. */
    readonly to_adopt: number
    readonly up_to_date: number
    readonly drifted: number
    readonly orphans: number
    /** `null` when the price of one image is unknown. */
    readonly estimate_usd: number | null
    readonly generated?: number
    readonly adopted?: number
    readonly failed?: number
    readonly not_tried?: number
    /** USD that was billed, as far as the responses said. */
    readonly cost_usd?: number
    /** Images whose requests may have been billed. `cost_usd` leaves them out. */
    readonly may_have_been_billed?: number
    /** Their estimate; `null` when one of the prices is unknown. */
    readonly may_have_been_billed_usd?: number | null
  }
  readonly stopped_by?: string
  /** Images that were in flight when an earlier run died: billed as said, or maybe. */
  readonly interrupted?: readonly {
    readonly path: string
    readonly billed_usd?: number
    readonly estimate_usd?: number
  }[]
  readonly warnings: readonly Diagnostic[]
}

export function reportOf({ project, plan }: PlannedProject, result?: RunResult): Report {
  const results = new Map(result?.images.map((image) => [image.planned.image.path, image]))
  const pruned = new Map(result?.pruned.map(({ path, ...rest }) => [path, rest]))
  return {
    config: project.configPath,
    lock: project.lock.path,
    prices: project.images.some(({ source }) => source === 'snapshot') ? 'snapshot' : 'live',
    images: plan.images.map((planned) => imageReport(planned, results.get(planned.image.path))),
    orphans: plan.orphans.map(({ path, why }) => ({
      path,
      ...(why !== undefined && { why }),
      ...pruned.get(path),
    })),
    totals: { ...planTotals(plan), ...(result && runTotals(result)) },
    ...(result?.stoppedBy !== undefined && { stopped_by: result.stoppedBy }),
    ...(result && result.doubts.length > 0 && { interrupted: result.doubts.map(doubtReport) }),
    warnings: project.warnings,
  }
}

function imageReport(planned: PlannedImage, result: ImageResult | undefined): ImageReport {
  const { image, status, action, changes, entry } = planned
  const { model, aspect_ratio, image_size, size, prompt } = image.spec
  const isNew = result?.outcome === 'generated' || result?.outcome === 'adopted'
  const current = isNew ? result.entry : entry
  return {
    path: image.path,
    ...(image.id !== undefined && { id: image.id }),
    ...(image.alt !== undefined && { alt: image.alt }),
    status,
    action,
    changes,
    model,
    ...(aspect_ratio && { aspect_ratio }),
    ...(image_size && { image_size }),
    ...(size && { size }),
    format: image.format,
    prompt,
    fingerprint: image.fingerprint,
    estimate_usd: image.estimate.usd ?? null,
    estimate_basis: image.estimate.basis,
    ...(planned.aliasChange && { alias_change: planned.aliasChange }),
    ...(current && { file: fileOf(current) }),
    ...(isNew && entry && { previous: { fingerprint: entry.fingerprint, ...fileOf(entry) } }),
    ...(result && outcomeOf(result)),
  }
}

function doubtReport({ path, billedUsd, estimateUsd }: Doubt): NonNullable<Report['interrupted']>[number] {
  return {
    path,
    ...(billedUsd !== undefined && { billed_usd: billedUsd }),
    ...(estimateUsd !== undefined && { estimate_usd: estimateUsd }),
  }
}

function fileOf({
  spec: _spec,
  fingerprint: _fingerprint,
  ...file
}: LockEntry): Omit<LockEntry, 'spec' | 'fingerprint'> {
  return file
}

function outcomeOf(
  result: ImageResult,
): Pick<ImageReport, 'outcome' | 'error' | 'rescued_to' | 'cost_usd' | 'may_have_been_billed' | 'seconds'> {
  const { outcome } = result
  if (outcome === 'generated') {
    const { cost_usd } = result.entry
    return { outcome, ...(cost_usd !== undefined && { cost_usd }), seconds: Math.round(result.ms) / 1000 }
  }
  if (outcome !== 'failed') return { outcome }
  const { code, message, rescuedTo, costUsd, mayHaveBeenBilled } = result
  return {
    outcome,
    error: { code, message },
    ...(rescuedTo !== undefined && { rescued_to: rescuedTo }),
    ...(costUsd !== undefined && { cost_usd: costUsd }),
    ...(mayHaveBeenBilled && { may_have_been_billed: mayHaveBeenBilled }),
  }
}

function planTotals({ images, orphans }: Plan): Report['totals'] {
  const toGenerate = images.filter(({ action }) => action === 'generate')
  return {
    images: images.length,
    planned: toGenerate.length,
    to_adopt: images.filter(({ action }) => action === 'adopt').length,
    up_to_date: images.filter(({ status }) => status === 'up-to-date').length,
    drifted: images.filter(({ status }) => status === 'drifted').length,
    orphans: orphans.length,
    estimate_usd: totalEstimate(toGenerate) ?? null,
  }
}

function runTotals(result: RunResult): Partial<Report['totals']> {
  const countOf = (outcome: ImageResult['outcome']): number =>
    result.images.filter((image) => image.outcome === outcome).length
  const inDoubt = possiblyBilled(result)
  return {
    generated: countOf('generated'),
    adopted: countOf('adopted'),
    failed: countOf('failed'),
    not_tried: countOf('not-tried'),
    cost_usd: costOf(result),
    may_have_been_billed: inDoubt.length,
    may_have_been_billed_usd: totalEstimate(inDoubt) ?? null,
  }
}
