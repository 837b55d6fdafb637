import type { PlannedProject } from '../plan/plan-project.ts'
import { adoptWhatExists } from './adopt/adopt-what-exists.ts'
import { changeOf, changesOf, type FileChange } from './changeset/changeset.ts'
import type { Delivery, DeliveryRun, SoFar } from './deliver/deliver.ts'
import type { ActionLog } from './log.ts'
import type { ActionRun } from './action-run.ts'

/**
 * Generates what a plan says, delivers it, and reports the result.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 * @throws {UsageError} before anything is spent, when the images could not be delivered
 */
export async function generateAndDeliver(firstPlan: PlannedProject, tools: ActionRun): Promise<number> {
  const { inputs, run, target, api, log } = tools
  const [
    { generateAndPrune },
    { hasFailed },
    { interruptions },
    { lineProgress, PRINTED_AS_LINES },
    { failureText, resultLines },
    { plainPaint },
    { reportOf },
    { publish },
  ] = await Promise.all([
    import('../generate/generate-and-prune.ts'),
    import('../generate/results.ts'),
    import('../generate/interruptions.ts'),
    import('../report/progress.ts'),
    import('../report/result-lines.ts'),
    import('../report/paint.ts'),
    import('../report/json.ts'),
    import('./report/publish.ts'),
  ])
  const { planned, adopted } = await adoptWhatExists(firstPlan, tools)
  const onProgress = lineProgress((line) => log.line(line), plainPaint)
  using interruption = interruptions((message) => onProgress({ type: 'note', message }))
  const delivery = { project: planned.project, inputs, run, target, api, log: log.line }
  const finished: FileChange[] = [...adopted]
  const early = deliverEarly(delivery, finished, interruption.stop)
  const result = await log.group('Generate', () =>
    generateAndPrune(
      planned,
      inputs,
      { baseUrl: inputs.baseUrl, apiKey: inputs.apiKey ?? '' },
      {
        onProgress,
        onSaved(image) {
          finished.push(...changeOf(image))
          if (interruption.stop.aborted) early.deliverNow()
        },
        stop: interruption.stop,
        abort: interruption.abort,
      },
    ),
  )
  const soFar = await early.end()
  for (const line of await resultLines(result, { paint: plainPaint, printed: PRINTED_AS_LINES }))
    log.line(line)
  for (const image of result.images) {
    if (image.outcome !== 'failed') continue
    log.diagnostic({ ...image.planned.image.where(['path']), severity: 'error', message: failureText(image) })
  }
  const delivered = await deliverAtEnd(delivery, [...adopted, ...changesOf(result, planned)], {
    result,
    soFar,
    log,
  })
  await publish(reportOf(planned, result), { ...tools, adopted, ...(delivered && { delivery: delivered }) })
  for (const failure of delivered?.failures ?? []) log.failure(failure)
  if (hasFailed(result)) {
    log.failure(result.stoppedBy ?? 'Some images could not be generated. The summary lists them.')
    return 1
  }
  return interruption.exitCode === undefined && !delivered?.failures.length ? 0 : 1
}

/**
 * Delivers what is finished every `deliver-every` minutes, and at once when the job is cancelled: the runner then kills
 * it within ten seconds.
 */
function deliverEarly(
  delivery: DeliveryRun,
  finished: readonly FileChange[],
  stop: AbortSignal,
): { deliverNow(): void; end(): Promise<SoFar> } {
  const { inputs, target } = delivery
  let turn = Promise.resolve<SoFar>({ count: 0 })
  // One after the other, each with everything that is finished by then.
  const deliverNow = (): void => {
    turn = turn.then(async (before) => {
      if (finished.length === before.count) return before
      const { deliverSoFar } = await import('./deliver/deliver.ts')
      return deliverSoFar(delivery, [...finished], { before, isLast: stop.aborted })
    })
  }
  const isOften = inputs.deliverEvery > 0 && target.destination !== undefined
  const timer = isOften ? setInterval(deliverNow, inputs.deliverEvery * 60_000).unref() : undefined
  stop.addEventListener('abort', deliverNow)
  return {
    deliverNow,
    end() {
      clearInterval(timer)
      return turn
    },
  }
}

async function deliverAtEnd(
  delivery: DeliveryRun,
  changes: readonly FileChange[],
  {
    result,
    soFar,
    log,
  }: {
    readonly result: Parameters<typeof changesOf>[0]
    readonly soFar: SoFar
    readonly log: ActionLog
  },
): Promise<Delivery | undefined> {
  const hasRescued = result.images.some((image) => image.outcome === 'failed' && image.rescuedTo)
  // With nothing to deliver, rescued images would still be lost with the runner's disk.
  const isNeeded =
    delivery.target.deliver.some((way) => way !== 'none') || (hasRescued && delivery.run.hasArtifactService)
  if (!isNeeded) return undefined
  const { deliver } = await import('./deliver/deliver.ts')
  return log.group('Deliver', () => deliver(delivery, changes, { result, soFar }))
}
