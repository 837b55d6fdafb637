import { generateAndPrune } from '../generate/generate-and-prune.ts'
import { interruptions } from '../generate/interruptions.ts'
import { hasFailed } from '../generate/results.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import { reportOf } from '../report/json.ts'
import { plainPaint } from '../report/paint.ts'
import { lineProgress, PRINTED_AS_LINES } from '../report/progress.ts'
import { failureText, resultLines } from '../report/result-lines.ts'
import { adoptWhatExists } from './adopt/adopt-what-exists.ts'
import { changeOf, changesOf } from './changeset/changeset.ts'
import { startDeliveries } from './deliver/deliver.ts'
import type { ActionRun } from './action-run.ts'
import { setEarlyOutputs, writeReport } from './report/outputs.ts'
import { publish } from './report/publish.ts'

/**
 * Generates what a plan says, delivers it, and reports the result.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 * @throws {UsageError} before anything is spent, when the images could not be delivered
 */
export async function generateAndDeliver(firstPlan: PlannedProject, tools: ActionRun): Promise<number> {
  const { inputs, run, log } = tools
  const { planned, adopted } = await log.group('Adopt', () => adoptWhatExists(firstPlan, tools))
  const onProgress = lineProgress((line) => log.line(line), plainPaint)
  using interruption = interruptions((message) => onProgress({ type: 'note', message }))
  const reportPath = await writeReport(reportOf(planned), run.tempFolder)
  setEarlyOutputs(reportOf(planned), { reportPath, hasAdopted: adopted.length > 0 })
  const { project } = planned
  const deliveries = startDeliveries({ ...tools, project }, interruption.stop)
  deliveries.add(adopted)
  const result = await log.group('Generate', () =>
    generateAndPrune(
      planned,
      inputs,
      { baseUrl: inputs.baseUrl, apiKey: inputs.openrouterApiKey ?? '' },
      {
        onProgress,
        onSaved: (image) => deliveries.add(changeOf(image)),
        stop: interruption.stop,
        abort: interruption.abort,
      },
    ),
  )
  for (const line of await resultLines(result, { paint: plainPaint, printed: PRINTED_AS_LINES }))
    log.line(line)
  for (const image of result.images) {
    if (image.outcome !== 'failed') continue
    log.diagnostic({ ...image.planned.image.where(['path']), severity: 'error', message: failureText(image) })
  }
  const delivered = await deliveries.finish([...adopted, ...changesOf(result, planned)], result)
  await publish(reportOf(planned, result), { ...tools, adopted, ...(delivered && { delivery: delivered }) })
  for (const failure of delivered?.failures ?? []) log.failure(failure)
  if (hasFailed(result)) {
    log.failure(result.stoppedBy ?? 'Some images could not be generated. The summary lists them.')
    return 1
  }
  return interruption.exitCode === undefined && !delivered?.failures.length ? 0 : 1
}
