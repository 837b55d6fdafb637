import { setOutput } from '@actions/core'
import { EaselError } from '../../../shared/errors.ts'
import { ConfigError, UsageError } from '../../config/diagnostic.ts'
import { isErrno } from '../../files/safe-path.ts'
import { LockError } from '../../lock/lock-error.ts'
import { DeliveryError, explainFailure, isGitHubError } from '../api/failure.ts'
import type { ActionLog } from '../log.ts'
import { type Env, tempFolderIn } from '../target/run-context.ts'
import { writeReport, writeSummary } from './outputs.ts'

/** Reports an error: as annotations on the config's lines, in the log, in the summary and in the report. */
export async function explain(error: unknown, log: ActionLog, env: Env): Promise<void> {
  const tempFolder = tempFolderIn(env)
  if (error instanceof ConfigError) {
    const { problemsSummary } = await import('../../report/markdown.ts')
    for (const diagnostic of error.diagnostics) log.diagnostic(diagnostic)
    await writeSummary(problemsSummary(error.diagnostics))
    setOutput('report-path', await writeReport({ errors: error.diagnostics }, tempFolder))
    return
  }
  const message = explainFailure(error, 'the repository')
  const isExpected = EXPECTED.some((one) => error instanceof one) || isErrno(error) || isGitHubError(error)
  log.failure(isExpected ? message : `This is a bug in Easel: ${message}`)
  if (!isExpected && error instanceof Error && error.stack) log.line(error.stack)
  setOutput('report-path', await writeReport({ errors: [{ severity: 'error', message }] }, tempFolder))
}

const EXPECTED = [UsageError, DeliveryError, LockError, EaselError]
