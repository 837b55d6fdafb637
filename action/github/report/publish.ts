import { count } from '../../report/format.ts'
import type { Report } from '../../report/json.ts'
import { summaryOf } from '../../report/markdown.ts'
import type { ActionRun } from '../action-run.ts'
import { imageUrls } from './image-url.ts'
import { type Delivery, setDeliveryOutputs, setReportOutputs, writeReport, writeSummary } from './outputs.ts'

/**
 * Writes the report, the outputs, the step summary and the comment.
 *
 * @param adopted  how many images were adopted before the plan that the report is about
 */
export async function publish(
  report: Report,
  run: ActionRun,
  { adopted = 0, delivery }: { readonly adopted?: number; readonly delivery?: Delivery | undefined } = {},
): Promise<void> {
  const { inputs, context, target } = run
  const said = [target.planOnly, adoptedText(adopted, delivery), ...(delivery?.failures ?? [])]
  const notices = said.filter((notice) => notice !== undefined)
  const path = await writeReport(delivery ? { ...report, delivery } : report, context.tempFolder)
  setReportOutputs(report, path, adopted > 0)
  if (delivery) setDeliveryOutputs(delivery)
  const imageUrl = imageUrls(context, target.folder, delivery?.commit?.sha)
  await writeSummary(summaryOf(report, { notices, imageUrl }))
  if (!inputs.comment) return
  const { commentOnPullRequest } = await import('./comment.ts')
  await commentOnPullRequest(report, notices, run)
}

function adoptedText(adopted: number, delivery: Delivery | undefined): string | undefined {
  if (adopted === 0) return undefined
  const where = delivery?.commit ? ` Commit ${delivery.commit.sha.slice(0, 7)} holds them.` : ''
  return `${count(adopted, 'image')} existed already and ${adopted === 1 ? 'was' : 'were'} adopted at no cost.${where}`
}
