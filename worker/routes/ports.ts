import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { Access } from '../access/access.ts'
import type { BudgetUse } from '../budget/budget.ts'
import type { EdgeConfig } from '../config/edge-config.ts'
import type { Gallery } from '../gallery/gallery.ts'
import type { ImageStore } from '../gallery/image-store.ts'
import type { Jobs } from '../job/jobs.ts'
import type { Settings } from '../settings.ts'
import type { HealthChecks } from '../web/health.ts'

/** Reads what was spent: in all, or by one token. */
export type ReadBudgetUse = (token?: string) => Promise<BudgetUse>

/** Fetches one of OpenRouter's public lists, by its path below the base URL. */
export type FetchList = (path: string) => Promise<Response>

/** What the routes are made of. */
export interface AppPorts {
  readonly access: Access
  readonly readBudgetUse: ReadBudgetUse
  readonly catalogue: Catalogue
  readonly config: EdgeConfig
  readonly fetchList: FetchList
  readonly gallery: Gallery
  readonly health: HealthChecks
  readonly jobs: Jobs
  readonly store: ImageStore
  readonly settings: Pick<
    Settings,
    'access' | 'dailyBudgetUsd' | 'defaultModel' | 'signingKeys' | 'tokenBudgetsUsd' | 'widths'
  >
}
