import type { PlannedProject } from '../plan/plan-project.ts'
import type { Delivery } from './deliver/deliver.ts'
import type { DeliveryRun } from './deliver/delivery-run.ts'
import type { FileChange } from './deliver/file-change.ts'
import { resolveTarget, type Target } from './deliver/target.ts'
import type { ActionInputs } from './inputs.ts'
import type { ActionLog } from './log.ts'
import { publish } from './publish.ts'
import type { RunnerContext } from './runner-context.ts'

/** What the steps of a run share. */
export interface RunTools {
  readonly inputs: ActionInputs
  readonly runner: RunnerContext
  readonly log: ActionLog
  /** Plans again after the workspace has changed. */
  readonly planAgain: () => Promise<PlannedProject | undefined>
}

/**
 * Generates what a plan says, delivers it, and reports the result.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 * @throws {UsageError} before anything is spent, when the images could not be delivered
 */
export async function generateAndDeliver(firstPlan: PlannedProject, tools: RunTools): Promise<number> {
  const { inputs, runner, log } = tools
  const [
    { generateAndPrune },
    { hasFailed },
    { interruptions },
    { lineProgress, PRINTED_AS_LINES },
    { failureText, resultLines },
    { plainPaint },
    { reportOf },
  ] = await Promise.all([
    import('../generate/generate-and-prune.ts'),
    import('../generate/results.ts'),
    import('../generate/interruptions.ts'),
    import('../report/progress.ts'),
    import('../report/result-lines.ts'),
    import('../report/paint.ts'),
    import('../report/json.ts'),
  ])
  const target = resolveTarget(inputs, runner)
  const { planned, adopted } = await takeOver(firstPlan, target, tools)
  const onProgress = lineProgress((line) => log.line(line), plainPaint)
  using interruption = interruptions((message) => onProgress({ type: 'note', message }))
  const result = await log.group('Generate', () =>
    generateAndPrune(
      planned,
      inputs,
      { baseUrl: inputs.baseUrl, apiKey: inputs.apiKey ?? '' },
      { onProgress, stop: interruption.stop, abort: interruption.abort },
    ),
  )
  for (const line of await resultLines(result, { paint: plainPaint, printed: PRINTED_AS_LINES }))
    log.line(line)
  for (const image of result.images) {
    if (image.outcome !== 'failed') continue
    log.diagnostic({ ...image.planned.image.where(['path']), severity: 'error', message: failureText(image) })
  }
  const delivery = await deliverAndRescue({ planned, adopted, result, target }, tools)
  const report = reportOf(planned, result)
  await publish(report, { runner, notice: undefined, ...(delivery && { delivery }) })
  for (const failure of delivery?.failures ?? []) log.failure(failure)
  if (inputs.comment) {
    const { commentOnPullRequest } = await import('./deliver/comment-on.ts')
    await commentOnPullRequest(report, { inputs, runner, log, notice: undefined })
  }
  if (hasFailed(result)) {
    log.failure(result.stoppedBy ?? 'Some images could not be generated. The summary lists them.')
    return 1
  }
  return interruption.exitCode === undefined && !delivery?.failures.length ? 0 : 1
}

/** Takes over what other runs have delivered already, so that it is not generated again. */
async function takeOver(
  planned: PlannedProject,
  target: Target | undefined,
  { inputs, runner, log, planAgain }: RunTools,
): Promise<{ readonly planned: PlannedProject; readonly adopted: readonly FileChange[] }> {
  const isUpToDate = planned.plan.images.every(({ action }) => action !== 'generate')
  if (isUpToDate || !target || inputs.force) return { planned, adopted: [] }
  const { takeOverFromBranches } = await import('./deliver/take-over.ts')
  const adopted = await takeOverFromBranches({
    planned,
    inputs,
    runner,
    target,
    log: log.line,
  })
  if (adopted.length === 0) return { planned, adopted }
  return { planned: (await planAgain()) ?? planned, adopted }
}

async function deliverAndRescue(
  run: Pick<DeliveryRun, 'planned' | 'adopted' | 'result' | 'target'>,
  { inputs, runner, log }: RunTools,
): Promise<Delivery | undefined> {
  const hasRescued = run.result.images.some((image) => image.outcome === 'failed' && image.rescuedTo)
  // With nothing to deliver, rescued images would still be lost with the runner's disk.
  const isNeeded = inputs.deliver.some((way) => way !== 'none') || (hasRescued && runner.hasArtifactService)
  if (!isNeeded) return undefined
  const { deliver } = await import('./deliver/deliver.ts')
  return log.group('Deliver', () => deliver({ ...run, inputs, runner, log: log.line }))
}
