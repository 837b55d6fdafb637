import type { Budget, BudgetEnv } from './budget/budget.ts'
import type { GenerationJob, JobEnv } from './job/generation-job.ts'

/** Everything that wrangler.toml, its secrets and the dashboard give the Worker. Each object declares its slice. */
export interface Env extends JobEnv, BudgetEnv {
  readonly JOBS: DurableObjectNamespace<GenerationJob>
  readonly BUDGET: DurableObjectNamespace<Budget>
}
