import { offlineCatalogue } from '../../../action/config/catalogues.ts'
import type { Limits } from '../../../action/generate/budget.ts'
import { generateAndPrune } from '../../../action/generate/generate-and-prune.ts'
import type { RunResult } from '../../../action/generate/results.ts'
import { planAlone } from '../../../action/plan/plan-alone.ts'
import { planProject, type PlannedProject } from '../../../action/plan/plan-project.ts'
import type { Upstream } from './upstream.ts'
import type { Workspace } from './workspace.ts'

const DEFAULTS = { only: [], onDrift: 'keep', onAliasChange: 'keep', force: false } as const

/** What `easel check` does. */
export function planIn({ root }: Workspace): Promise<PlannedProject> {
  return planProject({ workspace: root, catalogue: offlineCatalogue() }, DEFAULTS)
}

/** What `easel generate` does, without the second that a process takes: for what a test starts from. */
export async function generateIn(
  { root }: Workspace,
  { url }: Upstream,
  limits: Limits & { readonly concurrency?: number } = {},
  onPlanned: () => Promise<void> = async () => {},
): Promise<RunResult> {
  await using planned = await planAlone({ workspace: root, catalogue: offlineCatalogue() }, DEFAULTS, {
    isIdle: () => false,
    onWait: () => {},
  })
  await onPlanned()
  const { signal } = new AbortController()
  // Awaited before the plan is disposed of.
  return await generateAndPrune(
    planned,
    { concurrency: 4, ...limits, onError: 'fail', prune: false },
    { baseUrl: url, apiKey: 'sk-or-test-0123456789' },
    { onProgress: () => {}, stop: signal, abort: signal },
  )
}
