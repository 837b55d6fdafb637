import { count } from '../../report/format.ts'
import type { Report } from '../../report/json.ts'
import type { FileChange } from '../changeset/changeset.ts'
import type { Delivery } from '../deliver/deliver.ts'
import type { ActionRun } from '../action-run.ts'
import { imageUrls } from './image-url.ts'
import { setDeliveryOutputs, setOutputs, writeReport, writeSummary } from './outputs.ts'
import { summaryOf } from '../../report/markdown.ts'

/** Writes the report, the outputs, the step summary and the comment. */
export async function publish(
  report: Report,
  {
    adopted = [],
    delivery,
    ...tools
  }: ActionRun & { readonly adopted?: readonly FileChange[]; readonly delivery?: Delivery },
): Promise<void> {
  const { inputs, run, target } = tools
  const notices = [
    ...(target.planOnly === undefined ? [] : [target.planOnly]),
    ...(adopted.length === 0 ? [] : [adoptedText(adopted.length, delivery)]),
  ]
  const path = await writeReport(delivery ? { ...report, delivery } : report, run.tempFolder)
  setOutputs(report, { reportPath: path, hasAdopted: adopted.length > 0 })
  if (delivery) setDeliveryOutputs(delivery)
  const imageUrl = imageUrls(run, target.folder, delivery?.commit?.sha)
  await writeSummary(summaryOf(report, { notices, imageUrl }))
  if (!inputs.comment) return
  const { commentOnPullRequest } = await import('./comment.ts')
  await commentOnPullRequest(report, notices, tools)
}

function adoptedText(adopted: number, delivery: Delivery | undefined): string {
  const where = delivery?.commit ? ` Commit ${delivery.commit.sha.slice(0, 7)} holds them.` : ''
  return `${count(adopted, 'image')} existed already and ${adopted === 1 ? 'was' : 'were'} adopted at no cost.${where}`
}
