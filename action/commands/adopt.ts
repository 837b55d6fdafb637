import { Command } from 'commander'
import { type ProjectOptions, withProjectOptions } from './options.ts'
import { EXIT, print, printJson, sayWhoWorks, type Terminal } from './terminal.ts'

interface AdoptOptions extends ProjectOptions {
  readonly json?: boolean
}

/** `easel adopt`: takes files that Easel did not write into the lock. */
export function adoptCommand(terminal: Terminal): Command {
  const command = new Command('adopt')
    .summary('take files that Easel did not write, or that were edited by hand, into the lock')
    .description(
      'Enters files that Easel did not write, or that were edited by hand, into easel.lock.json as the images that easel.yml describes. From then on they are up to date, and are replaced only when their spec changes. A file that is named is taken as it is, also one that Easel wrote for another spec. Needs no key and no network.',
    )
    .argument('[path...]', 'ids, paths or globs of images (default: all drifted files)')
  withProjectOptions(command)
    .option('--json', 'print what was adopted as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ easel adopt docs/img/hero.png
  $ easel adopt`,
    )
  return command.action((only: string[], options: AdoptOptions) => act(terminal, only, options))
}

async function act(
  terminal: Terminal,
  only: readonly string[],
  { cwd, config, json = false }: AdoptOptions,
): Promise<void> {
  const [{ planAlone }, { offlineCatalogue }, { filesToTakeIn, takeIn }] = await Promise.all([
    import('../plan/plan-alone.ts'),
    import('../config/catalogues.ts'),
    import('../adopt/take-in.ts'),
  ])
  await using planned = await planAlone(
    { workspace: cwd ?? terminal.cwd, config, catalogue: offlineCatalogue() },
    { only, onDrift: 'keep', onAliasChange: 'keep', force: false },
    {
      isIdle: ({ plan }) => filesToTakeIn(plan, only).length === 0,
      onWait: sayWhoWorks(terminal),
    },
  )
  const files = await takeIn(filesToTakeIn(planned.plan, only), planned.project)
  const hasProblem = files.some(({ problem }) => problem !== undefined)
  if (json) printJson(terminal, { adopted: files.map(({ path, problem }) => ({ path, error: problem })) })
  else if (files.length === 0) print(terminal, ['Nothing to adopt: Easel wrote every file.'])
  else
    print(
      terminal,
      files.map(({ path, problem }) => problem ?? `${path}: adopted`),
    )
  if (hasProblem) terminal.setExitCode(EXIT.failed)
}
