import type { ActionLog } from '../log.ts'
import { summaryOf } from '../summary.ts'
import type { Report } from '../../report/json.ts'
import { keepComment } from './comment.ts'
import { apiFor, type Cargo } from './delivery-run.ts'
import { explainFailure } from './explain-failure.ts'
import { readPlace } from './place.ts'

/** Below GitHub's bound of 65,536 characters, by a margin for the marker. */
const COMMENT_MAX_BYTES = 60_000

/** Says on the run's pull request what the summary says, where there is anything to do, or was. */
export async function commentOn(
  report: Report,
  {
    inputs,
    situation,
    env,
    log,
    notice,
  }: Pick<Cargo, 'inputs' | 'situation'> & {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly log: ActionLog
    readonly notice: string | undefined
  },
): Promise<void> {
  const { pullNumber } = await readPlace(env)
  if (pullNumber === undefined) return
  const { planned, drifted, orphans, generated = 0, failed = 0 } = report.totals
  const isNews = planned + drifted + orphans + generated + failed > 0
  try {
    const outcome = await keepComment(apiFor({ inputs, situation, tell: log.line }), {
      issue: pullNumber,
      key: report.config,
      // Without images: their addresses change with each commit, and the comment with them.
      body: isNews
        ? summaryOf(report, { notice, imageUrl: () => undefined, maxBytes: COMMENT_MAX_BYTES })
        : undefined,
      otherwise: '## Easel\n\nEverything is up to date.\n',
    })
    log.line(`The comment on the pull request was ${outcome}.`)
  } catch (error) {
    // A fork’s token can only read, and a comment is no reason to be red.
    log.notice(`No comment: ${explainFailure(error, 'the pull request')}`)
  }
}
