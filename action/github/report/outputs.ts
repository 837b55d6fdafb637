import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setOutput, summary } from '@actions/core'
import type { Artifact } from '../deliver/artifact.ts'
import type { Landed } from '../deliver/commit-to-branch.ts'
import type { Report } from '../../report/json.ts'

/** The result of a delivery. */
export interface Delivery extends Pick<Landed, 'commit' | 'pullRequest'> {
  readonly artifact?: Artifact
  /** What failed, and what to change. The step fails if there are any. */
  readonly failures: readonly string[]
}

/** Sets the outputs of `action.yml`, except those of a delivery. */
export function setReportOutputs({ totals, orphans }: Report, reportPath: string, hasAdopted: boolean): void {
  const { images, planned, generated = 0, adopted = 0, not_tried = 0, cost_usd, estimate_usd } = totals
  const ran = totals.generated !== undefined
  const failed = (totals.failed ?? 0) + not_tried
  const removed = orphans.filter(({ file }) => file !== undefined && file !== 'spared').length
  setOutputs({
    changed: hasAdopted || generated + adopted + removed > 0,
    planned,
    generated,
    skipped: ran ? images - generated - adopted - failed : images - planned,
    failed,
    'cost-usd': (ran ? cost_usd : estimate_usd) ?? '',
    'report-path': reportPath,
  })
}

/** Sets the outputs of a delivery. Those that don't apply stay empty. */
export function setDeliveryOutputs({ commit, pullRequest, artifact }: Partial<Delivery>): void {
  setOutputs({
    changed: commit && true,
    'commit-sha': commit?.sha,
    verified: commit?.verified,
    'pull-request-number': pullRequest?.number,
    'pull-request-url': pullRequest?.url,
    'artifact-id': artifact?.id,
    'artifact-url': artifact?.url,
  })
}

export function setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void {
  for (const [name, value] of Object.entries(outputs)) if (value !== undefined) setOutput(name, value)
}

/** Writes the report as JSON. @returns the file */
export async function writeReport(report: object, folder: string): Promise<string> {
  // Several steps of a job may use Easel, and each has its own report.
  const step = (process.env['GITHUB_ACTION'] ?? '').replaceAll(/[^\w-]/g, '_')
  const path = join(folder, `easel-report${step && `-${step}`}.json`)
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`)
  return path
}

/** Adds to the step summary, if the runner has one. */
export async function writeSummary(markdown: string): Promise<void> {
  if (process.env['GITHUB_STEP_SUMMARY']) await summary.addRaw(markdown).write()
}
