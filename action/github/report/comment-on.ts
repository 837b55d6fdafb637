import type { Report } from '../../report/json.ts'
import type { ActionLog } from '../log.ts'
import { summaryOf } from './summary.ts'
import { updateComment } from './comment.ts'
import { apiFor, type DeliveryRun } from '../deliver/delivery-run.ts'
import { explainFailure } from '../api/explain-failure.ts'

/** GitHub's limit is 65,536 characters. This leaves room for the marker. */
const COMMENT_MAX_BYTES = 60_000

/** Puts the summary into a comment on the run's pull request, if there is or was anything to do. */
export async function commentOnPullRequest(
  report: Report,
  {
    inputs,
    runner,
    log,
    notice,
  }: Pick<DeliveryRun, 'inputs' | 'runner'> & {
    readonly log: ActionLog
    readonly notice: string | undefined
  },
): Promise<void> {
  const { pullNumber } = runner
  if (pullNumber === undefined) return
  const { planned, drifted, orphans, generated = 0, failed = 0 } = report.totals
  const hasContent = planned + drifted + orphans + generated + failed > 0
  try {
    const outcome = await updateComment(apiFor({ inputs, runner, log: log.line }), {
      issue: pullNumber,
      key: report.config,
      // Without images: their URLs change with every commit, and so would the comment.
      body: hasContent
        ? summaryOf(report, { notice, imageUrl: () => undefined, maxBytes: COMMENT_MAX_BYTES })
        : undefined,
      emptyBody: '## Easel\n\nEverything is up to date.\n',
    })
    log.line(`Comment on the pull request: ${outcome}.`)
  } catch (error) {
    // A fork’s token can only read, and a missing comment is no reason to fail.
    log.notice(`Easel could not comment: ${explainFailure(error, 'the pull request')}`)
  }
}
