import { offlineCatalogue, onlineCatalogue, type Upstream } from '../config/catalogues.ts'
import type { OnAliasChange } from '../plan/alias-change.ts'
import { planProject } from '../plan/plan-project.ts'
import { isOutOfDate, type OnDrift } from '../plan/plan.ts'
import { reportOf } from '../report/json.ts'
import { paintFor } from '../report/paint.ts'
import { planLines } from '../report/plan-lines.ts'
import type { ProjectOptions, UpstreamOptions } from './options.ts'
import { print, printDiagnostics, printJson, type Terminal } from './terminal.ts'

export interface PlanOptions extends ProjectOptions, UpstreamOptions {
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  readonly force?: boolean
  readonly prune?: boolean
  readonly json?: boolean
}

/** Plans and prints. Without an upstream it sends no request, and uses the model list that Easel ships with. */
export async function showPlan(
  terminal: Terminal,
  only: readonly string[],
  { cwd, config, onDrift, onAliasChange, force = false, prune = false, json = false }: PlanOptions,
  upstream?: Upstream,
): Promise<{ readonly isOutOfDate: boolean }> {
  const catalogue = upstream ? onlineCatalogue(upstream) : offlineCatalogue()
  const planned = await planProject(
    { workspace: cwd ?? terminal.cwd, config, catalogue },
    { only, onDrift, onAliasChange, force },
  )
  printDiagnostics(terminal, planned.project.warnings)
  if (json) printJson(terminal, reportOf(planned))
  else {
    const { configPath } = planned.project
    print(terminal, await planLines(planned.plan, { configPath, paint: paintFor(terminal.stdout) }))
  }
  return { isOutOfDate: isOutOfDate(planned.plan, { prune }) }
}
