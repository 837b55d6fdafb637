import { setFlagsFromString } from 'node:v8'
import pMap from 'p-map'
import { EaselError } from '../../shared/errors.ts'
import type { LockStore } from '../lock/lock-store.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { type Caps, createBudget, type Reservation } from './budget.ts'
import { generateImage, type GenerationTools } from './generate-image.ts'
import type { ImageResult, Report, RunResult } from './results.ts'
import { SaveError, sayWhy } from './save-image.ts'

export interface GenerateOptions extends Caps {
  /** Images under way at the same time, 1 or more. */
  readonly concurrency: number
  /** Whether one failure ends the run: what is under way is finished, nothing new begins. */
  readonly onError: 'fail' | 'keep-going'
}

export interface GenerateTools extends Omit<GenerationTools, 'signal' | 'onCost'> {
  readonly lock: LockStore
  readonly report: Report
  /** Milliseconds, from any beginning. */
  readonly now: () => number
  /** Aborted: begin nothing new, finish what is under way. */
  readonly stop: AbortSignal
  /** Aborted: give up what is under way as well. */
  readonly abort: AbortSignal
}

/** The image may have been billed, or was, although it never arrived whole. */
const BILLED: ReadonlySet<string> = new Set(['billing_unknown', 'upstream_invalid', 'no_image'])

/** After these, asking for the next image can only fail the same way. */
const HOPELESS: ReadonlySet<string> = new Set(['credits_exhausted', 'upstream_unauthorized'])

/**
 * Makes every image that the plan says, and puts each into the lock as soon as it is on disk. Never throws for
 * what happens to one image: the result says it.
 */
export async function generateImages(
  plan: Plan,
  options: GenerateOptions,
  tools: GenerateTools,
): Promise<RunResult> {
  const { report } = tools
  const budget = createBudget(options)
  let stoppedBy: string | undefined
  const isStopped = (): boolean => stoppedBy !== undefined || tools.stop.aborted || tools.abort.aborted

  const toGenerate = plan.images.filter(({ action }) => action === 'generate')
  const refused = plan.images.filter(({ action }) => action === 'fail').map(refusal)
  if (refused.length > 0 && options.onError === 'fail') stoppedBy = 'A file is not the one that Easel wrote.'
  report({ type: 'begin', total: toGenerate.length, estimateUsd: totalEstimate(toGenerate) })
  for (const result of refused) report({ type: 'finish', result })

  async function one(planned: PlannedImage): Promise<ImageResult> {
    if (isStopped()) return { planned, outcome: 'not-tried' }
    const reservation = await budget.reserve(planned.image.estimate)
    if (isStopped()) {
      if ('settle' in reservation) reservation.settle(0)
      return { planned, outcome: 'not-tried' }
    }
    // What a cap leaves out is no reason to leave out the others, which may be cheaper.
    const result =
      'refused' in reservation
        ? failed(planned, 'budget_exhausted', reservation.refused)
        : await attempt(planned, reservation, tools)
    report({ type: 'finish', result })
    if (result.outcome === 'failed') {
      if (HOPELESS.has(result.code)) stoppedBy ??= result.message
      else if (options.onError === 'fail' && result.code !== 'budget_exhausted') {
        stoppedBy ??= `${planned.image.path} failed.`
      }
    }
    return result
  }

  // Images lie outside of V8's heap. Inside, nothing that lives long is made while they are read; yet the room
  // for what is new would double again and again, and hold back 80 MB.
  setFlagsFromString('--semi-space-growth-factor=1')
  const generated = await pMap(toGenerate, one, { concurrency: options.concurrency })
  report({ type: 'end' })
  if (tools.abort.aborted || tools.stop.aborted) stoppedBy = 'The run was interrupted.'
  const byPath = new Map([...refused, ...generated].map((result) => [result.planned.image.path, result]))
  return {
    images: plan.images.map(
      (planned) => byPath.get(planned.image.path) ?? { planned, outcome: 'kept' as const },
    ),
    pruned: [],
    ...(stoppedBy !== undefined && { stoppedBy }),
  }
}

async function attempt(
  planned: PlannedImage,
  reservation: Reservation,
  tools: GenerateTools,
): Promise<ImageResult> {
  const { image } = planned
  const begun = tools.now()
  let costUsd: number | undefined
  let mayBePaid = false
  try {
    await tools.saver.check(image)
    tools.report({ type: 'start', path: image.path })
    mayBePaid = true
    const { entry, convertedFrom, note } = await generateImage(planned, {
      ...tools,
      signal: tools.abort,
      onCost: (usd) => (costUsd = usd),
    })
    if (note !== undefined) tools.report({ type: 'note', message: note })
    await intoLock(tools.lock, image.path, entry)
    return {
      planned,
      outcome: 'generated',
      entry,
      ms: tools.now() - begun,
      ...(convertedFrom && { convertedFrom }),
    }
  } catch (error) {
    // OpenRouter bills no generation that failed, except where it can't know that it did.
    if (error instanceof EaselError) {
      costUsd ??= error.extras.billedUsd
      mayBePaid = BILLED.has(error.code)
    }
    return failure(planned, error, { costUsd, isAborted: tools.abort.aborted })
  } finally {
    reservation.settle(costUsd ?? (mayBePaid ? undefined : 0))
  }
}

async function intoLock(
  lock: LockStore,
  path: string,
  entry: Parameters<LockStore['set']>[1],
): Promise<void> {
  try {
    await lock.set(path, entry)
  } catch (error) {
    const why = error instanceof Error && error.name === 'LockError' ? error.message : sayWhy(error)
    throw new SaveError(
      `${path} is in its place, but could not be entered into ${lock.path}: ${why}`,
      undefined,
      error,
    )
  }
}

function failure(
  planned: PlannedImage,
  error: unknown,
  { costUsd, isAborted }: { readonly costUsd: number | undefined; readonly isAborted: boolean },
): ImageResult {
  const cost = costUsd === undefined ? {} : { costUsd }
  if (error instanceof SaveError) {
    const { message, rescuedTo } = error
    return {
      ...failed(planned, 'not_saved', message),
      ...cost,
      ...(rescuedTo !== undefined && { rescuedTo }),
    }
  }
  if (error instanceof EaselError) return { ...failed(planned, error.code, error.message), ...cost }
  if (isAborted) {
    return failed(planned, 'aborted', 'Given up before the image came. It may be billed all the same.')
  }
  const message = error instanceof Error ? error.message : String(error)
  return { ...failed(planned, 'internal', `This is a bug in Easel: ${message}`), ...cost }
}

function refusal(planned: PlannedImage): ImageResult & { readonly outcome: 'failed' } {
  const { file, image } = planned
  return failed(
    planned,
    'drifted',
    file.kind === 'other'
      ? `${image.path} is ${file.what}: move it away.`
      : `${image.path} is not the file that Easel wrote, and on-drift is fail.`,
  )
}

function failed(
  planned: PlannedImage,
  code: string,
  message: string,
): ImageResult & { readonly outcome: 'failed' } {
  return { planned, outcome: 'failed', code, message }
}

/** USD for all of them; `undefined` when the price of one isn't known. */
export function totalEstimate(images: readonly PlannedImage[]): number | undefined {
  let sum = 0
  for (const { image } of images) {
    if (image.estimate.usd === undefined) return undefined
    sum += image.estimate.usd
  }
  return Math.round(sum * 1e6) / 1e6
}
