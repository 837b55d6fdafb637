import type { PlannedProject } from '../plan/plan-project.ts'
import type { GitHubApi } from './api/api.ts'
import type { ActionInputs } from './inputs.ts'
import type { ActionLog } from './log.ts'
import type { RunContext } from './target/run-context.ts'
import type { Target } from './target/target.ts'

/** What the steps of a run share. */
export interface ActionRun {
  readonly inputs: ActionInputs
  readonly run: RunContext
  readonly target: Target
  /** GitHub's API; rejects with a `DeliveryError` without a token. */
  readonly api: () => Promise<GitHubApi>
  readonly log: ActionLog
  /** Plans again after the workspace has changed. */
  readonly planAgain: () => Promise<PlannedProject>
}

/** What the deliveries of a run share. */
export interface DeliveryRun extends ActionRun {
  readonly project: PlannedProject['project']
}
