import { Command } from 'commander'
import type { OnDrift } from '../plan/plan.ts'
import {
  onDriftOption,
  type ProjectOptions,
  type UpstreamOptions,
  upstreamFrom,
  withProjectOptions,
  withUpstreamOptions,
} from './options.ts'
import { EXIT, print, printJson, tellDiagnostics, type Terminal } from './terminal.ts'

interface PlanOptions extends ProjectOptions, UpstreamOptions {
  readonly onDrift: OnDrift
  readonly force?: boolean
  readonly prune?: boolean
  readonly json?: boolean
}

/** `easel plan`: what a run would do, and cost. */
export function planCommand(terminal: Terminal): Command {
  const command = new Command('plan')
    .summary('show what a run would do, and what it would cost')
    .description(
      'Compares easel.yml with the files and the lock: which images are new, changed, drifted or up to date, which entries are orphans, and what generating would cost. Changes nothing, and needs no key.',
    )
    .argument('[only...]', 'ids, paths or globs of images (default: all)')
  withUpstreamOptions(withProjectOptions(command))
    .addOption(onDriftOption())
    .option('-f, --force', 'plan all selected images, also those that are up to date')
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
    const { onlineCatalogue } = await import('../generate/generate-and-prune.ts')
    await showPlan(terminal, only, options, onlineCatalogue(upstreamFrom(options, terminal)))
  })
}

/** `easel check`: the same from what is at hand, and an exit code. */
export function checkCommand(terminal: Terminal): Command {
  const command = new Command('check')
    .summary('fail when something is out of date; no key, no network')
    .description(
      'Says the same as easel plan, from the model list that comes with Easel: no key is needed and nothing is asked of the network. Exits with 3 when easel generate, with the same options, would do something or refuse to.',
    )
    .argument('[only...]', 'ids, paths or globs of images (default: all)')
  withProjectOptions(command)
    .addOption(onDriftOption())
    .option('--prune', 'orphans are out of date, too')
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
      import('../generate/generate-and-prune.ts'),
      import('../plan/plan.ts'),
    ])
    const plan = await showPlan(terminal, only, options, offlineCatalogue())
    if (isOutOfDate(plan, { prune: options.prune === true })) terminal.setExitCode(EXIT.outOfDate)
  })
}

async function showPlan(
  terminal: Terminal,
  only: readonly string[],
  { cwd, config, onDrift, force = false, json = false }: PlanOptions,
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
    { only, onDrift, force },
  )
  tellDiagnostics(terminal, planned.project.warnings)
  if (json) printJson(terminal, reportOf(planned))
  else {
    const { configPath } = planned.project
    print(terminal, await planLines(planned.plan, { configPath, paint: paintFor(terminal.stdout) }))
  }
  return planned.plan
}
