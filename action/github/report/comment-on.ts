import type { Report } from '../../report/json.ts'
import { explainFailure } from '../api/explain-failure.ts'
import type { ActionRun } from '../action-run.ts'
import { updateComment } from './comment.ts'
import { summaryOf } from '../../report/markdown.ts'

/** GitHub's limit is 65,536 characters. This leaves room for the marker. */
const COMMENT_MAX_BYTES = 60_000

/** Puts the summary into a comment on the run's pull request, if there is or was anything to do. */
export async function commentOnPullRequest(
  report: Report,
  notices: readonly string[],
  { run, api, log }: Pick<ActionRun, 'run' | 'api' | 'log'>,
): Promise<void> {
  const issue = run.pull?.number
  if (issue === undefined) return
  const { planned, drifted, orphans, generated = 0, failed = 0 } = report.totals
  const hasContent = planned + drifted + orphans + generated + failed > 0
  try {
    const outcome = await updateComment(await api(), {
      issue,
      key: report.config,
      // Without images: their URLs change with every commit, and so would the comment.
      body: hasContent
        ? summaryOf(report, { notices, imageUrl: () => undefined, maxBytes: COMMENT_MAX_BYTES })
        : undefined,
      emptyBody: '## Easel\n\nEverything is up to date.\n',
    })
    log.line(`Comment on the pull request: ${outcome}.`)
  } catch (error) {
    // A fork’s token can only read, and a missing comment is no reason to fail.
    log.notice(`Easel could not comment: ${explainFailure(error, 'the pull request')}`)
  }
}
