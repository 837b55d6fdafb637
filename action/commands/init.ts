import { Command } from 'commander'
import { print, type Terminal } from './terminal.ts'

/** `easel init`: the two files that it takes. */
export function initCommand(terminal: Terminal): Command {
  return new Command('init')
    .summary('begin: write an easel.yml and a workflow')
    .description(
      'Writes a commented easel.yml, and a workflow that keeps the images up to date on every push. Files that are there already stay as they are.',
    )
    .option('-C, --cwd <folder>', 'work in this folder (default: the current one)')
    .option('--no-workflow', 'write easel.yml alone')
    .addHelpText('after', '\nExample:\n  $ easel init && easel plan')
    .action(async ({ cwd, workflow }: { readonly cwd?: string; readonly workflow: boolean }) => {
      const { writeStarter } = await import('../init/write-starter.ts')
      print(terminal, await writeStarter(cwd ?? terminal.cwd, { workflow }))
    })
}
