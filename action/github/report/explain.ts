import { EaselError } from '../../../shared/errors.ts'
import { ConfigError, UsageError } from '../../config/diagnostic.ts'
import { isErrno } from '../../files/safe-path.ts'
import { LockError } from '../../lock/lock-error.ts'
import { DeliveryError, explainFailure, isGitHubError } from '../api/failure.ts'
import type { ActionLog } from '../log.ts'
import { type Env, tempFolderIn } from '../target/run-context.ts'
import { setOutputs, writeReport, writeSummary } from './outputs.ts'

/** Reports an error: as annotations on the config's lines, in the log, in the summary and in the report. */
export async function explain(error: unknown, log: ActionLog, env: Env): Promise<void> {
  const message = explainFailure(error, 'the repository')
  let errors: readonly object[] = [{ severity: 'error', message }]
  if (error instanceof ConfigError) {
    errors = error.diagnostics
    const { problemsSummary } = await import('../../report/markdown.ts')
    for (const diagnostic of error.diagnostics) log.diagnostic(diagnostic)
    await writeSummary(problemsSummary(error.diagnostics))
  } else if (EXPECTED.some((one) => error instanceof one) || isErrno(error) || isGitHubError(error)) {
    log.failure(message)
  } else {
    log.failure(`This is a bug in Easel: ${message}`)
    if (error instanceof Error && error.stack) log.line(error.stack)
  }
  setOutputs({ 'report-path': await writeReport({ errors }, tempFolderIn(env)) })
}

const EXPECTED = [UsageError, DeliveryError, LockError, EaselError]
