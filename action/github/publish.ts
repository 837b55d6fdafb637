import { setDeliveryOutputs, setOutputs, writeReport, writeSummary } from './outputs.ts'
import { imageUrls } from './image-url.ts'
import type { Delivery } from './deliver/deliver.ts'
import type { Report } from '../report/json.ts'
import type { Situation } from './runner-context.ts'

/** Tells the workflow and the reader: report, outputs, summary. */
export async function publish(
  report: Report,
  {
    situation,
    notice,
    delivery,
  }: { readonly situation: Situation; readonly notice: string | undefined; readonly delivery?: Delivery },
): Promise<void> {
  const { summaryOf } = await import('./summary.ts')
  const path = await writeReport(delivery ? { ...report, delivery } : report, situation.tempFolder)
  setOutputs(report, path)
  if (delivery) setDeliveryOutputs(delivery)
  const imageUrl = imageUrls(situation, delivery?.commit?.sha)
  await writeSummary(summaryOf(report, { notice, imageUrl }))
}
