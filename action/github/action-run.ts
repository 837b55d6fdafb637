import type { ExclusivePlan } from '../plan/plan-alone.ts'
import type { PlannedProject } from '../plan/plan-project.ts'
import type { GitHubApi } from './api/api.ts'
import type { ActionInputs } from './inputs.ts'
import type { ActionLog } from './log.ts'
import type { RunContext } from './target/run-context.ts'
import type { Target } from './target/target.ts'

/** What the steps of a run share: everything that is settled before anything is generated. */
export interface ActionRun extends ExclusivePlan {
  readonly inputs: ActionInputs
  readonly context: RunContext
  readonly target: Target
  readonly api: GitHubApi
  readonly log: ActionLog
  /** Blobs that others put on the branch and the workspace has by now, by path: the plan decides about them. */
  readonly fetched?: ReadonlyMap<string, string>
  /** Plans again after the workspace has changed. */
  readonly planAgain: () => Promise<PlannedProject>
}
