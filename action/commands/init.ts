import { Command } from 'commander'
import { print, type Terminal } from './terminal.ts'

/** `easel init`: writes the files that a project needs. */
export function initCommand(terminal: Terminal): Command {
  return new Command('init')
    .summary('write a starter easel.yml and a workflow')
    .description(
      'Writes a commented easel.yml, a workflow that keeps the images up to date on every push, and the lines of .gitattributes that let locks merge. Existing files are kept.',
    )
    .option('-C, --cwd <folder>', 'work in this folder (default: the current one)')
    .option('--no-workflow', 'write no workflow')
    .addHelpText('after', '\nExample:\n  $ easel init && easel plan')
    .action(async ({ cwd, workflow }: { readonly cwd?: string; readonly workflow: boolean }) => {
      const { writeStarter } = await import('../init/write-starter.ts')
      print(terminal, await writeStarter(cwd ?? terminal.cwd, { workflow }))
    })
}
