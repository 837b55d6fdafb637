import { generateAndPrune } from '../generate/generate-and-prune.ts'
import { interruptions } from '../generate/interruptions.ts'
import { hasFailed, type SavedImage } from '../generate/results.ts'
import { reportOf } from '../report/json.ts'
import { plainPaint } from '../report/paint.ts'
import { lineProgress, PRINTED_AS_LINES } from '../report/progress.ts'
import { failureText, resultLines } from '../report/result-lines.ts'
import { adoptWhatExists } from './adopt/adopt-what-exists.ts'
import { changeOf, prunedChanges } from './changeset/changeset.ts'
import { startDeliveries } from './deliver/deliver.ts'
import type { ActionRun } from './action-run.ts'
import { messageOf } from './api/failure.ts'
import { setOutputs, writeReport } from './report/outputs.ts'
import { publish } from './report/publish.ts'

/**
 * Generates what a plan says, delivers it, and reports the result.
 *
 * @returns the exit code: 0, or 1 when the step must fail
 * @throws {DeliveryError} before anything is spent, when the images could not be delivered
 */
export async function generateAndDeliver(first: ActionRun): Promise<number> {
  const { inputs, context, log } = first
  const { run, adopted } = await log.group('Adopt', () => adoptWhatExists(first))
  const onProgress = lineProgress((line) => log.line(line), plainPaint)
  using interruption = interruptions((message) => onProgress({ type: 'note', message }))
  const early = reportOf(run)
  // What is known before images are generated: a run may be killed.
  setOutputs({
    changed: adopted.length > 0,
    planned: early.totals.planned,
    'report-path': await writeReport(early, context.tempFolder),
  })
  const deliveries = startDeliveries(run, interruption.stop)
  deliveries.add(...adopted)
  const onSaved = (saved: Promise<SavedImage>): void => deliveries.add(saved.then(changeOf))
  const host = { onProgress, onSaved, stop: interruption.stop, abort: interruption.abort }
  const upstream = { baseUrl: inputs.baseUrl, apiKey: inputs.openrouterApiKey ?? '' }
  const generating = log.group('Generate', () => generateAndPrune(run, inputs, upstream, host))
  const result = await generating.catch(async (error: unknown) => {
    // Whatever happened: what is paid for is delivered.
    await deliveries.finish({ images: [], pruned: [], doubts: [], stoppedBy: messageOf(error) })
    throw error
  })
  for (const line of await resultLines(result, { paint: plainPaint, printed: PRINTED_AS_LINES }))
    log.line(line)
  for (const image of result.images) {
    if (image.outcome !== 'failed') continue
    log.diagnostic({ ...image.planned.image.where(['path']), severity: 'error', message: failureText(image) })
  }
  deliveries.add(...prunedChanges(result, run))
  const delivery = await deliveries.finish(result)
  await publish(reportOf(run, result), run, { adopted: adopted.length, delivery })
  for (const failure of delivery?.failures ?? []) log.failure(failure)
  const isWhole = !hasFailed(result)
  if (!isWhole) log.failure(result.stoppedBy ?? 'Some images could not be generated. The summary lists them.')
  return isWhole && interruption.exitCode === undefined && !delivery?.failures.length ? 0 : 1
}
