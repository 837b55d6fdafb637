import { Command } from 'commander'
import { type ProjectOptions, withProjectOptions } from './options.ts'
import { print, printJson, sayWhoWorks, type Terminal } from './terminal.ts'

interface PruneOptions extends ProjectOptions {
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `easel prune`: removes orphans. */
export function pruneCommand(terminal: Terminal): Command {
  const command = new Command('prune')
    .summary('remove lock entries and files of images that are no longer declared')
    .description(
      'Removes orphans: lock entries whose image is no longer in easel.yml or Markdown, and the files that Easel wrote for them. A file that was edited by hand stays, and so does one that a page under markdown: still shows. Needs no key and no network.',
    )
  withProjectOptions(command)
    .option('-n, --dry-run', 'only print what would be removed')
    .option('--json', 'print what was removed as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel prune --dry-run
  $ easel prune`,
    )
  return command.action(async ({ cwd, config, dryRun = false, json = false }: PruneOptions) => {
    const [{ planAlone }, { offlineCatalogue }, { prune }, { prunedLine }] = await Promise.all([
      import('../plan/plan-alone.ts'),
      import('../config/catalogues.ts'),
      import('../generate/prune.ts'),
      import('../report/result-lines.ts'),
    ])
    await using planned = await planAlone(
      { workspace: cwd ?? terminal.cwd, config, catalogue: offlineCatalogue() },
      { only: [], onDrift: 'keep', onAliasChange: 'keep', force: false },
      { isIdle: ({ plan }) => dryRun || plan.orphans.length === 0, onWait: sayWhoWorks(terminal) },
    )
    const { project, plan } = planned
    const pruned = await prune(plan.orphans, project, { dryRun })
    const spared = pruned.filter(({ file }) => file === 'spared')
    const removed = pruned.filter(({ file }) => file !== 'spared')
    if (json) printJson(terminal, { [dryRun ? 'would_remove' : 'removed']: removed, spared })
    else if (pruned.length === 0) print(terminal, [NOTHING])
    else
      print(terminal, [
        ...(dryRun ? ['Nothing was changed. Without --dry-run:'] : []),
        ...pruned.map(prunedLine),
      ])
  })
}

const NOTHING = 'Nothing to remove: every lock entry has an image.'
