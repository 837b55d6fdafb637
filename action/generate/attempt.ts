import { EaselError, UpstreamError } from '../../shared/errors.ts'
import { isDiskProblem, SaveError, systemErrorText } from '../adopt/save-error.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { Reservation } from './budget.ts'
import { generateImage, type GenerationTools } from './generate-image.ts'
import { type InFlight, recordInFlight } from './in-flight.ts'
import { type FailedResult, failed, type ImageResult, type OnProgress, type SavedImage } from './results.ts'
import { requestsFor } from './send-spec.ts'

export interface AttemptTools extends Pick<GenerationTools, 'client' | 'saver' | 'onDiskProblem'> {
  readonly root: string
  readonly onProgress: OnProgress
  /** Milliseconds, from any origin. */
  readonly now: () => number
  /** Aborted: cancel what is in flight. */
  readonly abort: AbortSignal
}

/** How one image went, and whether the run can go on. */
export interface Attempted {
  readonly result: ImageResult
  /** The result with the final entry, when the image is in its place. Never fails. */
  readonly saved?: Promise<SavedImage>
  /** Why every other image would fail the same way. */
  readonly fatal?: string
}

/** How far a request got, and what it cost. */
interface Progress {
  state: 'not sent' | 'sent' | 'received'
  costUsd?: number | undefined
}

/** After these, every other image would fail the same way. */
const FATAL_CODES: ReadonlySet<string> = new Set(['credits_exhausted', 'upstream_unauthorized'])

/** Generates one image and puts it in its place. An image that fails is a result, never an exception. */
export async function attempt(
  planned: PlannedImage,
  reservation: Reservation,
  tools: AttemptTools,
): Promise<Attempted> {
  const { image } = planned
  const { saver, root, onProgress } = tools
  const begun = tools.now()
  const request: Progress = { state: 'not sent' }
  let inFlight: InFlight | undefined
  try {
    await saver.check(image)
    const candidates = await requestsFor(root, image)
    inFlight = await recordInFlight(root, image).catch((error: unknown) => {
      const why = `${image.path} was not requested, because nothing can be recorded: ${systemErrorText(error)}`
      throw new SaveError(why, undefined, error)
    })
    onProgress({ type: 'start', path: image.path })
    request.state = 'sent'
    const received = await generateImage(planned, candidates, {
      ...tools,
      signal: tools.abort,
      onGenerationId: inFlight.named,
      onResponse: (costUsd) => Object.assign(request, { state: 'received', costUsd }),
    })
    await inFlight.end()
    if (received.note !== undefined) onProgress({ type: 'note', message: received.note })
    const { entry, finished, convertedFrom, lockProblem } = await saver.place(planned, received.image)
    reservation.settle(entry.cost_usd)
    const ms = tools.now() - begun
    const result = {
      planned,
      outcome: 'generated',
      entry,
      ms,
      ...(convertedFrom && { convertedFrom }),
    } as const
    return {
      result,
      saved: finished.then((final) => ({ ...result, entry: final })),
      ...(lockProblem !== undefined && { fatal: lockProblem }),
    }
  } catch (error) {
    await inFlight?.end()
    const result = failure(planned, error, request, { isAborted: tools.abort.aborted })
    // What may have been billed counts with its estimate, and so does an image whose response named no cost.
    const isBilled = request.state === 'received' || result.mayHaveBeenBilled
    reservation.settle(result.costUsd ?? (isBilled ? undefined : 0))
    const isFatal = FATAL_CODES.has(result.code) || isDiskProblem(error)
    return { result, ...(isFatal && { fatal: result.message }) }
  }
}

function failure(
  planned: PlannedImage,
  error: unknown,
  request: Progress,
  { isAborted }: { readonly isAborted: boolean },
): FailedResult {
  const costUsd = billedUsd(error) ?? request.costUsd
  const cost = costUsd === undefined ? {} : { costUsd }
  if (error instanceof SaveError) return { ...notSaved(planned, error), ...cost }
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

/** The result for an image that could not be written to its path. */
export function notSaved(planned: PlannedImage, { message, rescuedTo }: SaveError): FailedResult {
  return { ...failed(planned, 'not_saved', message), ...(rescuedTo !== undefined && { rescuedTo }) }
}

/** What OpenRouter billed for a response without a usable image. */
function billedUsd(error: unknown): number | undefined {
  return error instanceof UpstreamError ? error.billedUsd : undefined
}
