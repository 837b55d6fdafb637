import { Command } from 'commander'
import {
  onAliasChangeOption,
  onDriftOption,
  upstreamFrom,
  withProjectOptions,
  withUpstreamOptions,
} from './options.ts'
import type { PlanOptions } from './show-plan.ts'
import { EXIT, type Terminal } from './terminal.ts'

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
    const { showPlan } = await import('./show-plan.ts')
    await showPlan(terminal, only, options, upstreamFrom(options, terminal))
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
    const { showPlan } = await import('./show-plan.ts')
    const { isOutOfDate } = await showPlan(terminal, only, options)
    if (isOutOfDate) terminal.setExitCode(EXIT.outOfDate)
  })
}
