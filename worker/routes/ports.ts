import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { Access } from '../access/access.ts'
import type { HitCount } from '../budget/hit-count.ts'
import type { BudgetUseOf, UsageOf } from '../budget/types.ts'
import type { EdgeConfig } from '../config/edge-config.ts'
import type { Gallery } from '../gallery/gallery.ts'
import type { ImageStore } from '../gallery/image-store.ts'
import type { FindImages } from '../gallery/list.ts'
import type { Jobs } from '../job/jobs.ts'
import type { AddThumbhashes } from '../job/thumbhash-maker.ts'
import type { Settings } from '../settings.ts'
import type { HealthChecks } from '../web/health.ts'

/** Fetches one of OpenRouter's public lists, by its path below the base URL. */
export type FetchList = (path: string, signal: AbortSignal) => Promise<Response>

/** What the routes are made of. */
export interface AppPorts {
  /** Absent where images can't be transformed. */
  readonly addThumbhashes?: AddThumbhashes
  readonly access: Access
  readonly budgetUseOf: BudgetUseOf
  readonly catalogue: Catalogue
  readonly config: EdgeConfig
  readonly fetchList: FetchList
  readonly findImages: FindImages
  readonly gallery: Gallery
  readonly health: HealthChecks
  readonly hits: HitCount
  readonly jobs: Jobs
  readonly store: ImageStore
  readonly usageOf: UsageOf
  readonly settings: Pick<
    Settings,
    | 'access'
    | 'allowedModels'
    | 'dailyBudgetUsd'
    | 'defaultModel'
    | 'emulated'
    | 'maxCostUsd'
    | 'monthlyBudgetUsd'
    | 'openRouter'
    | 'signingKeys'
    | 'tokenBudgetsUsd'
    | 'widths'
  >
}
