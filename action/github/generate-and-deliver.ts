import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Change } from './deliver/file-change.ts'
import type { Cargo } from './deliver/delivery-run.ts'
import type { Delivery } from './deliver/deliver.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { ActionInputs } from './inputs.ts'
import type { ActionLog } from './log.ts'
import { publish } from './publish.ts'
import type { Situation } from './runner-context.ts'

/** What a run has at hand. */
export interface Run {
  readonly inputs: ActionInputs
  readonly situation: Situation
  readonly log: ActionLog
  readonly env: Readonly<Record<string, string | undefined>>
  /** Looks at the workspace once more. */
  readonly planAgain: () => Promise<PlannedProject | undefined>
}

/**
 * Generates, delivers, and says what came of it.
 *
 * @returns the exit code: 0, or 1 when the step is to be red
 */
export async function generate(first: PlannedProject, run: Run): Promise<number> {
  const { inputs, situation, log, env } = run
  const [
    { run: makeImages },
    { hasFailed },
    { interruptions },
    { lineProgress },
    { resultLines },
    { plainPaint },
    { reportOf },
  ] = await Promise.all([
    import('../generate/run.ts'),
    import('../generate/results.ts'),
    import('../generate/interruptions.ts'),
    import('../report/progress.ts'),
    import('../report/result-lines.ts'),
    import('../report/paint.ts'),
    import('../report/json.ts'),
  ])
  const rescueFolder = join(situation.tempFolder, `easel-rescued-${randomUUID().slice(0, 8)}`)
  const { planned, adopted } = await takeOver(first, run, rescueFolder)
  const report = lineProgress((line) => log.line(line), plainPaint)
  using interruption = interruptions((message) => report({ type: 'note', message }))
  const result = await log.group('Generate', () =>
    makeImages(
      planned,
      inputs,
      { baseUrl: inputs.baseUrl, apiKey: inputs.apiKey ?? '' },
      {
        report,
        stop: interruption.stop,
        abort: interruption.abort,
        rescueFolder,
      },
    ),
  )
  for (const line of await resultLines(result, { paint: plainPaint })) log.line(line)
  for (const image of result.images) {
    if (image.outcome !== 'failed') continue
    const { message, planned: failed } = image
    log.diagnostic({ ...failed.image.where(['path']), severity: 'error', message })
  }
  const delivery = await deliverAll({ planned, adopted, result }, run)
  const told = reportOf(planned, result)
  await publish(told, { situation, notice: undefined, ...(delivery && { delivery }) })
  for (const failure of delivery?.failures ?? []) log.failure(failure)
  if (inputs.comment) {
    const { commentOn } = await import('./deliver/comment-on.ts')
    await commentOn(told, { inputs, situation, env, log, notice: undefined })
  }
  if (hasFailed(result)) {
    log.failure(result.stoppedBy ?? 'Some images could not be made; the summary says which, and why.')
    return 1
  }
  return interruption.exitCode === undefined && !delivery?.failures.length ? 0 : 1
}

/** What other runs have delivered already need not be made again. */
async function takeOver(
  planned: PlannedProject,
  { inputs, situation, log, env, planAgain }: Run,
  rescueFolder: string,
): Promise<{ readonly planned: PlannedProject; readonly adopted: readonly Change[] }> {
  const isUpToDate = planned.plan.images.every(({ action }) => action !== 'generate')
  const goesToBranch = inputs.deliver.includes('commit') || inputs.deliver.includes('pull-request')
  if (isUpToDate || !goesToBranch || inputs.force) return { planned, adopted: [] }
  const { takeOverFromBranches } = await import('./deliver/take-over.ts')
  const adopted = await takeOverFromBranches(planned, {
    inputs,
    situation,
    env,
    rescueFolder,
    tell: log.line,
  })
  if (adopted.length === 0) return { planned, adopted }
  return { planned: (await planAgain()) ?? planned, adopted }
}

async function deliverAll(
  made: Pick<Cargo, 'planned' | 'adopted' | 'result'>,
  { inputs, situation, log, env }: Run,
): Promise<Delivery | undefined> {
  const hasStranded = made.result.images.some((image) => image.outcome === 'failed' && image.rescuedTo)
  // Where nothing is to be delivered, images without a place are still not to be lost with the machine.
  const isWanted =
    inputs.deliver.some((way) => way !== 'none') || (hasStranded && env['ACTIONS_RUNTIME_TOKEN'])
  if (!isWanted) return undefined
  const [{ deliver }, { readPlace }] = await Promise.all([
    import('./deliver/deliver.ts'),
    import('./deliver/place.ts'),
  ])
  const place = await readPlace(env)
  return log.group('Deliver', () => deliver({ ...made, inputs, situation, place, tell: log.line }))
}
