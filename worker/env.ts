import type { Budget } from './budget/budget.ts'
import type { VariantJob } from './gallery/variant-job.ts'
import type { GenerationJob } from './job/generation-job.ts'
import type { SettingsEnv } from './settings.ts'

/** What wrangler.toml, its secrets and the dashboard give the Worker. For the roots and the objects' hosts only. */
export interface Env extends SettingsEnv {
  readonly BUCKET: R2Bucket
  readonly JOBS: DurableObjectNamespace<GenerationJob>
  readonly BUDGET: DurableObjectNamespace<Budget>
  readonly VARIANTS: DurableObjectNamespace<VariantJob>
  /** Without it, images are served as they were generated. */
  readonly IMAGES?: ImagesBinding
  readonly MISS_LIMIT?: RateLimit
}
