import { readFileSync, statSync } from 'node:fs'
import { Command } from 'commander'
import { UsageError } from '../config/diagnostic.ts'
import { shown } from '../config/wording.ts'
import { adoptCommand } from './adopt.ts'
import { generateCommand } from './generate.ts'
import { illustrateCommand } from './illustrate.ts'
import { initCommand } from './init.ts'
import { modelsCommand } from './models.ts'
import { checkCommand, planCommand } from './plan.ts'
import { pruneCommand } from './prune.ts'
import { signCommand } from './sign.ts'
import type { Terminal } from './terminal.ts'

/** The `easel` command and its subcommands. Each loads its code when it runs. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('easel')
    .description(
      'Generates the images of a repository. You describe them in easel.yml or in Markdown; each is generated and paid for once.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .addHelpText(
      'after',
      `
Environment:
  OPENROUTER_API_KEY   key for easel generate, or a token of your Easel Worker
  OPENROUTER_BASE_URL  OpenRouter's API, or that of your Easel Worker
  EASEL_SIGNING_KEYS   signing keys (kid:secret,…); for easel sign
  NO_COLOR             set it to turn colours off

Exit codes:
  0    done
  1    failed
  2    invalid config, option or argument
  3    easel check: something is out of date
  130  interrupted (143: terminated)

Start with:
  $ easel init
  $ easel plan`,
    )
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('Run easel --help, or easel <command> --help.')
    .showSuggestionAfterError()
    .hook('preAction', (_, command) => assertFolder(command.opts<{ readonly cwd?: string }>().cwd))
  const commands = [
    initCommand,
    planCommand,
    generateCommand,
    checkCommand,
    pruneCommand,
    adoptCommand,
    illustrateCommand,
    modelsCommand,
    signCommand,
  ]
  for (const create of commands) program.addCommand(create(terminal))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    command.showHelpAfterError('Run easel --help, or easel <command> --help.')
  }
  return program
}

/** @throws {UsageError} when there is no such folder to work in */
function assertFolder(cwd: string | undefined): void {
  if (cwd === undefined || statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return
  throw new UsageError(`There is no folder ${shown(cwd)}.`)
}

/** From package.json, which is two folders up from the source and from `dist/`. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
