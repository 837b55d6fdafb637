import { Command } from 'commander'
import type { OnAliasChange } from '../plan/alias-change.ts'
import type { OnDrift } from '../plan/plan.ts'
import {
  onAliasChangeOption,
  onDriftOption,
  type ProjectOptions,
  type UpstreamOptions,
  upstreamFrom,
  withProjectOptions,
  withUpstreamOptions,
} from './options.ts'
import { EXIT, print, printJson, printDiagnostics, type Terminal } from './terminal.ts'

interface PlanOptions extends ProjectOptions, UpstreamOptions {
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  readonly force?: boolean
  readonly prune?: boolean
  readonly json?: boolean
}

/** `easel plan`: what a run would do and cost. */
export function planCommand(terminal: Terminal): Command {
  const command = new Command('plan')
    .summary('show what a run would do and cost')
    .description(
      'Compares easel.yml with the files and easel.lock.json: which images are new, changed, missing, edited by hand (drifted) or up to date, which lock entries no longer have an image (orphans), and what generating would cost. Changes nothing, and needs no key.',
    )
    .argument('[only...]', 'ids, paths or globs of images (default: all)')
  withUpstreamOptions(withProjectOptions(command))
    .addOption(onDriftOption())
    .addOption(onAliasChangeOption())
    .option('-f, --force', 'plan to regenerate all selected images, even those that are up to date')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel plan
  $ easel plan hero 'docs/guide/**'
  $ easel plan --json | jq .totals.estimate_usd`,
    )
  return command.action(async (only: string[], options: PlanOptions) => {
    const { onlineCatalogue } = await import('../config/catalogues.ts')
    await showPlan(terminal, only, options, onlineCatalogue(upstreamFrom(options, terminal)))
  })
}

/** `easel check`: an offline plan with an exit code. */
export function checkCommand(terminal: Terminal): Command {
  const command = new Command('check')
    .summary('fail if anything is out of date; needs no key and no network')
    .description(
      'Prints the same plan as easel plan, with the model list that Easel ships with: it needs no key and sends no request. Exits with 3 if easel generate, with the same options, would change anything or fail.',
    )
    .argument('[only...]', 'ids, paths or globs of images (default: all)')
  withProjectOptions(command)
    .addOption(onDriftOption())
    .addOption(onAliasChangeOption())
    .option('--prune', 'count orphans as out of date')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel check || echo 'run easel generate'
  $ easel check --on-drift fail --prune`,
    )
  return command.action(async (only: string[], options: PlanOptions) => {
    const [{ offlineCatalogue }, { isOutOfDate }] = await Promise.all([
      import('../config/catalogues.ts'),
      import('../plan/plan.ts'),
    ])
    const plan = await showPlan(terminal, only, options, offlineCatalogue())
    if (isOutOfDate(plan, { prune: options.prune === true })) terminal.setExitCode(EXIT.outOfDate)
  })
}

async function showPlan(
  terminal: Terminal,
  only: readonly string[],
  { cwd, config, onDrift, onAliasChange, force = false, json = false }: PlanOptions,
  catalogue: Parameters<typeof import('../plan/plan-project.ts').planProject>[0]['catalogue'],
): Promise<import('../plan/plan.ts').Plan> {
  const [{ planProject }, { reportOf }, { planLines }, { paintFor }] = await Promise.all([
    import('../plan/plan-project.ts'),
    import('../report/json.ts'),
    import('../report/plan-lines.ts'),
    import('../report/paint.ts'),
  ])
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
  return planned.plan
}
