import { Command } from 'commander'
import { type ProjectOptions, withProjectOptions } from './options.ts'
import { print, printJson, type Terminal } from './terminal.ts'

interface PruneOptions extends ProjectOptions {
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `easel prune`: removes orphans. */
export function pruneCommand(terminal: Terminal): Command {
  const command = new Command('prune')
    .summary('remove lock entries and files of images that are no longer declared')
    .description(
      'Removes orphans: lock entries whose image is no longer in easel.yml or Markdown, and the files that Easel wrote for them. A file that was edited by hand stays. Needs no key and no network.',
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
    const [{ planProject }, { offlineCatalogue }, { prune }, { prunedLine }, { oneLine }] = await Promise.all(
      [
        import('../plan/plan-project.ts'),
        import('../config/catalogues.ts'),
        import('../generate/prune.ts'),
        import('../report/result-lines.ts'),
        import('../report/one-line.ts'),
      ],
    )
    const { project, plan } = await planProject(
      { workspace: cwd ?? terminal.cwd, config, catalogue: offlineCatalogue() },
      { only: [], onDrift: 'keep', force: false },
    )
    if (dryRun) {
      const paths = plan.orphans.map(({ path }) => path)
      if (json) printJson(terminal, { would_remove: paths })
      else
        print(terminal, paths.length === 0 ? [NOTHING] : paths.map((path) => `would remove ${oneLine(path)}`))
      return
    }
    const pruned = await prune(plan.orphans, project)
    if (json) printJson(terminal, { removed: pruned })
    else print(terminal, pruned.length === 0 ? [NOTHING] : pruned.map(prunedLine))
  })
}

const NOTHING = 'Nothing to remove: every lock entry has an image.'
