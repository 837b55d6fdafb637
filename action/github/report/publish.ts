import type { Report } from '../../report/json.ts'
import type { Delivery } from '../deliver/deliver.ts'
import { imageUrls } from './image-url.ts'
import { setDeliveryOutputs, setOutputs, writeReport, writeSummary } from './outputs.ts'
import type { RunnerContext } from '../target/run-context.ts'

/** Writes the report, the outputs and the step summary. */
export async function publish(
  report: Report,
  {
    runner,
    notice,
    delivery,
  }: { readonly runner: RunnerContext; readonly notice: string | undefined; readonly delivery?: Delivery },
): Promise<void> {
  const { summaryOf } = await import('./summary.ts')
  const path = await writeReport(delivery ? { ...report, delivery } : report, runner.tempFolder)
  setOutputs(report, path)
  if (delivery) setDeliveryOutputs(delivery)
  const imageUrl = imageUrls(runner, delivery?.commit?.sha)
  await writeSummary(summaryOf(report, { notice, imageUrl }))
}
