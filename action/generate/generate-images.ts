import { setFlagsFromString } from 'node:v8'
import pMap from 'p-map'
import { EaselError, UpstreamError } from '../../shared/errors.ts'
import type { LockStore } from '../lock/lock-store.ts'
import type { Plan, PlannedImage } from '../plan/plan.ts'
import { createBudget, type Limits, type Reservation } from './budget.ts'
import { generateImage, type GenerationTools } from './generate-image.ts'
import { type ImageResult, type OnProgress, type RunResult, totalEstimate } from './results.ts'
import { SaveError, systemErrorText } from '../adopt/image-saver.ts'
import { requestsFor } from './send-spec.ts'

export interface GenerateOptions extends Limits {
  /** Images generated at the same time, 1 or more. */
  readonly concurrency: number
  /** Whether a failure ends the run. Images in flight are finished either way. */
  readonly onError: 'fail' | 'keep-going'
}

export interface GenerateTools extends Omit<GenerationTools, 'signal' | 'onResponse'> {
  readonly root: string
  readonly lock: LockStore
  readonly onProgress: OnProgress
  /** Milliseconds, from any origin. */
  readonly now: () => number
  /** Aborted: start nothing new, finish what is in flight. */
  readonly stop: AbortSignal
  /** Aborted: cancel what is in flight as well. */
  readonly abort: AbortSignal
}

/** After these, every other image would fail the same way. */
const FATAL_CODES: ReadonlySet<string> = new Set(['credits_exhausted', 'upstream_unauthorized'])

type Failure = ImageResult & { readonly outcome: 'failed' }

/**
 * Generates every image that the plan says. Each is on disk and in the lock before the next one takes its slot. An
 * image that fails is a result, never an exception.
 */
export async function generateImages(
  plan: Plan,
  options: GenerateOptions,
  tools: GenerateTools,
): Promise<RunResult> {
  const { onProgress } = tools
  const budget = createBudget(options)
  let stoppedBy: string | undefined
  const isStopped = (): boolean => stoppedBy !== undefined || tools.stop.aborted || tools.abort.aborted

  const toGenerate = plan.images.filter(({ action }) => action === 'generate')
  const refused = plan.images.filter(({ action }) => action === 'fail').map(driftFailure)
  if (refused.length > 0 && options.onError === 'fail') stoppedBy = 'A file is not the one that Easel wrote.'
  onProgress({ type: 'begin', total: toGenerate.length, estimateUsd: totalEstimate(toGenerate) })
  for (const result of refused) onProgress({ type: 'finish', result })

  async function generateNext(planned: PlannedImage): Promise<ImageResult> {
    if (isStopped()) return { planned, outcome: 'not-tried' }
    const reservation = await budget.reserve(planned.image.estimate)
    if (isStopped()) {
      if ('settle' in reservation) reservation.settle(0)
      return { planned, outcome: 'not-tried' }
    }
    // The others may be cheaper and still fit: a limit stops this image, not the run.
    const result =
      'refused' in reservation
        ? failed(planned, 'budget_exhausted', reservation.refused)
        : await attempt(planned, reservation, tools)
    onProgress({ type: 'finish', result })
    if (result.outcome === 'failed') {
      if (FATAL_CODES.has(result.code)) stoppedBy ??= result.message
      else if (options.onError === 'fail' && result.code !== 'budget_exhausted') {
        stoppedBy ??= `${planned.image.path} failed.`
      }
    }
    return result
  }

  // Images live outside V8's heap, so nothing long-lived is allocated inside while they are read. The young
  // generation would still double again and again, and hold on to 80 MB.
  setFlagsFromString('--semi-space-growth-factor=1')
  const attempted = await pMap(toGenerate, generateNext, { concurrency: options.concurrency })
  onProgress({ type: 'end' })
  if (tools.abort.aborted || tools.stop.aborted) stoppedBy = 'The run was interrupted.'
  const byPath = new Map([...refused, ...attempted].map((result) => [result.planned.image.path, result]))
  return {
    images: plan.images.map(
      (planned) => byPath.get(planned.image.path) ?? { planned, outcome: 'unchanged' as const },
    ),
    pruned: [],
    ...(stoppedBy !== undefined && { stoppedBy }),
  }
}

/** How far a request got, and what it cost. */
interface Attempt {
  state: 'not sent' | 'sent' | 'received'
  costUsd?: number | undefined
}

async function attempt(
  planned: PlannedImage,
  reservation: Reservation,
  tools: GenerateTools,
): Promise<ImageResult> {
  const { image } = planned
  const begun = tools.now()
  const request: Attempt = { state: 'not sent' }
  try {
    await tools.saver.check(image)
    const candidates = await requestsFor(tools.root, image)
    tools.onProgress({ type: 'start', path: image.path })
    request.state = 'sent'
    const { entry, convertedFrom, note } = await generateImage(planned, candidates, {
      ...tools,
      signal: tools.abort,
      onResponse: (costUsd) => Object.assign(request, { state: 'received', costUsd }),
    })
    if (note !== undefined) tools.onProgress({ type: 'note', message: note })
    await writeLockEntry(tools.lock, image.path, entry)
    reservation.settle(entry.cost_usd)
    return {
      planned,
      outcome: 'generated',
      entry,
      ms: tools.now() - begun,
      ...(convertedFrom && { convertedFrom }),
    }
  } catch (error) {
    const result = failure(planned, error, request, { isAborted: tools.abort.aborted })
    // What may have been billed counts with its estimate, and so does an image whose response named no cost.
    const isBilled = request.state === 'received' || result.mayHaveBeenBilled
    reservation.settle(result.costUsd ?? (isBilled ? undefined : 0))
    return result
  }
}

async function writeLockEntry(
  lock: LockStore,
  path: string,
  entry: Parameters<LockStore['set']>[1],
): Promise<void> {
  try {
    await lock.set(path, entry)
  } catch (error) {
    const why = error instanceof Error && error.name === 'LockError' ? error.message : systemErrorText(error)
    throw new SaveError(
      `${path} was written, but ${lock.path} could not be updated: ${why}`,
      undefined,
      error,
    )
  }
}

function failure(
  planned: PlannedImage,
  error: unknown,
  request: Attempt,
  { isAborted }: { readonly isAborted: boolean },
): Failure {
  const costUsd = billedUsd(error) ?? request.costUsd
  const cost = costUsd === undefined ? {} : { costUsd }
  if (error instanceof SaveError) {
    const { message, rescuedTo } = error
    return {
      ...failed(planned, 'not_saved', message),
      ...cost,
      ...(rescuedTo !== undefined && { rescuedTo }),
    }
  }
  if (error instanceof UpstreamError && error.mayHaveBeenBilled) {
    return { ...failed(planned, 'billing_unknown', error.message), mayHaveBeenBilled: true }
  }
  if (error instanceof EaselError) return { ...failed(planned, error.code, error.message), ...cost }
  const doubt = request.state === 'sent' ? { mayHaveBeenBilled: true as const } : {}
  if (isAborted) {
    return { ...failed(planned, 'aborted', 'Cancelled before the image arrived.'), ...cost, ...doubt }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { ...failed(planned, 'internal', `This is a bug in Easel: ${message}`), ...cost, ...doubt }
}

/** What OpenRouter billed for a response without a usable image. */
function billedUsd(error: unknown): number | undefined {
  return error instanceof UpstreamError ? error.billedUsd : undefined
}

function driftFailure(planned: PlannedImage): Failure {
  const { file, image } = planned
  return failed(
    planned,
    'drifted',
    file.kind === 'other'
      ? `${image.path} is ${file.what}: move it away.`
      : `${image.path} is not the file that Easel wrote, and on-drift is fail.`,
  )
}

function failed(planned: PlannedImage, code: string, message: string): Failure {
  return { planned, outcome: 'failed', code, message }
}
